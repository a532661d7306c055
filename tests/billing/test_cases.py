"""Whole bills worked out by hand: every case of the parts that are built, as scenarios."""

import csv
from pathlib import Path

import pytest

from billing.scenario.playing import check, play
from billing.scenario.reading import read_scenario

CASES = Path(__file__).parent.parent / "cases"
BUILT_PARTS = {"1"}
# Of parts that are not whole yet.
BUILT_CASES = {
    "ad-hoc-plan",
    "compound-null-handling",
    "compound-of-a-segmented-aggregation",
    "consolidated-monthly-and-quarterly",
    "counter-arrears-not-prorated",
    "counter-first-day",
    "counter-in-advance",
    "counter-pricing-starts-inside",
    "counter-prorated-tier-crossing",
    "counter-second-adjustment-refused",
    "counter-sign-end-and-zero",
    "create-pricing-refusals",
    "credits-capped",
    "daily-and-yearly",
    "derived-field-and-precedence",
    "empty-bills-and-zero-lines",
    "in-advance-flag-inheritance",
    "minimum-counts-by-covered-period",
    "minimum-in-advance-stub",
    "minimum-never-billed-is-not-refunded",
    "minimum-of-a-pricing-in-part-of-a-period",
    "minimum-spend-arrears",
    "minimum-spend-in-advance-refund",
    "minimum-spend-prorated",
    "minimum-two-levels-one-in-advance",
    "null-counts-means-and-powers",
    "plan-overrides-template",
    "quarterly-910-upgrade",
    "running-total-of-a-stub-caught-up",
    "standing-in-advance",
    "standing-in-advance-catch-up",
    "standing-interval-and-offset",
    "standing-interval-in-advance-counts-periods",
    "tiers-span-fixed-and-volume",
    "tiers-span-plan",
    "weekly-epoch-saturday",
}
PARTS = {row["case"]: row["part"] for row in csv.DictReader((CASES / "parts.csv").open())}
BUILT = BUILT_CASES | {case for case, part in PARTS.items() if part in BUILT_PARTS}


@pytest.mark.parametrize("name", sorted(BUILT))
def test_case(db, name):
    scenario = read_scenario(CASES / f"{name}.json")
    assert check(scenario, play(scenario)) == []


def test_every_case_belongs_to_a_part():
    assert {path.stem for path in CASES.glob("*.json")} == set(PARTS)


def test_a_case_with_another_total_is_noticed(db):
    """The comparison itself: a case must fail when a figure of it is changed."""
    scenario = read_scenario(CASES / "worked-example-cloud-storage.json")
    scenario["expect"]["bills"][0]["total"] = "205.01"
    scenario["expect"]["bills"][1]["lines"][3]["subtotal"] = "12.01"
    found = check(scenario, play(scenario))
    assert found[0] == "expect.bills[0].total: expected '205.01', found '205.00'"
    assert found[1].startswith("expect.bills[1].lines[3]: matches none of 4")
