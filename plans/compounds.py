"""What the calculation of a compound aggregation may name, and what that comes to (spec 2, spec 7)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from billing.engine.formulas import Formula, FormulaError, Kind, kind_of, parse_formula
from plans.calculations import AGGREGATION, CUSTOM, custom_names, refusal
from plans.models import Aggregation, CompoundAggregation


def named_aggregations(formula: Formula) -> list[str]:
    """The codes of the aggregations that a calculation names."""
    return [name.removeprefix(AGGREGATION) for name in formula.names if name.startswith(AGGREGATION)]


def checked_calculation(compound: CompoundAggregation) -> list[str]:
    """The codes that its calculation names; raises RuleViolation if it makes no sense.

    `compound` need not be saved.
    """
    try:
        formula = parse_formula(compound.calculation)
        codes = named_aggregations(formula)
        rows = Aggregation.objects.filter(organization=compound.organization, code__in=codes)
        known = rows.values_list("code", flat=True)
        check_compound(formula, known, custom_names(compound))
    except FormulaError as error:
        raise refusal(error) from None
    return codes


def check_compound(formula: Formula, codes: Iterable[str], custom: Mapping[str, Decimal | str]) -> None:
    """Refuse a calculation that names other things, or does not come to a number. Raises FormulaError."""
    kinds = {f"{AGGREGATION}{code}": Kind.NUMBER for code in codes}
    kinds |= {name: kind_of(value) for name, value in custom.items()}
    kind = formula.check(kinds, _unknown)
    if kind not in (Kind.NUMBER, Kind.NULL):
        raise FormulaError(f"The result is {kind}, where a number is needed.", formula.node.place)


def _unknown(name: str) -> str:
    if name.startswith(CUSTOM):
        return (
            f"There is no custom field “{name.removeprefix(CUSTOM)}” of the compound aggregation, its product"
            " or the organization."
        )
    if name.startswith(AGGREGATION):
        return f"There is no aggregation with the code “{name.removeprefix(AGGREGATION)}”."
    return f"“{name}” is neither aggregation.<code> nor customFields.<name>."
