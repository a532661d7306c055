"""Compound aggregations of the catalogue as engine values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from billing.engine.formulas import parse_formula
from billing.engine.types import Compound, UnitRounding
from billing.usage.measure import Source
from m3console.core.models import Organization
from plans.calculations import CUSTOM, custom_names
from plans.models import Aggregation, CompoundAggregation, CompoundInput, Pricing

Inputs = Mapping[UUID, Sequence[Aggregation]]
"""The aggregations that compounds calculate with, by the compound's id."""


def load_inputs_of_compounds(organization: Organization, pricings: Iterable[Pricing]) -> Inputs:
    """What the compounds of some pricings calculate with."""
    wanted = {row.compound_aggregation_id for row in pricings if row.compound_aggregation_id}
    named: dict[UUID, list[Aggregation]] = defaultdict(list)
    if wanted:
        rows = CompoundInput.objects.filter(organization=organization, compound_aggregation__in=wanted)
        for row in rows.select_related("aggregation__meter", "aggregation__target_field"):
            named[row.compound_aggregation_id].append(row.aggregation)
    return named


def compounds(
    pricings: Iterable[Pricing], named: Inputs, sources: Mapping[UUID, Source]
) -> dict[UUID, Compound]:
    """The compounds of some pricings, by id."""
    rows = {
        row.compound_aggregation.pk: row.compound_aggregation for row in pricings if row.compound_aggregation
    }
    return {key: _compound(row, named.get(key, ()), sources) for key, row in rows.items()}


def _compound(
    row: CompoundAggregation, named: Sequence[Aggregation], sources: Mapping[UUID, Source]
) -> Compound:
    order = parse_formula(row.calculation).names
    inputs = sorted(named, key=lambda each: order.index(f"aggregation.{each.code}"))
    return Compound(
        id=row.pk,
        code=row.code,
        name=row.name,
        calculation=row.calculation,
        inputs=tuple(sources[each.pk].aggregation for each in inputs),
        quantity_per_unit=row.quantity_per_unit,
        rounding=UnitRounding(row.rounding),
        unit=row.unit,
        custom=_custom(row, order),
        evaluates_null=row.evaluate_null_aggregations,
    )


def _custom(row: CompoundAggregation, names: Sequence[str]) -> tuple[tuple[str, Decimal | str], ...]:
    """The custom fields that the calculation names, as they are now."""
    if not any(name.startswith(CUSTOM) for name in names):
        return ()
    values = custom_names(row)
    return tuple((name, values[name]) for name in names if name in values)
