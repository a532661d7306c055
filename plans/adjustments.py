"""Counter adjustments: the level of a counter on an account from a day on (spec 2, Counter).

Every act holds the account's lock, so nobody bills it meanwhile.
"""

from copy import copy
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Account
from m3console.core import entities
from m3console.core.audit import action
from m3console.core.entities import check_fields
from m3console.core.errors import RuleViolation, StaleVersion, refusing
from m3console.core.locks import hold_configuration, lock_accounts
from m3console.core.registry import extensions
from m3console.core.text import day_in_words
from plans.attachments import FIRST_DAY, LAST_DAY
from plans.models import AccountPlan, Counter, CounterAdjustment, CounterPricing
from plans.services.rows import check_known, held

KIND: Final = "plans.counteradjustment"
CHANGEABLE: Final = frozenset({"date", "value", "purchase_order_number"})
HIGHEST: Final = 10**15


def create_counter_adjustment(
    *,
    account: Account,
    counter: Counter,
    date: date,
    value: int,
    purchase_order_number: str = "",
    reason: str = "",
) -> CounterAdjustment:
    """Set the counter's level on the account from a day on; `value` is the new level, not a change of it.

    Raises RuleViolation naming the field: a second one of the day, no attached plan that prices the counter,
    days that a locked bill has billed.
    """
    with action("counter_adjustment.created", reason=reason):
        hold_configuration(account.organization_id)
        lock_accounts([account.pk])
        found = Account.objects.select_related("organization").filter(pk=account.pk).first()
        if found is None:
            raise RuleViolation("This account has been deleted, so no counter of it can be adjusted.")
        fields = {
            "account": found, "counter": held(counter, found.organization, field="counter"), "date": date,
            "value": value, "purchase_order_number": purchase_order_number,
        }  # fmt: skip
        draft = CounterAdjustment(organization=found.organization, **fields)
        _check(draft)
        check_priced(draft)
        check_adjustment(None, draft)
        with refusing(_sentences(draft)):
            return entities.create(CounterAdjustment, organization=found.organization, **fields)


def update_counter_adjustment(
    adjustment: CounterAdjustment, *, version: int, reason: str = "", **fields: Any
) -> CounterAdjustment:
    """Change day, level or purchase order number; another counter is another adjustment.

    Raises RuleViolation naming the field, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, CHANGEABLE)
    with action("counter_adjustment.updated", reason=reason):
        before = _held(adjustment)
        draft = copy(before)
        for name, value in fields.items():
            setattr(draft, name, value)
        _check(draft)
        if draft.date != before.date:
            check_priced(draft)
        check_adjustment(before, draft)
        with refusing(_sentences(draft)):
            return entities.update(before, version=version, **fields)


def delete_counter_adjustment(adjustment: CounterAdjustment, *, version: int | None = None) -> None:
    """Take an adjustment away as if it had never been; history keeps it.

    Raises RuleViolation inside a locked period, StaleVersion if it was changed since it was read.
    """
    with action("counter_adjustment.deleted"):
        before = _held(adjustment)
        if version not in (None, before.version):
            raise StaleVersion(entities.changed_sentence(CounterAdjustment, before.pk))
        check_adjustment(before, None)
        before.delete()


def check_adjustment(before: CounterAdjustment | None, after: CounterAdjustment | None) -> None:
    """Raise RuleViolation for a change of levels that upper layers forbid, such as one of locked days.

    Without `before` it is new, without `after` it goes.
    """
    for check in extensions(KIND).change_checks:
        check(before, after)


def adjustable(account: Account, day: date | None = None) -> QuerySet[Counter]:
    """The counters that a plan of the account prices on a day to come, seen from `day`; without it, ever."""
    attached = AccountPlan.objects.of_account(account)
    if day is not None:
        attached = attached.current(day)
    counters: QuerySet[Counter] = Counter.objects.filter(Exists(attached.filter(_priced(day))))
    return counters


def _priced(day: date | None) -> Exists:
    """That an attachment's plan, or its template, prices the counter of an outer query while it runs."""
    begins: Any = OuterRef("start_date")
    if day is not None:
        begins = Greatest(begins, day)
    pricings = CounterPricing.objects.filter(
        Q(plan=OuterRef("plan")) | Q(plan_template=OuterRef("plan__plan_template")),
        Q(end_date=None) | Q(end_date__gt=begins),
        counter=OuterRef(OuterRef("pk")),
        start_date__lt=Coalesce(OuterRef("end_date"), LAST_DAY),
    )
    return Exists(pricings)


def level_before(adjustment: CounterAdjustment) -> int:
    """The level that the adjustment changes: that of the day before, 0 without any."""
    return level_on(adjustment.account, adjustment.counter, adjustment.date)


def level_on(account: Account, counter: Counter, day: date) -> int:
    """The counter's level at the beginning of a day: that of the end of the day before."""
    rows = CounterAdjustment.objects.filter(account=account, counter=counter, date__lt=day)
    value: int | None = rows.order_by("-date").values_list("value", flat=True).first()
    return value or 0


def levels(account: Account, until: date) -> QuerySet[Counter]:
    """The counters that the account has levels of, each with its `level` at the end of a day and `since`."""
    own = CounterAdjustment.objects.filter(account=account, counter=OuterRef("pk"), date__lte=until)
    latest = own.order_by("-date")
    known = CounterAdjustment.objects.filter(account=account).values("counter")
    return Counter.objects.filter(pk__in=known).annotate(
        level=Coalesce(Subquery(latest.values("value")[:1]), 0), since=Subquery(latest.values("date")[:1])
    )


def _held(adjustment: CounterAdjustment) -> CounterAdjustment:
    hold_configuration(adjustment.organization_id)
    lock_accounts([adjustment.account_id])
    rows = CounterAdjustment.objects.select_related("account__organization", "counter", "organization")
    before = rows.filter(pk=adjustment.pk).first()
    if before is None:
        raise StaleVersion(entities.changed_sentence(CounterAdjustment, adjustment.pk))
    return before


def _check(draft: CounterAdjustment) -> None:
    if not 0 <= draft.value <= HIGHEST:
        raise RuleViolation(
            f"The value is the new level, a whole number from 0 to {HIGHEST:,}.", field="value"
        )
    if not FIRST_DAY <= draft.date <= LAST_DAY:
        raise RuleViolation(f"Choose a day from {FIRST_DAY.year} to {LAST_DAY.year}.", field="date")
    check_fields(draft)


def check_priced(draft: CounterAdjustment) -> None:
    """Raise RuleViolation unless a plan attached to the account prices the counter then or later."""
    if not adjustable(draft.account, draft.date).filter(pk=draft.counter_id).exists():
        raise RuleViolation(
            f"No plan of {draft.account.name} prices {draft.counter} on {day_in_words(draft.date)} or later."
            " Attach one that does, or price it first.",
            field="counter",
        )


def _sentences(draft: CounterAdjustment) -> dict[str, str | RuleViolation]:
    return {
        "adjustment_once_a_day": RuleViolation(
            f"{draft.counter} of {draft.account.name} is adjusted on {day_in_words(draft.date)} already."
            " Edit that adjustment, or choose another day.",
            field="date",
        )
    }
