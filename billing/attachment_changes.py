"""What a change of a plan attachment means for bills that are there already (spec 2, Plan attachment).

An attachment's days on a bill are those of the period that the bill's date ends, while it runs. A locked
bill keeps its days; one that is not locked is rated again by the next run.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import Account
from billing.catalogue import load_catalogue
from billing.engine.due import days_billed, due_dates, due_on, next_due_date
from billing.engine.types import Adjustment, Attachment, DueAttachment, Frequency, Named, Period, Pricing
from billing.given_back import given_back_effects
from billing.models import Bill
from m3console.core import clock
from m3console.core.errors import Obstructed
from m3console.core.links import reverse
from m3console.core.registry import Blocker, Effect
from m3console.core.templatetags.console import period_text
from m3console.core.text import day_in_words
from plans.in_advance import minimum_spend_in_advance, standing_charge_in_advance
from plans.models import AccountPlan, CounterAdjustment

NAMED = 3


@dataclass(frozen=True, slots=True)
class Touched:
    """A bill whose days of an attachment would be others than they are; None for no day at all."""

    bill: Bill
    before: Period | None
    after: Period | None

    @property
    def locked(self) -> bool:
        return self.bill.locked_at is not None


def as_engine(draft: AccountPlan) -> Attachment:
    """As much of an attachment as the calendar and the charges that it may bill in advance need."""
    plan, template = draft.plan, draft.plan.plan_template
    minimum_ahead = minimum_spend_in_advance(draft.organization, template, plan).value
    return Attachment(
        id=draft.pk,
        code=draft.code or "",
        start=draft.start_date,
        end=draft.end_date,
        anchor=draft.anchor,
        frequency=Frequency(template.bill_frequency),
        interval=template.bill_frequency_interval,
        product=Named(template.product.pk, template.product.code, template.product.name),
        plan=Named(plan.pk, plan.code, plan.name),
        template=Named(template.pk, template.code or "", template.name),
        currency=template.currency,
        standing_charge=plan.charge,
        standing_charge_description=plan.standing_charge_description or template.standing_charge_description,
        standing_charge_interval=template.standing_charge_interval,
        standing_charge_offset=template.standing_charge_offset,
        standing_charge_in_advance=standing_charge_in_advance(draft.organization, template, plan).value,
        minimum_spend=plan.minimum,
        minimum_spend_in_advance=minimum_ahead,
        pricings=_pricings_billed_ahead(draft, minimum_ahead),
        **_counters(draft),
    )


def _pricings_billed_ahead(draft: AccountPlan, in_advance: bool) -> tuple[Pricing, ...]:
    """The plan's pricings if the minimum of one may be due on the attachment's start; else none."""
    flags = draft.plan.pricing_minimums
    if True in flags or (in_advance and None in flags):
        return load_catalogue(draft.organization, [draft.plan_id]).terms[draft.plan_id].pricings
    return ()


def _counters(draft: AccountPlan) -> dict[str, Any]:
    """The plan's counters and their levels, if there are any: a running total may be due ahead."""
    if not draft.plan.prices_counters:
        return {}
    rows = CounterAdjustment.objects.filter(account_id=draft.account_id).order_by("date", "id")
    levels = tuple(
        Adjustment(counter, day, Decimal(level))
        for counter, day, level in rows.values_list("counter_id", "date", "value")
    )
    if not levels:
        return {}
    terms = load_catalogue(draft.organization, [draft.plan_id]).terms[draft.plan_id]
    return {"counter_pricings": terms.counter_pricings, "adjustments": levels}


def touched_bills(
    before: AccountPlan | None, after: AccountPlan, new: Attachment | None = None
) -> list[Touched]:
    """The account's bills that a change, or without `before` a new one, would touch; earliest first.

    `new` is `after` as the engine has it, where that is known already.
    """
    template = after.plan.plan_template
    own = Q(frequency=template.bill_frequency, frequency_interval=template.bill_frequency_interval)
    bills = Bill.objects.filter(own | Q(frequency=""), account_id=after.account_id)
    old, new = as_engine(before) if before else None, new or as_engine(after)
    recut = old is not None and (old.start, old.anchor) != (new.start, new.anchor)
    compared = (
        Touched(bill, _days(old, bill, recut), _days(new, bill, recut))
        for bill in bills.defer("account_address").order_by("bill_date", "id")
    )
    return [each for each in compared if each.before != each.after]


def _days(attachment: Attachment | None, bill: Bill, recut: bool) -> Period | None:
    """The days of the attachment on a bill, those charged in advance only where periods are cut anew: an
    earlier end is no matter to them (spec 7, Lines and bills)."""
    if attachment is None:
        return None
    if attachment.frequency is Frequency.AD_HOC:
        days = _common(attachment, bill)
    else:
        item = due_on(attachment, bill.bill_date)
        if item is None:
            return None
        days = days_billed(item) if recut else item.covered
    return days if days.start < days.end else None


def _common(attachment: Attachment, bill: Bill) -> Period:
    """An AD_HOC bill has the days that its run gave it."""
    end = bill.end_date if attachment.end is None else min(attachment.end, bill.end_date)
    return Period(max(attachment.start, bill.start_date), end)


def refuse_locked_days(before: AccountPlan, after: AccountPlan) -> None:
    """What a locked bill has billed stays: an attachment changes only outside of locked periods.

    Raises Obstructed with the locked bills, beside the field that would have to stay.
    """
    touched = [each for each in touched_bills(before, after) if each.locked]
    if not touched:
        return
    last = touched[-1]
    reference = f"Bill {last.bill.reference} of {day_in_words(last.bill.bill_date)}"
    field, fix = _way_out(before, after, last.bill.bill_date)
    raise Obstructed(
        f"{reference} is locked with {_in_words(last.before)} of {after.plan.name};"
        f" this would make it {_in_words(last.after)}. {fix}",
        [Blocker(_named(each.bill), _page(after, each.bill)) for each in touched[-NAMED:]],
        field=field,
    )


def refuse_recut_periods(before: Account, after: Account) -> None:
    """Another first bill date would cut anew the periods of attachments without a billing cycle date.

    Raises Obstructed with the locked bills that it would touch.
    """
    attachments = AccountPlan.objects.of_account(before).filter(bill_epoch=None)
    for attachment in attachments.with_plan().select_related("account__organization", "organization"):
        recut = copy(attachment)
        recut.account = after
        if locked := [each.bill for each in touched_bills(attachment, recut) if each.locked]:
            raise Obstructed(
                f"{_sentence_case(_named(locked[-1]))} is locked with {attachment.plan.name} counted from the"
                " first bill date as it is. Give attachments that start later a billing cycle date instead.",
                [Blocker(_named(bill), _page(attachment, bill)) for bill in locked[-NAMED:]],
                field="bill_epoch",
            )


def _way_out(before: AccountPlan, after: AccountPlan, locked_until: date) -> tuple[str, str]:
    """The field that is refused, and what can be done instead; days from `locked_until` on are free."""
    day = day_in_words(locked_until)
    if before.start_date != after.start_date:
        return "start_date", "Keep its start date."
    if before.end_date == after.end_date:
        fix = f"For another billing cycle date, end it on {day} and attach the plan again from then."
        return "bill_epoch", fix
    if before.end_date and before.end_date < locked_until:
        return "end_date", f"Keep its end date, and attach the plan again from {day} for later days."
    return "end_date", f"Choose {day} as its end date, or a later day."


def change_effects(before: AccountPlan, after: AccountPlan) -> Iterator[Effect]:
    """The bills that are not locked and change with it, then the periods that become unbilled."""
    new, old = as_engine(after), as_engine(before)
    touched = [each for each in touched_bills(before, after, new) if not each.locked]
    yield from _rated_again(touched, after)
    yield from given_back_effects(before, after)
    today = clock.today(after.organization.timezone)
    unbilled = set(due_dates(new, date.min, today)) - set(due_dates(old, date.min, today))
    unbilled -= {each.bill.bill_date for each in touched}
    if unbilled:
        yield past_periods(sorted(unbilled))
    yield from _next_bill(new, today)


def _next_bill(attachment: Attachment, today: date) -> Iterator[Effect]:
    """The first bill date after today, if there is one."""
    due = next_bill(attachment, today)
    if due is not None:
        days = days_billed(due)
        yield Effect(
            f"Next bill of {attachment.plan.name} on {day_in_words(due.period.end)}, covering"
            f" {period_text(days.start, days.end)}."
        )


def next_bill(attachment: Attachment, today: date) -> DueAttachment | None:
    """What the attachment's first bill date after today bills of it; None after its last one."""
    following = next_due_date(attachment, today)
    return due_on(attachment, following) if following else None


def past_periods(past: list[date]) -> Effect:
    """The periods whose bill date has come already: no bill has them yet."""
    if not past:
        return Effect("No past period becomes unbilled.", "Its first bill date is still to come.")
    named = ", ".join(day_in_words(bill_date) for bill_date in past[-NAMED:])
    earlier = f" and {len(past) - NAMED} earlier ones" if len(past) > NAMED else ""
    dates = f"Bill date{'s' if len(past) > 1 else ''} {named}{earlier}"
    count = "1 past period is" if len(past) == 1 else f"{len(past)} past periods are"
    return Effect(
        f"{count} now unbilled.", f"{dates}. Run billing for every unbilled period to bill them all."
    )


def effects_on_bills(draft: AccountPlan, new: Attachment) -> Iterator[Effect]:
    """What a new attachment means for bills that are there already, then the periods that have none.

    `new` is the draft as the engine has it.
    """
    touched = touched_bills(None, draft, new)
    locked = [each for each in touched if each.locked]
    for each in locked[-NAMED:]:
        yield Effect(
            f"{_sentence_case(_named(each.bill))} is locked: {_in_words(each.after)} will not be billed.",
            f"Start on {day_in_words(locked[-1].bill.bill_date)} or later to have every day billed.",
            warning=True,
        )
    if len(locked) > NAMED:
        yield Effect(
            f"{_earlier(len(locked) - NAMED)} locked too.",
            "Its days there are not billed either.",
            warning=True,
        )
    yield from _rated_again([each for each in touched if not each.locked], draft)
    today, made = clock.today(draft.organization.timezone), {each.bill.bill_date for each in touched}
    past = [day for day in due_dates(new, date.min, today) if day not in made]
    if past or not (touched or draft.plan.plan_template.bill_frequency == Frequency.AD_HOC):
        yield past_periods(past)


def _rated_again(touched: list[Touched], draft: AccountPlan) -> Iterator[Effect]:
    """The bills that change, earliest first: the latest ones by name, the others by their number."""
    if len(touched) > NAMED:
        yield Effect(f"{_earlier(len(touched) - NAMED)} changed too.", "The next run rates them all again.")
    yield from (_changed(each, draft) for each in touched[-NAMED:])


def _earlier(count: int) -> str:
    return "1 earlier bill is" if count == 1 else f"{count} earlier bills are"


def _changed(each: Touched, draft: AccountPlan) -> Effect:
    bill, plan = each.bill, draft.plan.name
    if each.before is None:
        days = f"It then also covers {_in_words(each.after)} of {plan}."
    else:
        days = f"It covers {_in_words(each.after)} of {plan}, instead of {_in_words(each.before)}."
    reopened = ", and its approval is withdrawn" if bill.status == "APPROVED" else ""
    return Effect(
        f"{_sentence_case(_named(bill))}, {bill.get_status_display().lower()}, changes.",
        f"{days} The next run rates it again{reopened}.",
    )


def _in_words(period: Period | None) -> str:
    return period_text(period.start, period.end) if period else "no day"


def _named(bill: Bill) -> str:
    return f"bill {bill.reference} of {day_in_words(bill.bill_date)}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _page(attachment: AccountPlan, bill: Bill) -> str:
    return reverse("billing:bill_detail", organization=attachment.organization, pk=bill.pk)
