"""What pricings refuse, and in which words (spec 2, Pricing)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from m3console.core.models import Organization
from plans import services
from plans.models import Aggregation, Plan, Pricing
from plans.segments import segment_key
from tests.plans.catalogue import (
    GB,
    a_meter,
    a_plan,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
    bands,
    refused,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


def test_a_pricing_stands_on_a_plan_or_a_template(aggregation: Aggregation, plan: Plan) -> None:
    for owner in ({}, {"plan": plan, "plan_template": plan.plan_template}):
        with refused("plan", "exactly one"):
            a_pricing(aggregation, **owner)
    assert a_pricing(aggregation, plan).owner == plan
    assert a_pricing(aggregation, plan_template=plan.plan_template).owner == plan.plan_template


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "at least one band"),
        ([("5", "0", "1")], "first band begins at 0"),
        ([("0", "0", "1"), ("100", "0", "1"), ("100", "0", "2")], "Band 3 begins at 100.*above band 2’s 100"),
        ([("0", "0", "-0.5")], "negative price"),
        ([("0", "-1", "0")], "negative price"),
        ([("0", "0", "NaN")], "not a number"),
        ([("0", "0", "1"), ("Infinity", "0", "1")], "not a number"),
    ],
)
def test_bands_begin_at_zero_rise_and_are_not_negative(
    aggregation: Aggregation, plan: Plan, rows: list[tuple[str, str, str]], sentence: str
) -> None:
    with refused("bands", sentence):
        a_pricing(aggregation, plan, bands=bands(*rows))
    pricing = a_pricing(aggregation, plan)
    with refused("bands", sentence):
        services.update_pricing(pricing, version=1, bands=bands(*rows))


def test_prices_and_limits_keep_their_last_digit(aggregation: Aggregation, plan: Plan) -> None:
    exact = "0.00000012345678901234567890123456789"
    pricing = a_pricing(aggregation, plan, bands=bands(("0", "0", exact), ("0.1", "1e3", "0")))
    pricing.refresh_from_db()
    assert pricing.unit_prices == [Decimal(exact), 0]
    assert (pricing.lower_limits, pricing.fixed_prices) == ([0, Decimal("0.1")], [0, 1000])


def test_a_pricing_ends_after_its_start(aggregation: Aggregation, plan: Plan) -> None:
    with refused("end_date", "after the start"):
        a_pricing(aggregation, plan, end_date=JAN)
    pricing = a_pricing(aggregation, plan)
    with refused("end_date", "after the start"):
        services.update_pricing(pricing, version=1, start_date=JUN, end_date=JUN)


@pytest.mark.parametrize(
    ("segment", "sentence"),
    [
        (None, "each segment has a pricing"),
        ({"region": "us"}, "no segment “region us”"),
        ({"size": "big"}, "no segment"),
    ],
)
def test_a_segmented_aggregation_is_priced_by_its_segments(
    segmented: Aggregation, plan: Plan, segment: dict[str, str] | None, sentence: str
) -> None:
    with refused("segment", sentence):
        a_pricing(segmented, plan, segment=segment)


def test_each_segment_is_priced_on_its_own(
    segmented: Aggregation, plan: Plan, aggregation: Aggregation
) -> None:
    made = [
        a_pricing(segmented, plan, segment=segment) for segment in ({"region": "eu"}, {"region": "*"}, {})
    ]
    assert [pricing.segment_key for pricing in made] == ['{"region":"eu"}', '{"region":"*"}', "{}"]
    with refused("segment", "has no segments"):
        a_pricing(aggregation, plan, segment={})


@pytest.mark.parametrize("scoped", ["meter", "aggregation"])
def test_what_belongs_to_a_product_prices_only_its_plans(
    organization: Organization, plan: Plan, scoped: str
) -> None:
    other = a_product(organization, "compute")
    meter = a_meter(organization, product=other if scoped == "meter" else None)
    aggregation = an_aggregation(meter, product=other if scoped == "aggregation" else None)
    with refused("aggregation", f"{scoped} .* belongs to Compute.*plan of Storage"):
        a_pricing(aggregation, plan)


def test_what_is_global_prices_any_plan_and_stays_global(organization: Organization, plan: Plan) -> None:
    meter = a_meter(organization)
    aggregation = an_aggregation(meter)
    a_pricing(aggregation, plan)
    other = a_product(organization, "compute")
    with refused("product", "priced on “Standard” of another product"):
        services.update_meter(meter, version=1, product=other)
    with refused("product", "priced on “Standard” of another product"):
        services.update_aggregation(aggregation, version=1, product=other)
    own = plan.plan_template.product
    assert services.update_meter(meter, version=1, product=own).product == own


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        (
            date(2024, 7, 1),
            None,
            "start_date",
            "already has a pricing of gb_sum from 1 Jun 2024.*End that one on 1 Jul 2024",
        ),
        (JAN, None, "end_date", "End this one on 1 Jun 2024 at the latest"),
        (JUN, None, "start_date", "Edit that one"),
    ],
)
def test_two_pricings_never_apply_at_once_and_the_refusal_says_what_to_do(
    aggregation: Aggregation, plan: Plan, start: date, end: date | None, field: str, sentence: str
) -> None:
    a_pricing(aggregation, plan, start_date=JUN, end_date=DEC)
    with refused(field, sentence):
        a_pricing(aggregation, plan, start_date=start, end_date=end)


def test_pricings_may_touch_and_a_plans_may_replace_its_templates(
    aggregation: Aggregation, plan: Plan
) -> None:
    first = a_pricing(aggregation, plan, end_date=JUN)
    a_pricing(aggregation, plan, start_date=JUN)
    a_pricing(aggregation, plan_template=plan.plan_template)
    with refused("start_date", "“monthly” already has"):
        a_pricing(aggregation, plan_template=plan.plan_template)
    with refused("end_date", "End this one on 1 Jun 2024"):
        services.update_pricing(first, version=1, end_date=None)
    assert Pricing.objects.count() == 3


def test_equal_segments_have_one_key_whatever_their_order() -> None:
    assert segment_key({"b": "é", "a": "*"}) == segment_key({"a": "*", "b": "é"}) == '{"a":"*","b":"é"}'
    assert (segment_key({}), segment_key(None)) == ("{}", "")


def test_nothing_is_made_of_another_organizations_things(make_organization: Any, plan: Plan) -> None:
    other = make_organization("other")
    template, product = plan.plan_template, plan.plan_template.product
    gone = "does not exist"
    with refused("product", gone):
        services.create_meter(organization=other, name="m", code="m", product=product, data_fields=[GB])
    with refused("product", gone):
        services.create_plan_template(organization=other, product=product, name="t", currency="USD")
    with refused("plan_template", gone):
        services.create_plan(organization=other, plan_template=template, name="p", code="p")
    own = an_aggregation(a_meter(other))
    for owner in ({"plan": plan}, {"plan_template": template}):
        with refused(next(iter(owner)), gone):
            a_pricing(own, **owner)
    theirs = a_plan(a_template(a_product(other)))
    foreign = an_aggregation(a_meter(plan.organization))
    with refused("aggregation", gone):
        services.create_pricing(
            organization=other,
            plan=theirs,
            aggregation=foreign,
            start_date=JAN,
            cumulative=True,
            bands=bands(("0", "0", "1")),
        )
