"""Counter pricings as rows of a page: type, price in words, period, status, and what replaces what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models.functions import Lower

from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.templatetags.console import period_text
from plans.models import Counter, CounterPricing, Plan, PlanTemplate
from plans.price_periods import gaps
from plans.views.pages import today
from plans.views.pricing_rows import replaced_text
from plans.wording import bands_of, price_text, status_of, type_of_pricing

SHOWN = 300


@dataclass(frozen=True, slots=True)
class ShownCounterPricing:
    """A counter pricing as a row. `replaced` says when a plan's own one holds in place of its template's."""

    pricing: CounterPricing
    type: str
    price: str
    billed: str
    status: str
    url: str
    from_template: bool = False
    replaced: str = ""
    is_new: bool = False


@dataclass(slots=True)
class CounterGroup:
    """The pricings of one counter, by start."""

    counter: Counter
    rows: list[ShownCounterPricing] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def billed_text(pricing: CounterPricing) -> str:
    """How the running total and adjustments are billed, in a few words."""
    whole = [
        name
        for name, prorated in (
            ("running total", pricing.pro_rate_running_total),
            ("debits", pricing.pro_rate_adjustment_debit),
            ("credits", pricing.pro_rate_adjustment_credit),
        )
        if not prorated
    ]
    when = "in advance" if pricing.running_total_bill_in_advance else "in arrears"
    if not whole:
        return f"{when}, by days"
    return f"{when}, not prorated" if len(whole) == 3 else f"{when}, {' and '.join(whole)} not prorated"


def shown_counter_pricing(pricing: CounterPricing, on: date, **marks: Any) -> ShownCounterPricing:
    kind = type_of_pricing(pricing)
    return ShownCounterPricing(
        pricing=pricing,
        type=kind.label,
        price=price_text(kind, bands_of(pricing), pricing.counter.unit),
        billed=billed_text(pricing),
        status=status_of(pricing, on),
        url=reverse("plans:counter_pricing_detail", pk=pricing.pk),
        **marks,
    )


def shown_counter_pricings(pricings: Iterable[CounterPricing], on: date) -> list[ShownCounterPricing]:
    return [shown_counter_pricing(pricing, on) for pricing in pricings]


def counter_pricings_context(request: Request, owner: Plan | PlanTemplate) -> dict[str, Any]:
    """The panel of counter pricings of a plan or template; `?new=` marks the one that was made just now."""
    groups, more = counter_groups_of(owner, today(request), new=request.GET.get("new", ""))
    return {"counter_groups": groups, "more_counters": more}


def counter_groups_of(
    owner: Plan | PlanTemplate, on: date, *, new: str = ""
) -> tuple[list[CounterGroup], bool]:
    """A plan's or template's counter pricings by counter, and whether there are more than are shown.

    Among a plan's are its template's, which hold while the plan has none of its own for the counter (spec 7,
    Counters).
    """
    rows = CounterPricing.objects.holding_on(owner).select_related("counter")
    found = list(rows.order_by(Lower("counter__name"), "counter_id", "start_date", "id")[: SHOWN + 1])
    groups = []
    for _, each in groupby(found[:SHOWN], key=lambda pricing: pricing.counter_id):
        pricings = list(each)
        group = CounterGroup(pricings[0].counter, warnings=_warnings(pricings))
        group.rows = [
            shown_counter_pricing(
                pricing, on, is_new=str(pricing.pk) == new, **_marks(pricing, owner, pricings)
            )
            for pricing in sorted(pricings, key=lambda one: (one.start_date, one.plan_id is None))
        ]
        groups.append(group)
    return groups, len(found) > SHOWN


def _warnings(pricings: Sequence[CounterPricing]) -> list[str]:
    missing = gaps((row.start_date, row.end_date) for row in pricings)
    return [f"No price {period_text(start, end)}." for start, end in missing]


def _marks(
    pricing: CounterPricing, owner: Plan | PlanTemplate, among: Sequence[CounterPricing]
) -> dict[str, Any]:
    if isinstance(owner, PlanTemplate) or pricing.plan_id:
        return {}
    own = [each for each in among if each.plan_id]
    return {"from_template": True, "replaced": replaced_text(pricing, own)}
