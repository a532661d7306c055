"""What bills charge in advance and give back, read from the lines of their current revisions."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F

from billing.engine.types import BilledAhead, BillKey, Frequency, LineType
from billing.inputs import BilledAccount
from billing.models import BillLine, BillStatus

Ahead = dict[BillKey, list[BilledAhead]]

LINE = ("account_plan_id", "type", "pricing_id", "service_start", "service_end", "subtotal")
BILL = ("account_id", "status", "bill_date", "frequency", "frequency_interval", "grouping_key")


def billed_ahead(accounts: Iterable[BilledAccount]) -> dict[UUID, Ahead]:
    """By account and bill, what the bills of all dates charge in advance; in one query."""
    attachments = [each.id for account in accounts for each in account.attachments]
    lines = BillLine.objects.filter(account_plan_id__in=attachments, in_advance=True)
    current = lines.filter(revision__number=F("revision__bill__revision"))
    found: dict[UUID, Ahead] = defaultdict(lambda: defaultdict(list))
    of_bill = (f"revision__bill__{name}" for name in BILL)
    for row in current.order_by("revision__bill__bill_date", "position").values_list(*LINE, *of_bill):
        attachment, line_type, source, start, end, amount, account, status, *key = row
        line = BilledAhead(
            attachment_id=attachment,
            type=LineType(line_type),
            source_id=source,
            start=start,
            end=end,
            amount=amount,
            bill_date=key[0],
            final=status == BillStatus.APPROVED,
        )
        found[account][bill_key_of(*key)].append(line)
    return found


def bill_key_of(bill_date: date, frequency: str, interval: int, grouping_key: str) -> BillKey:
    """A bill's key as the engine has it; a consolidated bill has no frequency."""
    return bill_date, Frequency(frequency) if frequency else None, interval, grouping_key
