"""Counters: what is counted by its level (spec 2, Counter)."""

from collections.abc import Mapping
from typing import Any

from m3console.core.audit import action
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from m3console.core.registry import Blocker
from m3console.core.text import day_in_words, days_in_words
from plans.models import Counter, CounterAdjustment, CounterPricing, Product
from plans.services.rows import (
    Sentences,
    blocking,
    check_known,
    code_taken,
    created,
    held,
    removed,
    updated,
)

CHANGEABLE = frozenset({"name", "code", "unit", "product"})


def create_counter(
    *, organization: Organization, name: str, code: str, unit: str, product: Product | None = None
) -> Counter:
    """A new counter; without a product a global one. Raises RuleViolation."""
    with action("counter.created"):
        fields: dict[str, Any] = {"name": name, "code": code, "unit": unit}
        fields["product"] = held(product, organization, field="product") if product else None
        return created(Counter, _sentences(code), organization=organization, **fields)


def update_counter(counter: Counter, *, version: int, **fields: Any) -> Counter:
    """Change any field; what is priced on other products' plans stays global.

    Raises RuleViolation, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, CHANGEABLE)
    with action("counter.updated"):
        before = held(counter)
        if fields.get("product"):
            fields["product"] = held(fields["product"], before.organization, field="product")
        _check_use(before, fields)
        return updated(before, _sentences(fields.get("code", before.code)), version=version, **fields)


def delete_counter(counter: Counter, *, version: int | None = None) -> None:
    """Delete a counter that nothing prices or adjusts. Raises InUse with where, StaleVersion."""
    with action("counter.deleted"):
        removed(counter, counter_blockers, version=version)


def counter_blockers(counter: Counter) -> list[Blocker]:
    """The plans and templates that price the counter, and the accounts that have a level of it."""
    pricings = CounterPricing.objects.filter(counter=counter).select_related("plan", "plan_template")
    adjustments = CounterAdjustment.objects.filter(counter=counter).select_related("account")
    return [
        *blocking(
            pricings.order_by("id"),
            "plans:counter_pricing_detail",
            label=lambda each: f"pricing on “{each.owner}” {days_in_words(each.start_date, each.end_date)}",
        ),
        *blocking(
            adjustments.order_by("id"),
            "plans:counter_adjustment_detail",
            label=lambda each: f"adjustment of “{each.account}” on {day_in_words(each.date)}",
        ),
    ]


def _sentences(code: str) -> Sentences:
    return {"counter_code_once": code_taken(Counter, code)}


def _check_use(before: Counter, fields: Mapping[str, Any]) -> None:
    product = fields.get("product")
    if product and (pricing := CounterPricing.objects.filter(counter=before).outside(product).first()):
        raise RuleViolation(
            f"It is priced on “{pricing.owner}” of another product, so it must be global.", field="product"
        )
