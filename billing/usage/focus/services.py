"""The catalogue of one service: product, meter, aggregation by sku and list price, plan, prices (spec 6).

Each piece is made by its own service in its own transaction, if it is not there yet. So a half-made
catalogue is completed by the next import, and two imports at once end with one catalogue.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import regex

from billing.usage.focus.needs import Segment, ServiceKey, ServiceNeeds
from billing.usage.focus.tally import Created, patiently
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.models import Aggregation, Meter, Method, Plan, PlanTemplate, Pricing, Product, UnitRounding
from plans.segments import segment_key
from plans.services import (
    create_aggregation,
    create_meter,
    create_plan,
    create_plan_template,
    create_pricing,
    create_product,
    update_aggregation,
    update_pricing,
)

SEGMENTED_BY = ["sku", "list_price"]
FORBIDDEN = regex.compile(r"^[^\p{L}_$]|[^\p{L}_$0-9]")
LONGEST_UNIT = 50


def complete_service(
    organization: Organization, key: ServiceKey, needs: ServiceNeeds, *, since: date, created: Created
) -> tuple[Plan, dict[Segment, str]]:
    """The plan that prices a service, and the segments that it cannot price, each with the reason.

    Prices begin on `since`, the first day of a month. Raises RuleViolation if nothing can be priced.
    """
    code = key.service
    product = created.ensure(
        "products",
        lambda: Product.objects.filter(organization=organization, code=code).first(),
        lambda: create_product(organization=organization, name=code, code=code),
    )
    unit = needs.unit if len(needs.unit) <= LONGEST_UNIT else "units"
    meter = created.ensure(
        "meters",
        lambda: Meter.objects.filter(organization=organization, code=code).first(),
        lambda: create_meter(
            organization=organization, name=code, code=code, product=product, data_fields=_fields(unit)
        ),
    )
    plan = _plan(organization, product, key, created)
    aggregation = _aggregation(organization, product, meter, unit, created)
    aggregation = patiently(lambda: _add_segments(aggregation.pk, needs, created))
    return plan, dict(_price(plan, aggregation, needs, since, created))


def _fields(unit: str) -> list[dict[str, str]]:
    named = {
        "sku": ("WHAT", "Sku"),
        "list_price": ("WHAT", "List price"),
        "region": ("WHERE", "Region"),
        "resource": ("WHAT", "Resource"),
        "pricing_unit": ("WHAT", "Pricing unit"),
    }
    texts = [{"category": category, "code": code, "name": name} for code, (category, name) in named.items()]
    return [*texts, {"category": "MEASURE", "code": "quantity", "name": "Quantity", "unit": unit}]


def _plan(organization: Organization, product: Product, key: ServiceKey, created: Created) -> Plan:
    """The service's plan; raises RuleViolation if it is one of another product or currency."""
    code = key.service

    def template() -> PlanTemplate:
        return created.ensure(
            "plan_templates",
            lambda: PlanTemplate.objects.filter(product=product, code=code).first(),
            lambda: create_plan_template(
                organization=organization, product=product, name=code, code=code, currency=key.currency
            ),
        )

    plans = Plan.objects.select_related("plan_template__product")
    plan = created.ensure(
        "plans",
        lambda: plans.filter(organization=organization, code=code).first(),
        lambda: create_plan(organization=organization, plan_template=template(), name=code, code=code),
    )
    if plan.plan_template.product_id != product.pk:
        raise RuleViolation(f"The plan “{code}” is of another product, {plan.plan_template.product}.")
    if plan.plan_template.currency != key.currency:
        raise RuleViolation(
            f"The plan “{code}” has prices in {plan.plan_template.currency}, this row has {key.currency}."
        )
    return plan


def aggregation_codes(service: str) -> Iterator[str]:
    """The codes an aggregation of a service may have, best first; others follow where services look alike."""
    code = FORBIDDEN.sub("_", service)
    yield code
    yield from (f"{code}_{number}" for number in range(2, 100))


def _aggregation(
    organization: Organization, product: Product, meter: Meter, unit: str, created: Created
) -> Aggregation:
    """The meter's aggregation by sku and list price. Raises RuleViolation if list prices do not fit it."""
    for code in aggregation_codes(meter.code):
        aggregation = created.ensure(
            "aggregations",
            lambda: _found(organization, code),  # noqa: B023 (called at once)
            lambda: create_aggregation(
                organization=organization,
                name=meter.code,
                code=code,  # noqa: B023
                meter=meter,
                target_field="quantity",
                method=Method.SUM,
                unit=unit,
                segmented_fields=SEGMENTED_BY,
                product=product,
            ),
        )
        if aggregation.meter_id == meter.pk:
            return _fit(aggregation)
    raise RuleViolation(f"All aggregation codes like “{code}” are taken by other meters.")


def _found(organization: Organization, code: str) -> Aggregation | None:
    rows = Aggregation.objects.filter(organization=organization, code=code)
    return rows.select_related("target_field").first()


def _fit(aggregation: Aggregation) -> Aggregation:
    """Refuse one that somebody has changed: a list price is that of one unit as it was measured."""
    shape = (aggregation.method, aggregation.target_field.code, aggregation.segmented_fields)
    scale = (aggregation.quantity_per_unit, aggregation.rounding)
    if shape != (Method.SUM, "quantity", SEGMENTED_BY) or scale != (1, UnitRounding.NONE):
        raise RuleViolation(
            f"The aggregation “{aggregation.code}” is no plain sum of quantity by sku and list price,"
            " so list prices do not fit it."
        )
    return aggregation


def _segment(segment: Segment) -> dict[str, str]:
    return dict(zip(SEGMENTED_BY, segment, strict=True))


def _add_segments(aggregation_id: UUID, needs: ServiceNeeds, created: Created) -> Aggregation:
    aggregation = Aggregation.objects.get(pk=aggregation_id)
    there = {segment_key(each) for each in aggregation.segments}
    missing = [each for each in map(_segment, needs.segments) if segment_key(each) not in there]
    if not missing:
        return aggregation
    segments = [*aggregation.segments, *missing]
    aggregation = update_aggregation(aggregation, version=aggregation.version, segments=segments)
    created.count("segments", len(missing))
    return aggregation


def _price(
    plan: Plan, aggregation: Aggregation, needs: ServiceNeeds, since: date, created: Created
) -> Iterator[tuple[Segment, str]]:
    """Have every segment priced from its earliest charge on; answers what cannot be, with the reason."""
    priced = Pricing.objects.filter(plan=plan, aggregation=aggregation).order_by("-start_date")
    starts = dict(priced.values_list("segment_key", "start_date"))
    since = min([since, *starts.values()])
    for segment, day in needs.segments.items():
        start = starts.get(segment_key(_segment(segment)))
        if start is not None and start <= day:
            continue
        try:
            patiently(lambda: _price_from(plan, aggregation, segment, day, since, created))  # noqa: B023
        except RuleViolation as problem:
            yield segment, problem.message


def _price_from(
    plan: Plan, aggregation: Aggregation, segment: Segment, day: date, since: date, created: Created
) -> None:
    """Have the segment priced on the day and from then on, at its list price where it has no price yet."""
    rows = Pricing.objects.filter(
        plan=plan, aggregation=aggregation, segment_key=segment_key(_segment(segment))
    )
    first = rows.order_by("start_date").first()
    if first and first.start_date <= day:
        return
    bands = [(Decimal(0), Decimal(0), Decimal(segment[1]))]
    if first and list(zip(first.lower_limits, first.fixed_prices, first.unit_prices, strict=True)) == bands:
        update_pricing(first, version=first.version, start_date=since)
        return
    create_pricing(
        organization=plan.organization,
        plan=plan,
        aggregation=aggregation,
        start_date=since,
        end_date=first.start_date if first else None,
        segment=_segment(segment),
        cumulative=True,
        bands=bands,
    )
    created.count("pricings")
