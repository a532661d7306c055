"""Who may be whose child: two levels, at most 999 children (spec 1, Parent and child accounts)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.models import MAX_CHILDREN, Account, AccountQuerySet, ChildMembership
from m3console.core import clock
from m3console.core.errors import RuleViolation
from m3console.core.links import reverse
from m3console.core.locks import lock_accounts
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions
from m3console.core.text import day_in_words

KIND = "accounts.account"


def hold(*accounts: Account | UUID | None) -> None:
    """Lock the accounts of a hierarchy that is about to change, until the end of the transaction."""
    lock_accounts(one.pk if isinstance(one, Account) else one for one in accounts if one)


def hold_families(accounts: Collection[UUID]) -> None:
    """Lock the accounts and the parents that they have, in the one order of locks.

    One may get another parent while we wait. Then all are let go and taken anew with that one: a lock taken
    behind others could wait for somebody who waits for us.
    """
    wanted = set(accounts) | _parents(accounts)
    while True:
        with transaction.atomic():
            lock_accounts(wanted)
            missing = _parents(accounts) - wanted
            if not missing:
                return
            transaction.set_rollback(True)  # to this savepoint: it lets the locks go
        wanted |= missing


def _parents(accounts: Collection[UUID]) -> set[UUID]:
    rows = Account.objects.filter(pk__in=accounts, parent_account__isnull=False)
    return {parent for parent in rows.values_list("parent_account", flat=True) if parent}


def check_parent(
    parent: Account, *, organization: Organization, child: Account | None = None, day: date | None = None
) -> Account:
    """The parent as it is now, if it may have one more child from the day on, None being from the beginning;
    `child` is None for one being created.

    The caller holds both. Raises RuleViolation naming the fix.
    """
    fresh = (
        Account.objects.select_related("parent_account", "organization")
        .filter(organization=organization, pk=parent.pk)
        .first()
    )
    if fresh is None:
        raise _refusal("There is no such parent account any more. Choose another one.")
    if child and child.pk == fresh.pk:
        raise _refusal("An account cannot be its own parent. Choose another one, or leave it blank.")
    if fresh.parent_account:
        raise _refusal(
            f"“{fresh.name}” is itself a child of “{fresh.parent_account.name}”; there are only two levels."
            f" Choose “{fresh.parent_account.name}” as the parent, or remove “{fresh.name}” from it first."
        )
    if child and child.children.exists():
        raise _refusal(
            f"“{child.name}” has child accounts, so it cannot become a child itself."
            " Remove its children first."
        )
    _check_levels(fresh, child, day)
    if fresh.children.all()[:MAX_CHILDREN].count() >= MAX_CHILDREN:
        raise _refusal(f"“{fresh.name}” has {MAX_CHILDREN} child accounts, the most there can be.")
    for check in extensions(KIND).parent_checks:
        check(fresh, day)
    return fresh


def _check_levels(parent: Account, child: Account | None, day: date | None) -> None:
    """Two levels on every day from the day on, also where a membership ends later only."""
    above = ChildMembership.objects.select_related("child", "parent").filter(child=parent)
    if last := above.sharing_days(day, None).order_by("-end_date").first():
        raise _until(last, f"“{parent.name}” is itself a child of “{last.parent.name}”")
    below = ChildMembership.objects.select_related("child", "parent").filter(parent=child)
    if child and (last := below.sharing_days(day, None).order_by("-end_date").first()):
        raise _until(last, f"“{child.name}” has the child account “{last.child.name}”")


def _until(membership: ChildMembership, said: str) -> RuleViolation:
    """What is said holds until the membership ends."""
    assert membership.last_day
    assert membership.end_date
    return RuleViolation(
        f"{said} until {day_in_words(membership.last_day)}, and there are only two levels."
        f" Choose {day_in_words(membership.end_date)} or a later day.",
        field="parent_from",
    )


def current_children(account: Account) -> AccountQuerySet:
    """Who is a child of the account now or from a later day on."""
    on = clock.today(account.organization.timezone)
    current = ChildMembership.objects.filter(parent=account).current(on)
    return Account.objects.filter(pk__in=current.values("child"))


def children_with_days(account: Account) -> AccountQuerySet:
    """Those, with the days of each one's latest membership: `child_from`, `child_until` (exclusive)."""
    latest = ChildMembership.objects.filter(parent=account, child=OuterRef("pk")).order_by("-end_date")
    return current_children(account).annotate(
        child_from=Subquery(latest.values("start_date")[:1]),
        child_until=Subquery(latest.values("end_date")[:1]),
    )


def child_blockers(account: Account, most: int) -> list[Blocker]:
    """The children that keep an account from being deleted, the first few by name with their pages."""
    children = list(current_children(account).order_by("name", "pk")[: most + 1])
    inside = account.organization
    named = [
        Blocker(f"Child account “{child.name}”", _page("account_detail", inside, child), about=child)
        for child in children[:most]
    ]
    if len(children) > most:
        named.append(Blocker("More child accounts", _page("account_children", inside, account)))
    return named


def _page(name: str, organization: Organization, account: Account) -> str:
    return reverse(f"accounts:{name}", organization=organization, pk=account.pk)


def _refusal(sentence: str) -> RuleViolation:
    return RuleViolation(sentence, field="parent_account")
