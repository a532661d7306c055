"""What an earlier end of an attachment gives back of charges in advance, said before it is saved."""

from collections.abc import Iterator

from django.db.models import F

from billing.models import Bill, BillLine, BillStatus
from m3console.core.registry import Effect
from m3console.core.templatetags.console import period_text
from m3console.core.text import day_in_words
from plans.models import AccountPlan


def given_back_effects(before: AccountPlan, after: AccountPlan) -> Iterator[Effect]:
    """The days that approved and locked bills charge in advance and that the attachment loses (spec 7)."""
    end = after.end_date
    if end is None or (before.end_date is not None and before.end_date <= end):
        return
    lines = BillLine.objects.filter(
        account_plan_id=after.pk, in_advance=True, subtotal__gt=0, service_end__gt=end,
        revision__number=F("revision__bill__revision"), revision__bill__status=BillStatus.APPROVED,
    )  # fmt: skip
    for line in lines.select_related("revision__bill").order_by("service_start", "position"):
        last = min(line.service_end, before.end_date or line.service_end)
        first = max(line.service_start, end)
        if first < last:
            yield _effect(line, line.revision.bill, period_text(first, last))


def _effect(line: BillLine, bill: Bill, days: str) -> Effect:
    return Effect(
        f"{line.description} of {days} is given back.",
        f"Bill {bill.reference} of {day_in_words(bill.bill_date)}, {bill.state.lower()}, has charged it in"
        " advance and stays as it is; the next bill carries a negative line, where days are prorated.",
    )
