"""Puts the oracle's situations to the engine and lists every difference in what the two say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from fractions import Fraction
from itertools import zip_longest
from typing import Any
from uuid import UUID

from tests.engine import oracle
from tests.engine.engine_terms import Engine as Engine
from tests.engine.engine_terms import decimal_of as decimal_of
from tests.engine.engine_terms import id_of as id_of
from tests.engine.oracle_prices import Charge
from tests.engine.situations import Situation

SIGNIFICANT = 28
MEAN = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_EVEN)


def same(found: Decimal | None, expected: Fraction | None) -> bool:
    """Equal; or, where the digits of `expected` have no end, equal but for the last of 28."""
    if found is None or expected is None:
        return found is None and expected is None
    if Fraction(found) == expected:
        return True
    try:
        decimal_of(expected)
    except Inexact:
        return abs(Fraction(found) - expected) < Fraction(10) ** (found.adjusted() - SIGNIFICANT + 1)
    return False


def bill_differences(engine: Engine, situation: Situation) -> list[str]:
    """Everything in which the engine's bill is not the oracle's; empty when they agree."""
    attachments = [attachment for attachment, _, _ in situation.items]
    bill_date = situation.items[0][2]
    on_the_day = [each for each in engine.due_bills(attachments, bill_date) if each.bill_date == bill_date]
    if len(on_the_day) != 1:
        return [f"{len(on_the_day)} bills on {bill_date} instead of one"]
    due = on_the_day[0]
    expected = oracle.bill_of(
        situation.items, situation.usage, situation.billed_in, situation.currencies, situation.rates
    )
    found = engine.bill.compute_bill(engine.bill_input(situation, due))
    return [
        *differing("windows", windows_of(engine.bill.windows_wanted(due)), windows_expected(situation)),
        *differing("start", found.start, expected.start),
        *differing("end", found.end, expected.end),
        *differing("total", Fraction(found.total), expected.total),
        *line_differences(found.lines, expected.lines),
        *problem_differences([problem.code for problem in found.problems], expected.problems),
    ]


def due_bill_facts(due_bills: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The engine's bills as the oracle tells them, the attachments of each in any order."""
    return [
        (
            due.bill_date,
            str(due.frequency),
            due.interval,
            sorted((item.attachment.code, item.period.start, item.period.end) for item in due.items),
        )
        for due in due_bills
    ]


def windows_of(windows: Iterable[Any]) -> list[tuple[UUID, date, date]]:
    return sorted((window.aggregation_id, window.start, window.end) for window in windows)


def windows_expected(situation: Situation) -> list[tuple[UUID, date, date]]:
    """Each once, however many segments and attachments ask for it."""
    return sorted({(id_of("aggregation", code), start, end) for code, start, end, _ in situation.usage})


def differing(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found} instead of {expected}"


def problem_differences(found: Sequence[str], expected: Sequence[frozenset[str]]) -> Iterator[str]:
    """A line that cannot be written for two reasons may name either, or both."""
    allowed = frozenset[str]().union(*expected)
    needed = {next(iter(reasons)) for reasons in expected if len(reasons) == 1}
    if bool(found) != bool(expected) or not needed <= set(found) <= allowed:
        yield f"problems: {found} instead of {[sorted(reasons) for reasons in expected]}"


def line_differences(found: Sequence[Any], expected: Sequence[oracle.Line]) -> Iterator[str]:
    for number, (line, wanted) in enumerate(zip_longest(found, expected)):
        if line is None or wanted is None:
            yield f"line {number}: {line} instead of {wanted}"
            continue
        told = dict(_facts_found(line))
        for what, value in _facts_expected(wanted).items():
            yield from differing(f"line {number} {what}", told[what], value)
        for what, decimal, exact in _numbers(line, wanted):
            if not same(decimal, exact):
                yield f"line {number} {what}: {decimal} instead of {exact}"
        if wanted.item.pricing is not None and wanted.item.pricing.spans_plan:
            # How a band that was entered before is told is nobody's rule.
            continue
        if wanted.item.counter is not None:
            continue
        bands = zip_longest(line.bands, wanted.item.charges)
        yield from (f"line {number} {told}" for band in bands for told in _band_differences(*band))


def _facts_found(line: Any) -> Iterator[tuple[str, object]]:
    for name in ("pricing_id", "attachment_id", "segment", "start", "end", "description", "unit", "currency"):
        yield name, getattr(line, name)
    yield "type", str(line.type)
    yield "aggregation", None if line.aggregation is None else line.aggregation.code


def _facts_expected(line: oracle.Line) -> dict[str, object]:
    """The description of a segment without one of its own has no prescribed form."""
    item, pricing = line.item, line.item.pricing
    told: dict[str, object] = {
        "type": item.type,
        "attachment_id": id_of("attachment", item.attachment.code),
        "start": item.start,
        "end": item.end,
        "currency": item.attachment.currency,
    }
    if item.type.startswith(("MINIMUM", "COUNTER")):
        return told | {"pricing_id": None if item.source is None else id_of("pricing", item.source)}
    if pricing is None:
        return told | {"description": item.attachment.description or "Standing Charge", "pricing_id": None}
    aggregation = pricing.aggregation
    told |= {
        "pricing_id": id_of("pricing", pricing.code),
        "aggregation": aggregation.code,
        "segment": pricing.segment,
        "unit": f"unit of {aggregation.code}",
    }
    if pricing.description or pricing.segment is None:
        told["description"] = pricing.description or aggregation.code.title()
    return told


def _numbers(line: Any, wanted: oracle.Line) -> Iterator[tuple[str, Decimal | None, Fraction | None]]:
    units = wanted.item.units
    yield "subtotal", line.subtotal, wanted.subtotal
    yield "converted subtotal", line.converted_subtotal, wanted.converted
    yield "rate", line.rate, wanted.rate
    if wanted.item.counter is not None:
        # Which levels a counter's line tells is nobody's rule.
        return
    yield "quantity", line.quantity, wanted.item.quantity
    yield "units", line.units, units
    if wanted.item.type == "USAGE_CREDIT":
        # What a capped credit comes to by the unit is nobody's rule.
        return
    yield "average unit price", line.average_unit_price, _mean(wanted.item.amount, units) if units else None


def _mean(amount: Fraction, units: Fraction) -> Fraction:
    """A division keeps 28 significant digits, half even."""
    exact = amount / units
    return Fraction(MEAN.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def _band_differences(found: Any, wanted: Charge | None) -> Iterator[str]:
    if found is None or wanted is None:
        yield f"band: {found} instead of {wanted}"
        return
    pairs = {
        "lower limit": (found.lower_limit, wanted.lower),
        "upper limit": (found.upper_limit, wanted.upper),
        "units": (found.units, wanted.units),
        "fixed price": (found.fixed_price, wanted.fixed),
        "unit price": (found.unit_price, wanted.price),
        "subtotal": (found.subtotal, wanted.amount),
    }
    for what, (decimal, exact) in pairs.items():
        if not same(decimal, exact):
            yield f"band from {wanted.lower} {what}: {decimal} instead of {exact}"
