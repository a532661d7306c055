"""What another level of a counter means for bills that are there already (spec 2, Counter).

An adjustment sets the level from its day until the next one, on which it decides by how much that one
changes the level: bills of these days count it. A locked bill keeps its days; one that is not locked is rated
again by the next run.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet

from billing.models import Bill
from m3console.core.errors import Obstructed
from m3console.core.links import reverse
from m3console.core.registry import Blocker, Effect
from m3console.core.text import day_in_words
from plans.models import AccountPlan, CounterAdjustment, CounterPricing

NAMED = 3
Adjusted = CounterAdjustment | None


def refuse_locked_levels(before: Adjusted, after: Adjusted) -> None:
    """Raise Obstructed, naming the locked bills that count the level as it is; `date` is what to change."""
    locked = [bill for bill in counted_on(before, after) if bill.locked_at]
    if not locked:
        return
    concerned = after or before
    assert concerned is not None
    last = locked[-1]
    raise Obstructed(
        f"Bill {last.reference} of {day_in_words(last.bill_date)} is locked and counts {concerned.counter} on"
        f" these days. Choose {day_in_words(last.bill_date)} or a later day, on which it is not billed yet.",
        [Blocker(_named(bill), _page(concerned, bill)) for bill in locked[-NAMED:]],
        field="date",
    )


def bills_rated_again(before: Adjusted, after: Adjusted) -> Iterator[Effect]:
    """The bills that are not locked and count another level then, earliest first."""
    bills = [bill for bill in counted_on(before, after) if not bill.locked_at]
    if not bills:
        yield Effect("No bill that is there changes.", "It counts from the next bill on.")
        return
    if len(bills) > NAMED:
        earlier = len(bills) - NAMED
        count = "1 earlier bill changes" if earlier == 1 else f"{earlier} earlier bills change"
        yield Effect(f"{count} too.", "The next run rates them all again.")
    for bill in bills[-NAMED:]:
        reopened = ", and its approval is withdrawn" if bill.status == "APPROVED" else ""
        named = _named(bill)
        yield Effect(
            f"{named[:1].upper()}{named[1:]}, {bill.get_status_display().lower()}, changes.",
            f"The next run rates it again{reopened}.",
        )


def counted_on(before: Adjusted, after: Adjusted) -> list[Bill]:
    """The account's bills that count a level which would be another one, earliest first.

    None, if only what stands beside the level changes.
    """
    if before and after and (before.date, before.value) == (after.date, after.value):
        return []
    concerned = after or before
    assert concerned is not None
    spells = [_spell(each, before) for each in (before, after) if each is not None]
    attached = list(_attached(concerned))
    bills = Bill.objects.filter(
        account_id=concerned.account_id, bill_date__gt=min(first for first, _ in spells)
    )
    return [
        bill
        for bill in bills.defer("account_address").order_by("bill_date", "id")
        if any(_counts(bill, each, *spell) for each in attached for spell in spells)
    ]


def _counts(bill: Bill, attached: AccountPlan, first: date, last: date) -> bool:
    """Whether a bill of the attachment's frequency, or a consolidated one, counts levels of these days.

    A running total in advance counts the level of the day before the bill date, as do the days that ended.
    """
    template = attached.plan.plan_template
    own = (template.bill_frequency, template.bill_frequency_interval)
    if bill.frequency and (bill.frequency, bill.frequency_interval) != own:
        return False
    begin = max(bill.start_date, attached.start_date)
    end = min(bill.bill_date, attached.end_date or bill.bill_date)
    return begin <= end and first < end and last >= begin


def _spell(adjustment: CounterAdjustment, replaced: Adjusted) -> tuple[date, date]:
    """From the day of an adjustment to that of the counter's next one, on which its level still counts."""
    rows = CounterAdjustment.objects.filter(
        account_id=adjustment.account_id, counter_id=adjustment.counter_id, date__gt=adjustment.date
    )
    others = rows.exclude(pk=replaced.pk) if replaced else rows
    following = others.order_by("date").first()
    return adjustment.date, following.date if following else date.max


def _attached(adjustment: CounterAdjustment) -> QuerySet[AccountPlan]:
    """The account's attachments of plans that price the counter, now or at any time."""
    priced = CounterPricing.objects.filter(counter_id=adjustment.counter_id)
    rows = AccountPlan.objects.filter(account_id=adjustment.account_id).select_related("plan__plan_template")
    return rows.filter(
        Q(plan__in=priced.values("plan")) | Q(plan__plan_template__in=priced.values("plan_template"))
    )


def _named(bill: Bill) -> str:
    return f"bill {bill.reference} of {day_in_words(bill.bill_date)}"


def _page(adjustment: CounterAdjustment, bill: Bill) -> str:
    return reverse("billing:bill_detail", organization=adjustment.organization, pk=bill.pk)
