"""What billing adds to the pages and the deletion rules of the floors below."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import F, Model, QuerySet

from billing import account_columns, made_with, memberships, results
from billing.attachment_changes import change_effects, refuse_locked_days, refuse_recut_periods
from billing.counter_changes import bills_rated_again, refuse_locked_levels
from billing.effects import attachment_effects
from billing.erasing import BILLS
from billing.made_with import named
from billing.models import Bill, BillJob, BillLine, BillQuerySet, JobStatus
from m3console.core.lists.keyset import capped_count
from m3console.core.models import Organization
from m3console.core.navigation import Entry, add, stand_under
from m3console.core.registry import Blocker, BulkEntry, Panel, Tab, extensions, have_pages

NAMED = 5
COUNTED = 1_000


def register() -> None:
    add(
        Entry("Billing", 10, "Bill management", "bill", "billing:bill_list", "billing:bill_"),
        Entry("Billing", 20, "Run billing", "run", "billing:run_billing", "billing:run_"),
        Entry("Billing", 30, "Bill jobs", "jobs", "billing:job_list", "billing:job_", counted=_going_on),
    )
    stand_under("billing:bill_", "billing:line_")
    stand_under("accounts:", "billing:account_")
    stand_under("accounts:", "billing:attachment_")
    account_columns.register()
    results.register()
    memberships.register()
    have_pages(bill="billing:bill_detail", billjob="billing:job_detail")
    extensions("billing.bill").history_apart = True
    account = extensions("accounts.account")
    account.tabs.append(Tab("bills", "Bills", "billing:account_bills", 60, count=_bills))
    account.panels.append(Panel("ten_latest_bills", "billing:latest_bills", 50))
    account.bulk.append(BulkEntry("Run billing", "billing:run_selected", 10, icon="run"))
    account.losses.append(_viewable_bills)
    account.change_checks.append(refuse_recut_periods)
    account.erasures.append(BILLS)
    attachment = extensions("plans.accountplan")
    attachment.tabs.append(Tab("bills", "Bills", "billing:attachment_bills", 10, count=_bills_under))
    attachment.panels.append(Panel("bills_made_under_it", "billing:attachment_latest_bills", 10))
    attachment.effects.append(attachment_effects)
    attachment.change_checks.append(refuse_locked_days)
    attachment.change_effects.append(change_effects)
    attachment.losses.append(_changed_bills)
    attachment.blockers.append(_locked_bills)
    extensions("plans.pricing").blockers.append(_bills_priced)
    extensions("plans.counterpricing").blockers.append(_bills_priced)
    adjustment = extensions("plans.counteradjustment")
    adjustment.change_checks.append(refuse_locked_levels)
    adjustment.change_effects.append(bills_rated_again)
    made_with.register()


def _going_on(organization: Organization) -> QuerySet[BillJob]:
    states = (JobStatus.PENDING, JobStatus.RUNNING)
    return BillJob.objects.filter(organization=organization, status__in=states)


def _bills(account: Model) -> str:
    return capped_count(Bill.objects.filter(account_id=account.pk), COUNTED)


def _viewable_bills(account: UUID) -> Iterator[str]:
    shown = capped_count(Bill.objects.filter(account_id=account), COUNTED)
    if shown != "0":
        yield f"{shown} bill{'' if shown == '1' else 's'} will stay viewable in Bill management."
    if Bill.objects.filter(account_id=account, locked_at=None).exists():
        yield "Bills that are not locked can still be approved, locked or deleted, but not recalculated."


def bills_under(attachment: UUID) -> BillQuerySet:
    """The bills whose current revision has lines of the attachment."""
    lines = BillLine.objects.filter(
        account_plan_id=attachment, revision__number=F("revision__bill__revision")
    )
    return Bill.objects.filter(pk__in=lines.values("revision__bill"))


def _bills_under(attachment: Model) -> str:
    return capped_count(bills_under(attachment.pk), COUNTED)


def _changed_bills(attachment: UUID) -> Iterator[str]:
    """What deleting an attachment does to the bills that are not locked (spec 2, Plan attachment)."""
    open_bills = bills_under(attachment).filter(locked_at=None).order_by("-bill_date", "id")
    shown = [f"{bill.reference} of {bill.bill_date:%-d %b %Y}" for bill in open_bills[: NAMED + 1]]
    if shown:
        more = " and others" if len(shown) > NAMED else ""
        yield f"Made under it: {', '.join(shown[:NAMED])}{more}. The next run takes its lines off them."


def _locked_bills(attachment: UUID) -> Iterator[Blocker]:
    return named(bills_under(attachment).filter(locked_at__isnull=False))


def _bills_priced(pricing: UUID) -> Iterator[Blocker]:
    """The bills with lines of a pricing, also of a counter, of any revision: those stay readable for ever."""
    lines = BillLine.objects.filter(pricing_id=pricing)
    return named(Bill.objects.filter(pk__in=lines.values("revision__bill")))
