"""What billing adds to the pages and the deletion rules of the floors below."""

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db.models import Model

from billing.effects import attachment_effects
from billing.models import Bill, BillJob, BillLine, JobStatus
from m3console.core.links import reverse
from m3console.core.models import Organization
from m3console.core.navigation import Entry, add
from m3console.core.registry import Blocker, Tab, extensions

NAMED = 5
COUNTED = 1_000

# Kind of entity → the column of bill lines that refers to it.
BILLED = {
    "plans.accountplan": "account_plan_id",
    "plans.pricing": "pricing_id",
}


def register() -> None:
    add(
        Entry("Billing", 10, "Bill management", "bill", "billing:bill_list", "billing:bill_"),
        Entry("Billing", 20, "Run billing", "run", "billing:run_billing", "billing:run_"),
        Entry("Billing", 30, "Bill jobs", "jobs", "billing:job_list", "billing:job_", count=_going_on),
    )
    account = extensions("accounts.account")
    account.tabs.append(Tab("bills", "Bills", "billing:account_bills", 60, count=_bills))
    account.losses.append(_viewable_bills)
    extensions("plans.accountplan").effects.append(attachment_effects)
    for kind, column in BILLED.items():
        extensions(kind).blockers.append(_billed_on(column))


def _going_on(organization: Organization) -> int:
    states = (JobStatus.PENDING, JobStatus.RUNNING)
    return BillJob.objects.filter(organization=organization, status__in=states)[:COUNTED].count()


def _bills(account: Model) -> int:
    return Bill.objects.filter(account_id=account.pk)[:COUNTED].count()


def _viewable_bills(account: UUID) -> Iterator[str]:
    count = Bill.objects.filter(account_id=account)[: COUNTED + 1].count()
    if count:
        shown = f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"
        yield f"{shown} bill{'s' if count > 1 else ''} will stay viewable in Bill management."


def _billed_on(column: str) -> Callable[[UUID], Iterator[Blocker]]:
    """The bills whose lines refer to an entity, of any revision: those stay readable for ever."""

    def bills(pk: UUID) -> Iterator[Blocker]:
        lines = BillLine.objects.filter(**{column: pk})
        found = Bill.objects.filter(pk__in=lines.values("revision__bill")).order_by("-bill_date", "id")
        for bill in found[:NAMED]:
            text = f"bill {bill.reference} of {bill.account_name}, {bill.bill_date:%-d %b %Y}"
            yield Blocker(text, reverse("billing:bill_detail", organization=bill.organization, pk=bill.pk))

    return bills
