"""Derived fields of a measurement, calculated once, as it comes in, and stored with it (spec 2, Meter).

A field whose calculation comes to null has no value, like one that was not sent. A row whose calculation has
no answer, such as one that divides by zero, is refused like any other row that cannot be stored.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from billing.engine.formulas import Formula, FormulaError, Value, parse_formula
from billing.engine.money import plain
from billing.usage.meters import FieldShape, MeterShape
from billing.usage.models import EventKind
from billing.usage.values import Refusal, text_value
from plans.calculations import CUSTOM, TIMESTAMP, milliseconds

Texts = list[str | None]


def derive(
    meter: MeterShape, ts: datetime, dims: Sequence[str | None], vals: Sequence[str | None]
) -> tuple[Texts, Texts]:
    """The texts and numbers of a measurement with its derived fields in their places. Raises Refusal."""
    texts = [*dims, *[None] * (meter.texts - len(dims))]
    numbers = [*vals, *[None] * (meter.numbers - len(vals))]
    values = _values(meter, ts, texts, numbers)
    for code, field in meter.derived.items():
        try:
            answer = _calculated(code, field, values)
        except FormulaError as error:
            reason = f"Derived field {code} cannot be calculated. {error}"
            raise Refusal(EventKind.INVALID_VALUE, reason, field=code) from None
        (numbers if field.numeric else texts)[field.position] = answer
    return texts, numbers


def _values(meter: MeterShape, ts: datetime, texts: Texts, numbers: Texts) -> dict[str, Value]:
    """What calculations can name; what was not sent is left out, so that it is null."""
    values: dict[str, Value] = {**meter.custom, TIMESTAMP: milliseconds(ts)}
    for code, field in meter.fields.items():
        sent = (numbers if field.numeric else texts)[field.position]
        if sent is not None and code != TIMESTAMP:
            values[code] = Decimal(sent) if field.numeric else sent
    return values


def _calculated(code: str, field: FieldShape, values: dict[str, Value]) -> str | None:
    formula = parse_formula(field.calculation)
    _check_custom(code, formula, values)
    if field.numeric:
        number = formula.number(values)
        return None if number is None else plain(number)
    text = formula.text(values)
    return text_value(code, text, field.longest) if text else None


def _check_custom(code: str, formula: Formula, values: dict[str, Value]) -> None:
    """A custom field that was taken away must not turn into null in silence."""
    for name in formula.names:
        if name.startswith(CUSTOM) and name not in values:
            reason = f"Derived field {code} cannot be calculated: there is no {name} any more."
            raise Refusal(EventKind.INVALID_VALUE, reason, field=code)
