"""Attaching plans to accounts, changing attachments and taking them off again (spec 2, Plan attachment).

Every act holds the account's lock, so nobody bills, attaches or makes it a parent meanwhile.
"""

from copy import copy
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.models import Account, ChildMembership
from m3console.core import clock, entities
from m3console.core.audit import action
from m3console.core.entities import check_fields
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.fields import CustomValues
from m3console.core.locks import hold_configuration, lock_accounts
from m3console.core.registry import Blocker, extensions
from m3console.core.text import day_in_words, days_in_words
from plans.models import AccountPlan, HierarchyMode, Plan
from plans.overlaps import cover, cover_again, foreseen, no_overlap
from plans.services.rows import check_known

CHANGEABLE: Final = frozenset(
    {"start_date", "end_date", "bill_epoch", "code", "child_billing_mode", "custom_fields"}
)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""What dates may be: a slip of the keyboard shall not make bills for 2,000 years."""


def attach_plan(
    *,
    account: Account,
    plan: Plan,
    start_date: date,
    end_date: date | None = None,
    bill_epoch: date | None = None,
    code: str | None = None,
    child_billing_mode: str = HierarchyMode.PARENT_BREAKDOWN,
    custom_fields: CustomValues | None = None,
    end_current: bool | UUID = False,
) -> AccountPlan:
    """Have the account pay by the plan for [start_date, end_date); without an end until it is ended.

    With `end_current` the attachment in the way ends on the new start, in the same transaction; given as
    the id that a person has seen, only that one does. Raises Overlap, or RuleViolation naming the field.
    """
    with action("plan_attachment.created"):
        hold_configuration(account.organization_id)
        lock_accounts([account.pk])
        account, plan = _attachable(account, plan, (start_date, end_date))
        fields: dict[str, Any] = {
            "account": account, "plan": plan, "code": code or None, "start_date": start_date,
            "end_date": end_date, "bill_epoch": bill_epoch, "child_billing_mode": child_billing_mode,
            "custom_fields": custom_fields or {},
        }  # fmt: skip
        draft = AccountPlan(organization=account.organization, **fields)
        _check(draft)
        with no_overlap(draft, _sentences(draft.code)):
            if end_current:
                _end_current(draft, None if end_current is True else end_current)
            attachment = entities.create(AccountPlan, organization=account.organization, **fields)
            cover(attachment)
    return attachment


def update_account_plan(account_plan: AccountPlan, *, version: int, **fields: Any) -> AccountPlan:
    """Change dates, cycle date, hierarchy mode or code; another plan is another attachment.

    Raises Overlap, StaleVersion, or RuleViolation naming the field; TypeError for any other field.
    """
    check_known(fields, CHANGEABLE)
    if "code" in fields:
        fields["code"] = fields["code"] or None
    with action("plan_attachment.updated"):
        hold_configuration(account_plan.organization_id)
        lock_accounts([account_plan.account_id])
        return _change(account_plan, version, fields)


def delete_account_plan(account_plan: AccountPlan, *, version: int | None = None) -> None:
    """Take the attachment off as if it had never been; history keeps it.

    Raises RuleViolation naming the bills that have lines of it, StaleVersion if it was changed since it was
    read.
    """
    with action("plan_attachment.deleted"):
        lock_accounts([account_plan.account_id])
        if blockers := blockers_of(account_plan):
            named = ", ".join(blocker.text for blocker in blockers[:5])
            more = f" and {len(blockers) - 5} more" if len(blockers) > 5 else ""
            raise RuleViolation(
                f"{account_plan.plan.name} cannot be deleted, as bills have lines of it: {named}{more}."
                " End-date it instead.",
                code="blocked",
            )
        rows = AccountPlan.objects.filter(pk=account_plan.pk)
        if not (rows if version is None else rows.filter(version=version)).delete()[0]:
            raise StaleVersion(entities.changed_sentence(AccountPlan, account_plan.pk))


def blockers_of(account_plan: AccountPlan) -> list[Blocker]:
    """What keeps an attachment from being deleted: the bills that have lines of it."""
    return [blocker for ask in extensions("plans.accountplan").blockers for blocker in ask(account_plan.pk)]


def refuse_parent_with_plan(account: Account, start: date | None = None) -> None:
    """An account with a plan cannot get children on the plan's days: nothing pools their usage.

    Asked for children from a day on; from the beginning, the plans count that are active or pending.
    Whoever asks holds the account's lock. Raises RuleViolation naming the attachment.
    """
    on = start or clock.today(account.organization.timezone)
    attached = AccountPlan.objects.of_account(account).current(on).with_plan().order_by("-end_date").first()
    if attached:
        later = f" Choose {day_in_words(attached.end_date)} or a later day," if attached.end_date else ""
        raise RuleViolation(
            f"{account.name} has the plan {attached.plan.name} attached"
            f" {days_in_words(attached.start_date, attached.end_date)}, so it cannot get child accounts"
            + (f" from {day_in_words(start)} on.{later}" if start else ".")
            + (" or end" if start and later else " End")
            + " or delete that attachment first, or attach the plan to each child account.",
            field="parent_account",
        )


def parent_refusal(account: Account, days: tuple[date, date | None] | None = None) -> RuleViolation | None:
    """Why an account gets no plan of its own on [start, end), if it has children then.

    Without days: why it gets none on any day.
    """
    children = ChildMembership.objects.filter(parent=account).select_related("child")
    shared = children.sharing_days(*days) if days else children.filter(start_date=None, end_date=None)
    membership = shared.order_by("child__code").first()
    if membership is None:
        return None
    return RuleViolation(
        f"{account.name} has child accounts, {membership.child.name} among them{_days_of(membership)}, so no"
        " plan can be attached to it. Attach the plan to each child account, or take the children away"
        " first.",
        field="plan",
    )


def _days_of(membership: ChildMembership) -> str:
    if membership.start_date:
        return " " + days_in_words(membership.start_date, membership.end_date)
    return f" until {day_in_words(membership.last_day)}" if membership.last_day else ""


def _attachable(account: Account, plan: Plan, days: tuple[date, date | None]) -> tuple[Account, Plan]:
    """Account and plan as they are now; both stay so until the transaction ends."""
    found = Account.objects.select_related("organization").filter(pk=account.pk).first()
    if found is None:
        raise RuleViolation("This account has been deleted, so no plan can be attached to it.")
    with connection.cursor() as cursor:
        cursor.execute("select from plans_plan where id = %s for share", [plan.pk])
    plans = Plan.objects.select_related("plan_template__product").filter(
        organization_id=found.organization_id
    )
    chosen = plans.filter(pk=plan.pk).first()
    if chosen is None:
        raise RuleViolation("There is no such plan in this organization.", field="plan")
    if refusal := parent_refusal(found, days):
        raise refusal
    return found, chosen


def check_days(*, start_date: date | None, end_date: date | None, bill_epoch: date | None) -> None:
    """Raise RuleViolation for an end on or before the start, or a day outside of what can be billed."""
    days = {"start_date": start_date, "end_date": end_date, "bill_epoch": bill_epoch}
    for name, day in days.items():
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise RuleViolation(f"Choose a day from {FIRST_DAY.year} to {LAST_DAY.year}.", field=name)
    if start_date and end_date and end_date <= start_date:
        raise _end_before_start()


def _check(draft: AccountPlan) -> None:
    check_fields(draft)
    check_days(start_date=draft.start_date, end_date=draft.end_date, bill_epoch=draft.bill_epoch)


def _end_before_start() -> RuleViolation:
    return RuleViolation(
        "The end date must be after the start date: it is the first day no longer billed.", field="end_date"
    )


def _sentences(code: str | None) -> dict[str, str | RuleViolation]:
    """What the table's own constraints mean to a person."""
    return {
        "attachment_ends_after_start": _end_before_start(),
        "attachment_code_once": RuleViolation(
            f"Another plan attachment has the code “{code}” already.", field="code"
        ),
    }


def _end_current(draft: AccountPlan, seen: UUID | None) -> None:
    """End what runs on the draft's start, if that lets the draft in."""
    overlap = foreseen(draft)
    if overlap is None:
        return
    if overlap.current is None or (seen and seen != overlap.current.pk):
        raise overlap
    ended = ended_on(overlap.current, draft.start_date)
    try:
        check_change(overlap.current, ended)
    except RuleViolation as refusal:
        refusal.field = "start_date"  # of the new one: that is the day that is asked for
        raise
    entities.update(ended, version=ended.version, end_date=ended.end_date)
    cover_again(ended)


def ended_on(attachment: AccountPlan, day: date) -> AccountPlan:
    """A copy of an attachment that ends on a day; nothing is saved."""
    ended = copy(attachment)
    ended.end_date = day
    return ended


def check_change(before: AccountPlan, after: AccountPlan) -> None:
    """Raise RuleViolation for a change that upper layers forbid, such as one inside a locked period."""
    for check in extensions("plans.accountplan").change_checks:
        check(before, after)


def _change(account_plan: AccountPlan, version: int, fields: dict[str, Any]) -> AccountPlan:
    read = AccountPlan.objects.select_related("account__organization", "organization").with_plan()
    before = read.filter(pk=account_plan.pk).first()
    if before is None:
        raise StaleVersion(entities.changed_sentence(AccountPlan, account_plan.pk))
    draft = read.get(pk=before.pk)
    for name, value in fields.items():
        setattr(draft, name, value)
    _check(draft)
    days = (draft.start_date, draft.end_date)
    if _adds_days(before, draft) and (refusal := parent_refusal(before.account, days)):
        raise refusal
    check_change(before, draft)
    with no_overlap(draft, _sentences(draft.code)):
        entities.update(before, version=version, **fields)
        if (before.start_date, before.end_date) != (draft.start_date, draft.end_date):
            cover_again(draft)
    return read.get(pk=before.pk)


def _adds_days(before: AccountPlan, after: AccountPlan) -> bool:
    longer = before.end_date is not None and (after.end_date is None or after.end_date > before.end_date)
    return longer or after.start_date < before.start_date
