"""Pricings as rows of a page: type, price in words, period, status, and what replaces what."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Lower

from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.templatetags.console import period_text, spelled
from plans.models import BillsAs, Plan, PlanTemplate, Priceable, Pricing
from plans.price_periods import gaps
from plans.segments import segment_key, segment_text
from plans.views.pages import KINDS, today
from plans.wording import AnyPricing, bands_of, price_text, status_of, type_of_pricing

SHOWN = 300
WHEN = {"": "All", "ACTIVE": "Current", "PENDING": "Coming", "ENDED": "Past"}


@dataclass(frozen=True, slots=True)
class ShownPricing:
    """A pricing as a row. `terms` is what is not a plain charge of the period's own tiers.

    `replaced` says when a plan's own pricing holds in place of its template's.
    """

    pricing: Pricing
    type: str
    price: str
    segment: str
    status: str
    url: str
    terms: str = ""
    from_template: bool = False
    replaced: str = ""
    is_new: bool = False


@dataclass(slots=True)
class Group:
    """The pricings of one aggregation or compound: by segment in the aggregation's order, then by start."""

    aggregation: Priceable
    rows: list[ShownPricing] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def from_template(self) -> bool:
        """Whether a plan has none of its own, so that the heading says it for all of them."""
        return all(row.from_template for row in self.rows)

    @property
    def url(self) -> str:
        return KINDS[type(self.aggregation)].url("detail", pk=self.aggregation.pk)


def on_owner(owner: Plan | PlanTemplate) -> QuerySet[Pricing]:
    """The pricings that hold on a plan, its template's among them, or on a template."""
    if isinstance(owner, Plan):
        return Pricing.objects.filter(Q(plan=owner) | Q(plan_template=owner.plan_template_id))
    return Pricing.objects.filter(plan_template=owner)


def shown_pricing(pricing: Pricing, on: date, **marks: Any) -> ShownPricing:
    kind = type_of_pricing(pricing)
    return ShownPricing(
        pricing=pricing,
        type=kind.label,
        price=price_text(kind, bands_of(pricing), pricing.priced.unit),
        segment=segment_text(pricing.segment, pricing.priced.segmented_fields),
        status=status_of(pricing, on),
        url=reverse("plans:pricing_detail", pk=pricing.pk),
        terms=terms_of(pricing),
        **marks,
    )


def terms_of(pricing: Pricing) -> str:
    """As in “Product credit”, “Tiers span the plan, minimum 30”; empty for a plain charge."""
    said = []
    if pricing.type != BillsAs.DEBIT:
        said.append(pricing.get_type_display().lower())
    if pricing.tiers_span_plan:
        said.append("tiers span the plan")
    if pricing.minimum_spend:
        said.append(f"minimum {spelled(pricing.minimum_spend, 2)}")
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def shown_pricings(pricings: Iterable[Pricing], on: date) -> list[ShownPricing]:
    return [shown_pricing(pricing, on) for pricing in pricings]


def pricings_context(request: Request, owner: Plan | PlanTemplate) -> dict[str, Any]:
    """The panel of pricings of a plan or template: all, or those that hold now, will hold, or did.

    `?new=` marks the one that was made just now.
    """
    day = today(request)
    groups, more = groups_of(owner, day, new=request.GET.get("new", ""))
    said, has_prices = request.GET.get("when", ""), bool(groups)
    counts = Counter(row.status for group in groups for row in group.rows)
    when = [
        {
            "label": label,
            "count": counts[key] if key else counts.total(),
            "url": f"?when={key.lower()}" if key else "?",
            "current": said == key.lower(),
        }
        for key, label in WHEN.items()
    ]
    chosen = next((key for key in WHEN if key and said == key.lower()), "")
    groups = narrowed(groups, chosen)
    return {
        "groups": groups,
        "all_from_template": all_from_template(groups),
        "when": when,
        "more": more,
        "has_prices": has_prices,
    }


def all_from_template(groups: Sequence[Group]) -> bool:
    return bool(groups) and all(group.from_template for group in groups)


def narrowed(groups: list[Group], status: str) -> list[Group]:
    """The groups with only the rows of a status; all of them without one."""
    if not status:
        return groups
    parts = [
        Group(group.aggregation, [row for row in group.rows if row.status == status], group.warnings)
        for group in groups
    ]
    return [part for part in parts if part.rows]


def groups_of(owner: Plan | PlanTemplate, on: date, *, new: str = "") -> tuple[list[Group], bool]:
    """A plan's or template's pricings by aggregation, and whether there are more than are shown.

    Among a plan's are its template's, which hold while the plan has none of its own (spec 2, Pricing). `new`
    is the id of the one that was made just now.
    """
    rows = on_owner(owner).select_related("aggregation", "compound_aggregation")
    rows = rows.order_by(
        Lower(Coalesce("aggregation__name", "compound_aggregation__name")),
        Coalesce("aggregation_id", "compound_aggregation_id"),
        "segment_key",
        "start_date",
        "id",
    )
    found = list(rows[: SHOWN + 1])
    more = len(found) > SHOWN
    groups = []
    for _, each in groupby(found[:SHOWN], key=lambda pricing: pricing.priced_id):
        pricings = list(each)
        group = Group(pricings[0].priced, warnings=[] if more else warnings_of(pricings))
        group.rows = [
            shown_pricing(pricing, on, is_new=str(pricing.pk) == new, **_marks(pricing, owner, pricings))
            for pricing in sorted(pricings, key=_order(group.aggregation))
        ]
        groups.append(group)
    return groups, more


def warnings_of(pricings: Sequence[Pricing]) -> list[str]:
    """Of all pricings of one aggregation: the days and the default segment that nothing prices."""
    aggregation = pricings[0].priced
    said = []
    for _, each in groupby(pricings, key=lambda pricing: pricing.segment_key):
        segment = list(each)
        of = segment_text(segment[0].segment, aggregation.segmented_fields)
        for start, end in gaps((row.start_date, row.end_date) for row in segment):
            said.append(f"No price {period_text(start, end)}{f', {of}' if of else ''}.")
    if {} in aggregation.segments and not any(row.segment == {} for row in pricings):
        said.append("Everything else has no price: usage that no other segment takes is not billed.")
    return said


def _order(aggregation: Priceable) -> Any:
    places = {segment_key(segment): place for place, segment in enumerate(aggregation.segments)}
    return lambda pricing: (places.get(pricing.segment_key, 0), pricing.start_date, pricing.plan_id is None)


def _marks(pricing: Pricing, owner: Plan | PlanTemplate, among: Sequence[Pricing]) -> dict[str, Any]:
    if isinstance(owner, PlanTemplate) or pricing.plan_id:
        return {}
    own = [each for each in among if each.plan_id and each.segment_key == pricing.segment_key]
    return {"from_template": True, "replaced": replaced_text(pricing, own)}


def replaced_text(inherited: AnyPricing, own: Iterable[AnyPricing]) -> str:
    """The days of a template's pricing on which the plan's own ones hold instead; empty without any."""
    last = date.max
    end = inherited.end_date or last
    overlaps = [
        (max(inherited.start_date, each.start_date), min(end, each.end_date or last))
        for each in sorted(own, key=lambda each: each.start_date)
    ]
    periods: list[tuple[date, date]] = []
    for start, until in overlaps:
        if start >= until:
            continue
        if periods and periods[-1][1] == start:
            periods[-1] = periods[-1][0], until
        else:
            periods.append((start, until))
    if periods == [(inherited.start_date, end)]:
        return "replaced"
    days = [period_text(start, None if until == last else until) for start, until in periods]
    return f"replaced {', '.join(days)}" if days else ""
