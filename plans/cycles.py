"""When the bills of an attachment fall, in words (spec 3, Billing calendar)."""

from datetime import date
from typing import Final

from accounts.models import Account
from m3console.core.text import day_in_words
from plans.models import BillFrequency, PlanTemplate
from plans.models.attachments import EPOCHS

UNITS: Final = {BillFrequency.DAILY: "days", BillFrequency.WEEKLY: "weeks", BillFrequency.ANNUALLY: "years"}


def cycle_help(account: Account, template: PlanTemplate | None = None) -> str:
    """What a blank billing cycle date means for the account; while no plan is chosen, for a monthly one."""
    frequency = template.bill_frequency if template else BillFrequency.MONTHLY
    if frequency == BillFrequency.AD_HOC:
        return "Plans billed ad hoc need none: their bills are those that runs ask for."
    field = EPOCHS[frequency]
    epoch: date = getattr(account.organization, field)
    anchor = account.bill_epoch or epoch
    interval = template.bill_frequency_interval if template else 1
    bills = f"bills on {cycle_in_words(anchor, frequency, interval)}"
    if account.bill_epoch:
        which = "" if template else "monthly "
        return f"Blank uses the account's first bill date, {day_in_words(anchor)}: {which}{bills}."
    if template:
        return f"Blank uses the organization's {field.replace('_', ' ')}, {day_in_words(anchor)}: {bills}."
    return (
        "Blank uses the organization's epoch of the plan's frequency,"
        f" {day_in_words(anchor)} for monthly plans: {bills}."
    )


def cycle_in_words(anchor: date, frequency: str, interval: int) -> str:
    """On which days bills fall: “the 31st, or the month's last day”, “Tuesdays, every 2 weeks”."""
    if frequency == BillFrequency.AD_HOC:
        return "the dates of runs that ask for it"
    if frequency == BillFrequency.MONTHLY:
        return day_of_month(anchor)
    on = {
        BillFrequency.DAILY: "each day",
        BillFrequency.WEEKLY: f"{anchor:%A}s",
        BillFrequency.ANNUALLY: f"{anchor:%-d %b}",
    }[BillFrequency(frequency)]
    if interval == 1:
        return on
    every = f"every {interval} {UNITS[BillFrequency(frequency)]}"
    return every if frequency == BillFrequency.DAILY else f"{on}, {every}"


def day_of_month(anchor: date) -> str:
    """The day of the month that bills fall on: "the 31st, or the month's last day"."""
    day = anchor.day
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"the {day}{ending}" + (", or the month's last day" if day > 28 else "")
