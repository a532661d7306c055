"""What saving an attachment would bring about, in words, before it is saved (spec 2, Attach)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from m3console.core.registry import Effect, extensions
from m3console.core.text import day_in_words
from plans.attachments import refusal_of
from plans.models import AccountPlan, Plan, Pricing
from plans.overlaps import Overlap, foreseen


@dataclass(frozen=True, slots=True)
class Foresight:
    """A draft that is not saved, what stands in its way, and what would follow from saving it."""

    draft: AccountPlan
    overlap: Overlap | None
    effects: list[Effect]


def foresee(draft: AccountPlan, *, end_current: bool) -> Foresight:
    """What would happen now; only saving decides whether it does."""
    if refusal := refusal_of(draft.account, draft.plan, (draft.start_date, draft.end_date)):
        return Foresight(draft, None, [Effect(refusal.message, warning=True)])
    allowed = draft.organization.allow_overlapping_plans
    overlap = None if allowed else foreseen(draft)
    return Foresight(draft, overlap, list(_effects(draft, overlap, end_current)))


def _effects(draft: AccountPlan, overlap: Overlap | None, end_current: bool) -> Iterator[Effect]:
    current = overlap.current if overlap and end_current else None
    if current:
        yield _ending(current, draft)
    elif overlap:
        names = " and ".join(clash.plan.name for clash in overlap.clashes)
        yield Effect(
            f"{draft.plan.name} cannot be attached like this.", f"In the way: {names}.", warning=True
        )
    yield _starting(draft)
    for tell in extensions("plans.accountplan").effects:
        yield from tell(draft)
    if not is_priced(draft.plan):
        yield Effect(
            f"{draft.plan.name} has no price yet.",
            "Neither the plan nor its template has a pricing or a standing charge: nothing will be charged.",
            warning=True,
        )


def _ending(current: AccountPlan, draft: AccountPlan) -> Effect:
    before = current.last_billed_day
    until_now = f"instead of {day_in_words(before)}" if before else "instead of no end date"
    last = draft.start_date - timedelta(days=1)
    return Effect(f"{current.plan.name} ends.", f"Last billed day {day_in_words(last)}, {until_now}.")


def _starting(draft: AccountPlan) -> Effect:
    last = draft.last_billed_day
    until = f"Last billed day {day_in_words(last)}." if last else "It runs until it is ended."
    return Effect(f"{draft.plan.name} starts on {day_in_words(draft.start_date)}.", until)


def is_priced(plan: Plan) -> bool:
    """Whether the plan or its template has a pricing or a standing charge (spec 2, Pricing)."""
    return (
        bool(plan.charge)
        or Pricing.objects.filter(Q(plan=plan) | Q(plan_template=plan.plan_template)).exists()
    )
