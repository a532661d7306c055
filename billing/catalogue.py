"""The catalogue as engine values: what attachments to some plans are billed by."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from billing.compounds import compounds, load_inputs_of_compounds
from billing.engine.types import (
    Aggregation,
    Band,
    BillsAs,
    Compound,
    CounterPricing,
    Frequency,
    Method,
    Named,
    Pricing,
    Segment,
    UnitRounding,
)
from billing.usage.measure import Column, Source
from m3console.core.models import Organization
from plans.in_advance import minimum_spend_in_advance, standing_charge_in_advance
from plans.models import Aggregation as AggregationRow
from plans.models import CounterPricing as CounterPricingRow
from plans.models import DataField, Plan
from plans.models import Pricing as PricingRow

Fields = Mapping[tuple[UUID, str], DataField]


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan charges: its own values, else its template's."""

    plan: Named
    template: Named
    product: Named
    frequency: Frequency
    interval: int
    currency: str
    standing_charge: Decimal
    standing_charge_description: str
    standing_charge_interval: int
    standing_charge_offset: int
    standing_charge_in_advance: bool
    minimum_spend: Decimal
    minimum_spend_description: str
    minimum_spend_in_advance: bool
    pricings: tuple[Pricing, ...]
    counter_pricings: tuple[CounterPricing, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The terms of plans by plan id, and where their aggregations (by id) find their measurements."""

    terms: Mapping[UUID, PlanTerms]
    sources: Mapping[UUID, Source]


def load_catalogue(organization: Organization, plans: Collection[UUID]) -> Catalogue:
    """What some plans of an organization charge, whenever they charge it."""
    plan_rows = list(
        Plan.objects.filter(organization=organization, pk__in=plans).select_related("plan_template__product")
    )
    templates = {row.plan_template_id for row in plan_rows}
    pricing_rows = list(
        PricingRow.objects.filter(Q(plan_id__in=plans) | Q(plan_template_id__in=templates))
        .filter(organization=organization)
        .select_related("aggregation__meter", "aggregation__target_field", "compound_aggregation")
        .order_by("id")
    )
    named = load_inputs_of_compounds(organization, pricing_rows)
    simple = [row.aggregation for row in pricing_rows if row.aggregation]
    sources = _sources([*simple, *(row for rows in named.values() for row in rows)])
    for row in (row for rows in named.values() for row in rows):
        sources[row.pk] = replace(sources[row.pk], total=True)
    priced: dict[UUID, Aggregation | Compound] = {key: source.aggregation for key, source in sources.items()}
    pricings = _pricings(pricing_rows, priced | compounds(pricing_rows, named, sources))
    counters = _counter_pricings(organization, plans, templates)
    return Catalogue({row.pk: _terms(row, pricings, counters, organization) for row in plan_rows}, sources)


def _terms(
    row: Plan,
    pricings: Mapping[UUID, list[Pricing]],
    counters: Mapping[UUID, list[CounterPricing]],
    organization: Organization,
) -> PlanTerms:
    template = row.plan_template
    own = row.standing_charge
    return PlanTerms(
        plan=Named(row.pk, row.code, row.name),
        template=Named(template.pk, template.code or "", template.name),
        product=Named(template.product.pk, template.product.code, template.product.name),
        frequency=Frequency(template.bill_frequency),
        interval=template.bill_frequency_interval,
        currency=template.currency,
        standing_charge=template.standing_charge if own is None else own,
        standing_charge_description=row.standing_charge_description or template.standing_charge_description,
        standing_charge_interval=template.standing_charge_interval,
        standing_charge_offset=template.standing_charge_offset,
        standing_charge_in_advance=standing_charge_in_advance(organization, template, row).value,
        minimum_spend=row.minimum,
        minimum_spend_description=row.minimum_spend_description or template.minimum_spend_description,
        minimum_spend_in_advance=minimum_spend_in_advance(organization, template, row).value,
        pricings=(*pricings.get(row.pk, ()), *pricings.get(template.pk, ())),
        counter_pricings=(*counters.get(row.pk, ()), *counters.get(template.pk, ())),
    )


def _sources(rows: Iterable[AggregationRow]) -> dict[UUID, Source]:
    aggregations = {row.pk: row for row in rows}
    meters = {row.meter_id for row in aggregations.values() if row.segmented_fields}
    fields = {(field.meter_id, field.code): field for field in DataField.objects.filter(meter_id__in=meters)}
    return {key: _source(row, fields) for key, row in aggregations.items()}


def _source(row: AggregationRow, fields: Fields) -> Source:
    target = row.target_field
    dimensions = tuple(fields[row.meter_id, code].position for code in row.segmented_fields)
    return Source(_aggregation(row), Column(bool(target.numeric), target.position), dimensions)


def _aggregation(row: AggregationRow) -> Aggregation:
    target, meter = row.target_field, row.meter
    return Aggregation(
        id=row.pk,
        code=row.code,
        name=row.name,
        method=Method(row.method),
        meter=Named(meter.pk, meter.code, meter.name),
        field=target.code,
        field_name=target.name,
        quantity_per_unit=row.quantity_per_unit,
        rounding=UnitRounding(row.rounding),
        unit=row.unit,
        field_unit=target.unit,
        default_value=row.default_value,
        segmented_fields=tuple(row.segmented_fields),
        segments=tuple(_segment(values) for values in row.segments),
    )


def _segment(values: Mapping[str, str]) -> Segment:
    return tuple(sorted(values.items()))


def _pricings(
    rows: Iterable[PricingRow], priced: Mapping[UUID, Aggregation | Compound]
) -> Mapping[UUID, list[Pricing]]:
    """The pricings by the id of the plan or template that they are on."""
    pricings: dict[UUID, list[Pricing]] = defaultdict(list)
    for row in rows:
        owner = row.plan_id or row.plan_template_id
        assert owner is not None
        assert row.priced_id is not None
        pricings[owner].append(_pricing(row, priced[row.priced_id]))
    return pricings


def _pricing(row: PricingRow, aggregation: Aggregation | Compound) -> Pricing:
    bands = zip(row.lower_limits, row.fixed_prices, row.unit_prices, strict=True)
    return Pricing(
        id=row.pk,
        on_plan=row.plan_id is not None,
        aggregation=aggregation,
        segment=None if row.segment is None else _segment(row.segment),
        start=row.start_date,
        end=row.end_date,
        cumulative=row.cumulative,
        bands=tuple(Band(*band) for band in bands),
        description=row.description,
        bills_as=BillsAs(row.type),
        spans_plan=row.tiers_span_plan,
        minimum_spend=row.minimum_spend,
        minimum_spend_description=row.minimum_spend_description,
        minimum_spend_in_advance=row.minimum_spend_bill_in_advance,
        sequence=row.pk.int,  # ids rise in the order of creation
    )


def _counter_pricings(
    organization: Organization, plans: Collection[UUID], templates: Collection[UUID]
) -> Mapping[UUID, list[CounterPricing]]:
    """The counter pricings by the id of the plan or template that they are on."""
    rows = CounterPricingRow.objects.filter(Q(plan_id__in=plans) | Q(plan_template_id__in=templates))
    found: dict[UUID, list[CounterPricing]] = defaultdict(list)
    for row in rows.filter(organization=organization).select_related("counter").order_by("id"):
        owner = row.plan_id or row.plan_template_id
        assert owner is not None
        found[owner].append(_counter_pricing(row))
    return found


def _counter_pricing(row: CounterPricingRow) -> CounterPricing:
    bands = zip(row.lower_limits, row.fixed_prices, row.unit_prices, strict=True)
    return CounterPricing(
        id=row.pk,
        on_plan=row.plan_id is not None,
        counter=Named(row.counter.pk, row.counter.code, row.counter.name),
        unit=row.counter.unit,
        start=row.start_date,
        end=row.end_date,
        cumulative=row.cumulative,
        bands=tuple(Band(*band) for band in bands),
        in_advance=row.running_total_bill_in_advance,
        prorate_running_total=row.pro_rate_running_total,
        prorate_debit=row.pro_rate_adjustment_debit,
        prorate_credit=row.pro_rate_adjustment_credit,
        description=row.description,
        sequence=row.pk.int,  # ids rise in the order of creation
    )
