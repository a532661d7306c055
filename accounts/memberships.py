"""Changing whose child an account is, from a day on (spec 1, Parent and child accounts)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from accounts.hierarchy import KIND, check_parent
from accounts.models import MAX_CHILDREN, Account, ChildMembership
from accounts.models.memberships import MOST_CHILDREN, ONE_PARENT, TWO_LEVELS
from m3console.core import clock
from m3console.core.errors import RuleViolation, refusing
from m3console.core.registry import Effect, extensions
from m3console.core.text import day_in_words

PROPOSED: Final = "proposed"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
Day = date | None | Literal["proposed"]


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """A child gets another parent, or none, from a day on; None is from the beginning."""

    child: Account
    before: Account | None
    after: Account | None
    day: date | None

    @property
    def families(self) -> list[Account]:
        """The accounts that it concerns."""
        return [one for one in (self.child, self.before, self.after) if one]


def proposed_day(child: Account, *, before: Account | None, after: Account | None) -> date | None:
    """The first day unbilled for all of them; where nothing is billed, from the beginning for a first
    parent, else today. Never before the child's membership of now began or its last one ended."""
    concerned = [one.pk for one in (child, before, after) if one]
    unbilled = [day for ask in extensions(KIND).first_unbilled if (day := ask(concerned))]
    own = ChildMembership.objects.filter(child=child).values_list("start_date", "end_date")
    limits = [start if end is None else end for start, end in own]
    known = [*unbilled, *(day for day in limits if day)]
    if before and not unbilled:
        known.append(clock.today(child.organization.timezone))
    return max(known, default=None)


def settle(change: MembershipChange) -> MembershipChange:
    """The change, if the rules allow it, with the parent to be as it is now. The caller holds all concerned.

    Raises RuleViolation naming the field `parent_from` for the day, `parent_account` for the parent.
    """
    child, before, after, day = change.child, change.before, change.after, change.day
    if before and day is None:
        raise _refusal(f"Choose the day from which “{child.name}” is no longer a child of “{before.name}”.")
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise _refusal(f"Choose a day from {FIRST_DAY.year} to {LAST_DAY.year}.")
    if before:
        _check_end(child, before, day)
    if after:
        after = check_parent(after, organization=child.organization, child=child, day=day)
        _check_begin(child, after, day)
    settled = MembershipChange(child, before, after, day)
    for check in extensions(KIND).membership_checks:
        check(settled)
    return settled


def write(change: MembershipChange) -> None:
    """Store what was settled, beside the account's own `parent_account`."""
    if change.before:
        _end(change)
    if change.after:
        _begin(change, change.after)


def _check_end(child: Account, before: Account, day: date | None) -> None:
    start = ChildMembership.objects.get(child=child, end_date=None).start_date
    if start and day and day < start:
        raise _refusal(
            f"“{child.name}” is a child of “{before.name}” from {day_in_words(start)} on only."
            f" Choose {day_in_words(start)} or a later day."
        )


def _check_begin(child: Account, parent: Account, day: date | None) -> None:
    last = _last_ended(child)
    if last is None or _goes_on(last, parent, day):
        return
    if day is None or day < last.end_date:  # type: ignore[operator]
        until, free = day_in_words(last.last_day), day_in_words(last.end_date)  # type: ignore[arg-type]
        raise _refusal(
            f"“{child.name}” is a child of “{last.parent.name}” until {until}. Choose {free} or a later day."
        )


def _last_ended(child: Account) -> ChildMembership | None:
    ended = ChildMembership.objects.select_related("parent").filter(child=child, end_date__isnull=False)
    return ended.order_by("-end_date").first()


def _goes_on(last: ChildMembership, parent: Account, day: date | None) -> bool:
    """Whether the child comes back to the parent before it has left, or on that very day."""
    if last.parent_id != parent.pk or day is None or last.end_date is None:
        return False
    return (last.start_date or FIRST_DAY) <= day <= last.end_date


def _end(change: MembershipChange) -> None:
    going_on = ChildMembership.objects.get(child=change.child, end_date=None)
    if going_on.start_date == change.day:
        going_on.delete()  # as if it had never been
        return
    going_on.end_date = change.day
    going_on.save(update_fields=["end_date"])


def _begin(change: MembershipChange, parent: Account) -> None:
    child, last = change.child, _last_ended(change.child)
    if last and _goes_on(last, parent, change.day):
        last.end_date = None
        last.save(update_fields=["end_date"])
        return
    ChildMembership.objects.create(
        organization_id=child.organization_id, child=child, parent=parent, start_date=change.day
    )


def refusals() -> AbstractContextManager[None]:
    """What the database refuses of memberships, in sentences."""
    return refusing(
        {
            TWO_LEVELS: two_levels(),
            MOST_CHILDREN: RuleViolation(
                f"The parent would have more than {MAX_CHILDREN} child accounts on some days, which is the"
                " most there can be.",
                field="parent_account",
            ),
            ONE_PARENT: _refusal("It is a child of another account on some of these days."),
        }
    )


def two_levels() -> RuleViolation:
    return RuleViolation(
        "There are two levels only: a parent is no child itself, and a child has no children."
        " Choose another parent account.",
        field="parent_account",
    )


def effects_of(change: MembershipChange) -> Iterator[Effect]:
    """What the change brings about, in words, said before it is made; the day's box says the last day."""
    child, day = change.child, change.day
    if change.after:
        since = f"from {day_in_words(day)} on" if day else "from the beginning"
        yield Effect(f"“{child.name}” is a child of “{change.after.name}” {since}.")
    elif day:
        yield Effect(
            f"“{child.name}” stands by itself from {day_in_words(day)} on; it keeps usage and plans."
        )
    for ask in extensions(KIND).membership_effects:
        yield from ask(change)


def foretold(change: MembershipChange) -> list[Effect]:
    """The effects of a change that is not made yet, or why it would be refused."""
    try:
        return list(effects_of(settle(change)))
    except RuleViolation as refused:
        return [Effect(refused.message, warning=True)]


def _refusal(sentence: str) -> RuleViolation:
    return RuleViolation(sentence, field="parent_from")
