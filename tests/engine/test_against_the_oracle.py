"""The engine's bills are the oracle's, of random situations: dates, lines, units, bands, amounts, total."""

import ast
import sys
from collections.abc import Callable
from datetime import date
from decimal import Inexact
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.engine import bill, due, types
from billing.engine.money import money
from billing.engine.segments import assign
from tests.engine import oracle
from tests.engine.comparison import Engine, bill_differences, decimal_of, due_bill_facts, id_of
from tests.engine.oracle_days import DAY, proration
from tests.engine.oracle_prices import Band, InexactError, charges_for, rounded
from tests.engine.situations import MODES, SEGMENTED, Situation, schedules, situations

ENGINE = Engine(types, bill)


def examples(number: int) -> Callable[..., Any]:
    return settings(max_examples=number, derandomize=True, database=None)


@examples(60)
@given(situations())
def test_every_bill_is_the_oracles(situation: Situation) -> None:
    assert bill_differences(ENGINE, situation) == []


@pytest.mark.long
@settings(max_examples=1500, database=None)
@given(situations())
def test_every_bill_is_the_oracles_at_length(situation: Situation) -> None:
    assert bill_differences(ENGINE, situation) == []


@examples(60)
@given(
    attachments=st.tuples(schedules("a"), schedules("b"), schedules("c")),
    ahead=st.integers(0, 400),
    latest_only=st.booleans(),
    billed=st.lists(st.integers(0, 300), max_size=3),
    is_consolidated=st.booleans(),
    frequency=st.sampled_from([None, None, *oracle.FREQUENCIES[:4]]),
)
def test_bills_fall_due_on_the_oracles_dates(
    attachments: tuple[oracle.Attachment, ...],
    ahead: int,
    latest_only: bool,
    billed: list[int],
    is_consolidated: bool,
    frequency: str | None,
) -> None:
    until = attachments[0].start + ahead * DAY
    since = {each.code: each.start + days * DAY for each, days in zip(attachments, billed, strict=False)}
    expected = oracle.due_bills(
        attachments, until, latest_only, since, is_consolidated=is_consolidated, frequency=frequency
    )
    found = ENGINE.due_bills(
        attachments,
        until,
        latest_only=latest_only,
        since={id_of("attachment", code): day for code, day in since.items()},
        frequency=frequency and types.Frequency(frequency),
        made=due.made_of({}, consolidate=is_consolidated),
    )
    assert due_bill_facts(found) == [
        (
            day,
            "None" if kind < 0 else oracle.FREQUENCIES[kind],
            interval,
            sorted((each.code, *period) for each, *period in items),
        )
        for (day, kind, interval), items in expected.items()
    ]


amounts = st.one_of(
    st.integers(-(10**7), 10**7).map(lambda number: Fraction(number, 2 * 10**5)),
    st.integers(-(10**7), 10**7).map(lambda number: Fraction(number, 2000)),
    st.integers(-(10**20), 10**20).map(lambda number: Fraction(number, 10**12)),
)


@examples(150)
@given(
    amount=amounts,
    factor=st.fractions(0, 3, max_denominator=366),
    places=st.integers(0, 5),
    mode=st.sampled_from(MODES),
)
def test_money_is_rounded_as_the_oracle_rounds_it(
    amount: Fraction, factor: Fraction, places: int, mode: str
) -> None:
    for times in (Fraction(1), factor):
        try:
            expected = rounded(amount * times, places, mode)
        except InexactError:
            with pytest.raises(Inexact):
                money(decimal_of(amount), places, mode, times)
            continue
        found = money(decimal_of(amount), places, mode, times)
        assert Fraction(found) == expected
        assert (found.as_tuple().exponent, found.is_signed()) == (-places, expected < 0)


@examples(100)
@given(amount=amounts, places=st.integers(0, 5))
def test_half_even_and_half_up_differ_at_exact_halves_only(amount: Fraction, places: int) -> None:
    found = {mode: money(decimal_of(amount), places, mode) for mode in ("HALF_EVEN", "HALF_UP")}
    scaled = abs(amount) * 10**places
    at_half_above_even = scaled % 2 == Fraction(1, 2)
    assert (found["HALF_EVEN"] != found["HALF_UP"]) == at_half_above_even


@examples(100)
@given(
    segments=st.permutations([*SEGMENTED, (("region", "*"), ("size", "*"))]),
    kept=st.integers(0, 5),
    region=st.sampled_from(["eu", "us"]),
    size=st.sampled_from(["big", "small"]),
)
def test_a_measurement_belongs_to_the_oracles_segment(
    segments: list[oracle.Segment], kept: int, region: str, size: str
) -> None:
    values = {"region": region, "size": size}
    assert assign(segments[:kept], values) == oracle.segment_of(values, segments[:kept])


@pytest.mark.parametrize(
    ("units", "cumulative", "bands", "amount"),
    [
        ("500", True, "0/0/0.15 500/0/0.10", "75"),
        ("501", True, "0/0/0.15 500/0/0.10", "75.10"),
        ("501", False, "0/0/0.15 500/0/0.10", "50.10"),
        ("6", False, "0/12/0 4/25/0 6/50/0", "25"),
        ("6.01", False, "0/12/0 4/25/0 6/50/0", "50"),
        ("22", True, "0/100/0 5/50/0 10/0/5 15/0/1", "182"),
        ("8", True, "0/100/10 5/50/5", "215"),
        ("16", False, "0/0/10 15/0/5", "80"),
        ("0", True, "0/100/1", "100"),
        ("-25", True, "0/9/2 10/0/1", "-50"),
    ],
)
def test_the_oracle_prices_worked_examples(units: str, cumulative: bool, bands: str, amount: str) -> None:
    listed = tuple(Band(*(Fraction(part) for part in band.split("/"))) for band in bands.split())
    charges = charges_for(Fraction(units), Fraction(units), listed, cumulative)
    assert sum(charge.amount for charge in charges) == Fraction(amount)


def test_the_oracle_imports_nothing_of_the_application() -> None:
    folder = Path(__file__).parent
    for file in folder.glob("oracle*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        modules |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
        assert modules
        assert all(
            module.split(".")[0] in sys.stdlib_module_names or module.startswith("tests.engine.oracle")
            for module in modules
        )


def test_the_oracle_counts_a_stub_of_one_and_a_half_periods_as_such() -> None:
    cycle = oracle.Attachment(
        "a", date(2022, 1, 1), date(2023, 1, 1), date(2022, 2, 15), "MONTHLY", 1, "USD", Fraction(31)
    )
    periods = oracle.bill_periods(cycle, date(2022, 4, 15))
    assert [day for _, day in periods] == [date(2022, 2, 15), date(2022, 3, 15), date(2022, 4, 15)]
    assert proration(cycle, *periods[0]) == 1 + Fraction(14, 31)
