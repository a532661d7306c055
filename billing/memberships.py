"""What bills say to a change of whose child an account is: from which day, which of them stand in its way,
which will change (spec 1, Parent and child accounts)."""

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Max

from accounts.memberships import MembershipChange
from billing.models import Bill, BillQuerySet
from m3console.core.errors import RuleViolation
from m3console.core.registry import Effect, extensions
from m3console.core.templatetags.console import period_text
from m3console.core.text import day_in_words

NAMED = 5


def register() -> None:
    account = extensions("accounts.account")
    account.first_unbilled.append(first_unbilled)
    account.membership_checks.append(refuse_locked)
    account.membership_effects.append(changed_bills)


def first_unbilled(accounts: Collection[UUID]) -> date | None:
    """The first day that no bill of any of the accounts reaches; None where they have no bills."""
    reached: date | None = Bill.objects.filter(account_id__in=accounts).aggregate(day=Max("end_date"))["day"]
    return reached


def refuse_locked(change: MembershipChange) -> None:
    """Days of a locked bill stay as they are. Raises RuleViolation naming the bill that reaches furthest."""
    bill = _reaching(change).filter(locked_at__isnull=False).order_by("-end_date", "id").first()
    if bill:
        raise RuleViolation(
            f"Bill {bill.reference} of {bill.account_name} for {period_text(bill.start_date, bill.end_date)}"
            f" is locked, so its days stay as they are. Choose {day_in_words(bill.end_date)} or a later day.",
            field="parent_from",
        )


def changed_bills(change: MembershipChange) -> Iterator[Effect]:
    """The bills with days that the change concerns, latest first."""
    bills = _reaching(change).filter(locked_at=None).order_by("-bill_date", "id")[: NAMED + 1]
    named = [
        f"{bill.reference} of {bill.account_name}, {period_text(bill.start_date, bill.end_date)}"
        f" ({bill.get_status_display().lower()})"
        for bill in bills
    ]
    if not named:
        yield Effect("No bill that is there changes.", "None has days from then on.")
        return
    more = "; and others" if len(named) > NAMED else ""
    yield Effect(
        "Bills with days from then on are rated anew by the next run:", f"{'; '.join(named[:NAMED])}{more}."
    )


def _reaching(change: MembershipChange) -> BillQuerySet:
    """The bills of all concerned that have days from the change on."""
    bills = Bill.objects.filter(account__in=change.families)
    return bills.filter(end_date__gt=change.day) if change.day else bills
