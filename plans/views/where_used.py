"""The panel that says where something of the catalogue is used, with links and counts up to a cap."""

from typing import Any

from django.db.models import QuerySet

from m3console.core.links import reverse
from m3console.core.lists.keyset import capped_count
from plans.models import (
    Aggregation,
    CompoundAggregation,
    Counter,
    CounterAdjustment,
    CounterPricing,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)

Row = dict[str, str]
COUNTED = 1_000
IN_USE = "In use: it can be changed, not deleted."
UNUSED = "Nothing uses it: it can be deleted."


def where_used(*rows: Row) -> dict[str, Any]:
    used = any(row["count"] != "0" for row in rows)
    return {"rows": rows, "says": IN_USE if used else UNUSED}


def used_product(product: Product) -> dict[str, Any]:
    query = f"?product={product.pk}"
    return where_used(
        _row("Meters", Meter.objects.filter(product=product), "meter", query),
        _row("Aggregations", Aggregation.objects.filter(product=product), "aggregation", query),
        _row(
            "Compound aggregations",
            CompoundAggregation.objects.filter(product=product),
            "compound_aggregation",
            query,
        ),
        _row("Counters", Counter.objects.filter(product=product), "counter", query),
        _row("Plan templates", PlanTemplate.objects.filter(product=product), "plan_template", query),
        _row("Plans", Plan.objects.filter(plan_template__product=product), "plan", query),
    )


def used_meter(meter: Meter) -> dict[str, Any]:
    pricings = Pricing.objects.filter(aggregation__meter=meter)
    query = f"?meter={meter.pk}"
    return where_used(
        _row("Aggregations", Aggregation.objects.filter(meter=meter), "aggregation", query),
        _row("Pricings", pricings, "pricing", query),
    )


def used_aggregation(aggregation: Aggregation) -> dict[str, Any]:
    """Its pricings, on how many plans and templates they stand, and what calculates with it."""
    compounds = CompoundAggregation.objects.filter(inputs__aggregation=aggregation)
    query = f"?aggregation={aggregation.pk}"
    return where_used(
        *_priced(Pricing.objects.filter(aggregation=aggregation), query),
        _row("Compound aggregations", compounds, "compound_aggregation", query),
    )


def used_compound(compound: CompoundAggregation) -> dict[str, Any]:
    """Its pricings, and on how many plans and templates they stand."""
    pricings = Pricing.objects.filter(compound_aggregation=compound)
    return where_used(*_priced(pricings, f"?compound={compound.pk}"))


def _priced(pricings: QuerySet[Pricing], query: str) -> list[Row]:
    return [
        _row("Pricings", pricings, "pricing", query),
        _row("Plans", Plan.objects.filter(pk__in=pricings.values("plan")), "plan", query),
        _row(
            "Plan templates",
            PlanTemplate.objects.filter(pk__in=pricings.values("plan_template")),
            "plan_template",
            query,
        ),
    ]


def used_counter(counter: Counter) -> dict[str, Any]:
    """Its pricings, on how many plans and templates they stand, and the adjustments of it."""
    pricings = CounterPricing.objects.filter(counter=counter)
    query = f"?counter={counter.pk}"
    adjustments = capped_count(CounterAdjustment.objects.filter(counter=counter), COUNTED)
    return where_used(
        _row("Counter pricings", pricings, "counter_pricing", query),
        _row("Plans", Plan.objects.filter(pk__in=pricings.values("plan")), "plan", query),
        _row(
            "Plan templates",
            PlanTemplate.objects.filter(pk__in=pricings.values("plan_template")),
            "plan_template",
            query,
        ),
        {"label": "Adjustments", "count": adjustments, "url": ""},
    )


def _row(label: str, rows: QuerySet[Any], key: str, query: str) -> Row:
    url = reverse(f"plans:{key}_list") + query
    return {"label": label, "count": capped_count(rows, COUNTED), "url": url}
