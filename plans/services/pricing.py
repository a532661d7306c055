"""Pricings: what the units of an aggregation cost on a plan, or on all plans of a template."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from m3console.core.audit import action
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.models import (
    Aggregation,
    BillsAs,
    CompoundAggregation,
    Plan,
    PlanTemplate,
    Priceable,
    Pricing,
    Product,
)
from plans.segments import Segment, segment_key, segment_text
from plans.services.bands import Band, check_terms, columns, overage_columns
from plans.services.prices import check_dates, check_owner, clash, held_owner
from plans.services.rows import check_known, created, gone, held, noun_of, removed, updated

CHANGEABLE = frozenset({
    "start_date", "end_date", "cumulative", "bands", "description", "type", "tiers_span_plan",
    "minimum_spend", "minimum_spend_description", "minimum_spend_bill_in_advance", "overage_bands",
})  # fmt: skip


def create_pricing(
    *,
    organization: Organization,
    plan: Plan | None = None,
    plan_template: PlanTemplate | None = None,
    aggregation: Aggregation | None = None,
    compound_aggregation: CompoundAggregation | None = None,
    start_date: date,
    end_date: date | None = None,
    segment: Segment | None = None,
    cumulative: bool,
    bands: Sequence[Band],
    description: str = "",
    type: str = BillsAs.DEBIT,  # noqa: A002 (the field's name)
    tiers_span_plan: bool = False,
    minimum_spend: Decimal | int = 0,
    minimum_spend_description: str = "",
    minimum_spend_bill_in_advance: bool | None = None,
    overage_bands: Sequence[Band] = (),
) -> Pricing:
    """A price on a plan or a template for [start_date, end_date), for a segment if there are segments.

    Of an aggregation or of a compound aggregation.

    Raises RuleViolation; an overlap names the pricing in the way and what to do. Rules: spec 2, Pricing.
    """
    check_owner(plan, plan_template)
    if (aggregation is None) == (compound_aggregation is None):
        raise RuleViolation(
            "A pricing is of an aggregation or of a compound aggregation, of exactly one.",
            field="aggregation",
        )
    check_dates(start_date, end_date)
    with action("pricing.created"):
        plan, plan_template = held_owner(organization, plan, plan_template)
        priced = _held_priced(organization, aggregation or compound_aggregation)
        template = plan.plan_template if plan else plan_template
        _check_product(priced, template.product if template else None)
        _check_segment(priced, segment)
        fields = {
            "organization": organization, "plan": plan, "plan_template": plan_template,
            "aggregation": priced if aggregation else None,
            "compound_aggregation": priced if compound_aggregation else None,
            "start_date": start_date, "end_date": end_date,
            "segment": None if segment is None else dict(segment), "segment_key": segment_key(segment),
            "cumulative": cumulative, "description": description, "type": type,
            "tiers_span_plan": tiers_span_plan, "minimum_spend": Decimal(minimum_spend),
            "minimum_spend_description": minimum_spend_description,
            "minimum_spend_bill_in_advance": minimum_spend_bill_in_advance,
            **columns(bands), **overage_columns(overage_bands),
        }  # fmt: skip
        draft = Pricing(**fields)
        check_terms(draft)
        with _naming_the_clash(draft):
            return created(Pricing, _SENTENCES, **fields)


def update_pricing(pricing: Pricing, *, version: int, **fields: Any) -> Pricing:
    """Change any of create_pricing's fields but plan or template, aggregation and segment.

    Raises RuleViolation, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, CHANGEABLE)
    if "bands" in fields:
        fields |= columns(fields.pop("bands"))
    if "overage_bands" in fields:
        fields |= overage_columns(fields.pop("overage_bands"))
    check_dates(fields.get("start_date", pricing.start_date), fields.get("end_date", pricing.end_date))
    draft = copy(pricing)
    for name, value in fields.items():
        setattr(draft, name, value)
    with action("pricing.updated"), _naming_the_clash(draft):
        if draft.tiers_span_plan and pricing.aggregation:
            draft.aggregation = _held_aggregation(pricing.organization, pricing.aggregation)
        check_terms(draft)
        return updated(pricing, _SENTENCES, version=version, **fields)


def delete_pricing(pricing: Pricing, *, version: int | None = None) -> None:
    """Delete a pricing that no bill was made with. Raises InUse with the bills, StaleVersion."""
    with action("pricing.deleted"):
        removed(pricing, lambda row: [], version=version)


class _Overlaps(RuleViolation):
    """What the exclusion constraint says, before the pricing in the way is looked up."""


_OVERLAP = _Overlaps("Another pricing of the same aggregation and segment overlaps this one.")
_SENTENCES = {
    "pricing_once_at_a_time": _OVERLAP,
    "pricing_minimum_spend_not_negative": RuleViolation(
        "The minimum spend must be 0 or more.", field="minimum_spend"
    ),
}


@contextmanager
def _naming_the_clash(pricing: Pricing) -> Iterator[None]:
    """Answer the violation of the exclusion constraint with the pricing in the way and the fix."""
    try:
        yield
    except _Overlaps:
        raise _clash(pricing) from None


def _held_priced(organization: Organization, priced: Priceable | None) -> Priceable:
    if isinstance(priced, CompoundAggregation):
        return held(priced, organization, field="aggregation")
    assert priced is not None
    return _held_aggregation(organization, priced)


def _held_aggregation(organization: Organization, aggregation: Aggregation) -> Aggregation:
    rows = Aggregation.objects.select_related("meter").select_for_update(no_key=True, of=("self", "meter"))
    row = rows.filter(pk=aggregation.pk, organization=organization).first()
    if row is None:
        raise gone(Aggregation, "aggregation")
    return row


def _check_product(priced: Priceable, product: Product | None) -> None:
    things = (priced, priced.meter) if isinstance(priced, Aggregation) else (priced,)
    for thing in things:
        if product and thing.product_id and thing.product_id != product.pk:
            what = noun_of(type(thing)).capitalize()
            raise RuleViolation(
                f"{what} “{thing}” belongs to {thing.product}, so it cannot price a plan of {product}.",
                field="aggregation",
            )


def _check_segment(aggregation: Priceable, segment: Segment | None) -> None:
    if not aggregation.segmented_fields:
        if segment is not None:
            raise RuleViolation(
                f"Aggregation “{aggregation}” has no segments; leave the segment out.", field="segment"
            )
        return
    if segment is None:
        raise RuleViolation(
            f"Aggregation “{aggregation}” is segmented: each segment has a pricing of its own. Choose one.",
            field="segment",
        )
    if dict(segment) not in aggregation.segments:
        raise RuleViolation(
            f"Aggregation “{aggregation}” has no segment “{segment_text(segment)}”.", field="segment"
        )


def _clash(pricing: Pricing) -> RuleViolation:
    """The sentence of an overlap."""
    other = Pricing.objects.overlapping(pricing).order_by("start_date").first()
    if other is None:
        return _OVERLAP
    of = (
        f", segment {segment_text(other.segment, pricing.priced.segmented_fields)}"
        if other.segment is not None
        else ""
    )
    return clash(pricing, other, f"{pricing.priced}{of}")
