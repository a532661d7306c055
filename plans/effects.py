"""What saving an attachment would bring about, in words, before it is saved (spec 2, Attach)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from m3console.core.errors import RuleViolation
from m3console.core.registry import Effect, extensions
from m3console.core.text import day_in_words
from plans.attachments import check_change, ended_on, parent_refusal
from plans.models import AccountPlan
from plans.overlaps import Overlap, foreseen
from plans.priced import is_priced


@dataclass(frozen=True, slots=True)
class Foresight:
    """A draft that is not saved, what stands in its way, and what would follow from saving it."""

    draft: AccountPlan
    overlap: Overlap | None
    effects: list[Effect]


def foresee(draft: AccountPlan, *, end_current: bool) -> Foresight:
    """What would happen now; only saving decides whether it does."""
    if refusal := parent_refusal(draft.account, (draft.start_date, draft.end_date)):
        return Foresight(draft, None, [Effect(refusal.message, warning=True)])
    allowed = draft.organization.allow_overlapping_plans
    overlap = None if allowed else foreseen(draft)
    return Foresight(draft, overlap, list(_effects(draft, overlap, end_current)))


def foresee_change(before: AccountPlan, after: AccountPlan) -> Foresight:
    """What saving another version of an attachment would bring about; only saving decides."""
    same = (before.start_date, before.end_date) == (after.start_date, after.end_date)
    overlap = None if same or after.organization.allow_overlapping_plans else foreseen(after)
    return Foresight(after, overlap, list(_change_effects(before, after, overlap)))


def _change_effects(before: AccountPlan, after: AccountPlan, overlap: Overlap | None) -> Iterator[Effect]:
    if overlap:
        yield Effect("It would overlap another attachment.", overlap.message, warning=True)
    if before.start_date != after.start_date:
        yield Effect(
            f"It starts on {day_in_words(after.start_date)}.",
            f"Instead of {day_in_words(before.start_date)}.",
        )
    if before.end_date != after.end_date:
        yield _another_end(before, after)
    if before.anchor != after.anchor:
        yield Effect(
            f"Bill dates are counted from {day_in_words(after.anchor)}.",
            f"Instead of {day_in_words(before.anchor)}.",
        )
    yield from _change_of_bills(before, after)


def _change_of_bills(before: AccountPlan, after: AccountPlan) -> Iterator[Effect]:
    """What the change means to upper layers, or why they would refuse it."""
    try:
        check_change(before, after)
    except RuleViolation as refusal:
        yield Effect("This cannot be saved.", refusal.message, warning=True)
        return
    for tell in extensions("plans.accountplan").change_effects:
        yield from tell(before, after)


def _another_end(before: AccountPlan, after: AccountPlan) -> Effect:
    last, until_now = after.last_billed_day, before.last_billed_day
    instead = f"Instead of {day_in_words(until_now)}." if until_now else "Instead of no end date."
    if last is None:
        return Effect("It runs until it is ended.", instead)
    return Effect(f"Last billed day {day_in_words(last)}.", instead)


def _effects(draft: AccountPlan, overlap: Overlap | None, end_current: bool) -> Iterator[Effect]:
    current = overlap.current if overlap and end_current else None
    if current:
        yield _ending(current, draft)
        yield from _change_of_bills(current, ended_on(current, draft.start_date))
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
            "Neither the plan nor its template has a price of anything: nothing will be charged.",
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
