"""Compound aggregations: quantities of aggregations in a calculation (spec 2, Aggregation; spec 7).

What goes in are base quantities: quantity per unit and rounding of the aggregations are left aside, and of a
segmented one it is the total over all its segments. Without usage an input is its default value, else null;
with a null input there is no value and so no line, unless the compound evaluates null aggregations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.engine.explanation import Facts, counted_facts, quantity_step
from billing.engine.formulas import FormulaError, Value, kind_of, parse_formula
from billing.engine.money import plain
from billing.engine.types import Aggregation, Compound, Measured, UsageKey, UsageWindow

PREFIX = "aggregation."
ZERO = Decimal(0)
NOT_MEASURED = Measured(None, 0)


@dataclass(frozen=True, slots=True)
class Input:
    """One aggregation of a calculation and what it came to; `default` where its default value stands in."""

    aggregation: Aggregation
    value: Decimal | None
    count: int
    default: bool


def input_windows(compound: Compound, start: date, end: date) -> Iterator[UsageWindow]:
    """What must be measured for a compound over [start, end)."""
    for aggregation in compound.inputs:
        yield UsageWindow(aggregation.id, start, end)


def inputs_of(
    compound: Compound, start: date, end: date, usage: Mapping[UsageKey, Measured]
) -> tuple[Input, ...]:
    """What the aggregations of a compound came to over [start, end)."""
    return tuple(
        _input(aggregation, usage.get((UsageWindow(aggregation.id, start, end), None), NOT_MEASURED))
        for aggregation in compound.inputs
    )


def _input(aggregation: Aggregation, measured: Measured) -> Input:
    if measured.value is not None or aggregation.default_value is None:
        return Input(aggregation, measured.value, measured.count, False)
    return Input(aggregation, aggregation.default_value, 0, True)


def quantity_of(compound: Compound, inputs: tuple[Input, ...]) -> Decimal | None:
    """What the calculation comes to; None for no value. Raises FormulaError if it has no answer."""
    if not compound.evaluates_null and any(each.value is None for each in inputs):
        return None
    values: dict[str, Value] = dict(compound.custom)
    values |= {PREFIX + each.aggregation.code: each.value for each in inputs}
    formula = parse_formula(compound.calculation)
    # A custom field that was taken away must not turn into null, and so a line into none, in silence.
    formula.check(
        {name: kind_of(value) for name, value in values.items()}, "There is no “{}” any more.".format
    )
    return formula.number(values)


def input_steps(compound: Compound, inputs: tuple[Input, ...], quantity: Decimal) -> list[Facts]:
    """The working of a compound's quantity: each input, then the calculation with its custom fields."""
    custom = {name: value if isinstance(value, str) else plain(value) for name, value in compound.custom}
    calculation = {
        "step": "calculation",
        "calculation": compound.calculation,
        "custom": custom,
        "result": plain(quantity),
    }
    return [*map(_input_step, inputs), calculation]


def _input_step(given: Input) -> Facts:
    aggregation = given.aggregation
    step = quantity_step(aggregation, given.value or ZERO, given.count, given.default)
    named = {"code": aggregation.code, "name": aggregation.name}
    step |= {"step": "input", "aggregation": named, **counted_facts(aggregation)}
    if given.value is None:
        step["result"] = None
    return step


def failure(compound: Compound, error: FormulaError) -> str:
    """Why a bill cannot have a line of the compound, and what to do."""
    return (
        f"Compound aggregation “{compound.name}” cannot be calculated. {error} Change its calculation so that"
        " it has an answer here too, or null for no line."
    )
