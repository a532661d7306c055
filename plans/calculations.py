"""What calculations of the catalogue may name, of which kinds, and with which values (spec 2, spec 7)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from billing.engine.formulas import Formula, FormulaError, Kind, kind_of, parse_formula
from m3console.core.custom_fields.values import effective_custom_fields
from m3console.core.errors import RuleViolation
from plans.models import DataField, Meter
from plans.models.meters import NUMBERS

CUSTOM, AGGREGATION, TIMESTAMP = "customFields.", "aggregation.", "ts"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
THOUSAND = Decimal(1000)
CustomNames = dict[str, Decimal | str]


def custom_names(entity: Any) -> CustomNames:
    """The custom fields that calculations of an entity can name, with their values.

    The entity's own stand before its product's, and those before the organization's, each with what the
    organization gives its type.
    """
    found = effective_custom_fields(entity.organization)
    if entity.product:
        found |= effective_custom_fields(entity.product)
    found |= effective_custom_fields(entity)
    return {f"{CUSTOM}{name}": value for name, value in found.items()}


def milliseconds(moment: datetime) -> Decimal:
    """An instant as calculations have it: milliseconds since 1970 in UTC, microseconds as decimals."""
    since = moment - EPOCH
    whole = Decimal((since.days * 86_400 + since.seconds) * 1000)
    return whole + since.microseconds / THOUSAND if since.microseconds else whole


def kinds_of_fields(fields: list[DataField], custom: Mapping[str, Decimal | str]) -> dict[str, Kind]:
    """What the calculation of a derived field may name: the meter's data fields, custom fields and ts."""
    kinds = {field.code: Kind.NUMBER if field.category in NUMBERS else Kind.TEXT for field in fields}
    return kinds | {name: kind_of(value) for name, value in custom.items()} | {TIMESTAMP: Kind.NUMBER}


def checked_derivation(calculation: str, category: str, kinds: Mapping[str, Kind], meter: Meter) -> Formula:
    """The calculation of a derived field, which gives what its category holds. Raises FormulaError."""

    def unknown(name: str) -> str:
        if name.startswith(CUSTOM):
            field = name.removeprefix(CUSTOM)
            return f"There is no custom field “{field}” of the meter, its product or the organization."
        if any(field.code == name for field in meter.derived_fields):
            return f"“{name}” is a derived field; calculations are over data fields."
        return f"Meter “{meter}” has no data field “{name}”."

    formula = parse_formula(calculation)
    kind = formula.check(kinds, unknown)
    if category in NUMBERS and kind not in (Kind.NUMBER, Kind.NULL):
        raise FormulaError(f"The result is {kind}, where a number is needed.", formula.node.place)
    return formula


def refusal(error: FormulaError, what: str = "") -> RuleViolation:
    """What is wrong with a calculation, beside its field; `what` says of what it is."""
    return RuleViolation(f"{what}{error}", field="calculation")
