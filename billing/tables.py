"""Columns of the lists of bills, bill jobs and their results."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html

from billing.models import Bill, BillJob, BillJobResult, JobStatus
from m3console.core import permissions
from m3console.core.links import reverse
from m3console.core.lists.listing import Table
from m3console.core.templatetags.console import day, day_text, instant, money, period_text, status

LINE = {"td": {"class": "nowrap"}, "th": {}}
NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
CODE = {"td": {"class": "mono hide-xl"}, "th": {"class": "hide-xl"}}
ROOM = {"td": {"class": "hide-md"}, "th": {"class": "hide-md"}}
WIDE = {"td": {"class": "hide-md nowrap"}, "th": {"class": "hide-md"}}

# What an account's bills failed by, to what is done about it: label, page, place on it.
FIXES = {
    "conversion": ("Add conversion", "core:organization_edit", "#conversions"),
    "rounding": ("Open currencies", "core:currency_list", ""),
}


class BillTable(Table):
    """Bill management: one row a bill, newest bill date first."""

    name = tables.Column("Bill", accessor="reference", attrs=LINE)
    account = tables.Column("Account", accessor="account_name", attrs=ROOM)
    account_code = tables.Column("Code", attrs=CODE)
    bill_date = tables.Column("Bill date", attrs=WIDE)
    period = tables.Column("Period", accessor="start_date", attrs=WIDE)
    due_date = tables.Column("Due", attrs=WIDE)
    status = tables.Column("Status", accessor="state")
    total = tables.Column("Total", attrs=NUMBER)
    currency = tables.Column("Currency", visible=False)
    account_deleted_at = tables.Column("Deleted account", empty_values=(), visible=False)

    def render_name(self, value: str, record: Bill) -> str:
        """The link to the bill; on phones what it is of stands below."""
        link = format_html('<a href="{}">{}</a>', bill_url(record), value)
        return format_html('{}<span class="cell-sub">{}</span>', link, self.of(record))

    def of(self, record: Bill) -> str:
        gone = " (deleted account)" if getattr(record, "account_deleted_at", None) else ""
        return f"{record.account_name}{gone}, {day_text(record.bill_date)}"

    def value_name(self, value: str) -> str:
        return value

    def render_account(self, value: str, record: Bill) -> str:
        """A link to the account; one that was deleted is only named, as it was."""
        if getattr(record, "account_deleted_at", None):
            return format_html('{} <span class="tag">deleted account</span>', value)
        return format_html('<a href="{}">{}</a>', account_url(record), value)

    def value_account(self, value: str) -> str:
        return value

    def value_account_deleted_at(self, value: Any) -> str:
        return "yes" if value else "no"

    def render_bill_date(self, value: Any) -> str:
        return day(value)

    def render_due_date(self, value: Any) -> str:
        return day(value)

    def render_period(self, record: Bill) -> str:
        return period_text(record.start_date, record.end_date)

    def render_status(self, value: str) -> str:
        return status(value)

    def value_status(self, value: str) -> str:
        return value

    def render_total(self, value: Decimal, record: Bill) -> str:
        return money(value, record.currency)

    def value_total(self, value: Decimal) -> Decimal:
        return value


class AccountBillTable(BillTable):
    """The bills of one account."""

    class Meta:
        exclude = ("account", "account_code", "account_deleted_at")

    def of(self, record: Bill) -> str:
        return day_text(record.bill_date)


class LatestBillTable(AccountBillTable):
    """The ten latest bills of an account, on its overview."""

    class Meta:
        attrs = {"class": "grid", "caption": "Ten latest bills"}


class JobTable(Table):
    """Bill jobs: one row a run, newest first."""

    name = tables.Column("Run", accessor="bill_date", linkify=lambda record: job_url(record))
    created_at = tables.Column("Started by", attrs=WIDE)
    status = tables.Column("Status")
    scope = tables.Column("Bills", accessor="latest_only", attrs=WIDE)
    accounts_done = tables.Column("Accounts done", attrs=NUMBER)
    accounts_total = tables.Column("Accounts in all", visible=False)
    failures = tables.Column("Some failed", visible=False)

    def render_name(self, value: Any) -> str:
        return f"Bill run, {day_text(value)}"

    def value_name(self, value: Any) -> Any:
        return value

    def render_created_at(self, record: BillJob) -> str:
        who = record.created_by or "command line"
        return format_html('{} <span class="hint">{}</span>', who, instant(record.created_at))

    def value_created_at(self, record: BillJob) -> Any:
        return record.created_at.isoformat()

    def render_status(self, record: BillJob) -> str:
        return job_status(record, failures=record.failures)  # type: ignore[attr-defined]

    def value_status(self, record: BillJob) -> str:
        return record.status

    def render_accounts_done(self, value: int, record: BillJob) -> str:
        return f"{value:,} of {record.accounts_total:,}"

    def value_accounts_done(self, value: int) -> int:
        return value

    def value_failures(self, value: bool) -> str:
        return "yes" if value else "no"

    def render_scope(self, value: bool) -> str:
        return "Latest due bill only" if value else "Every unbilled period"


class ResultTable(Table):
    """What a job did, account by account."""

    name = tables.Column("Account", accessor="account__name", attrs={"td": {"class": "clip"}})
    code = tables.Column("Code", accessor="account__code", attrs=CODE)
    outcome = tables.Column("Result")
    reason = tables.Column("Reason", default="", attrs=ROOM)
    bills = tables.Column("Bills written", attrs=NUMBER, visible=False)

    def render_name(self, value: str, record: BillJobResult) -> str:
        """The account; on phones why it failed stands below."""
        account = record.account
        gone = account.deleted_at is not None
        name = value if gone else format_html('<a href="{}">{}</a>', account_url(record), value)
        return format_html('{}<span class="cell-sub">{}</span>', name, self.render_reason(record))

    def value_name(self, value: str) -> str:
        return value

    def render_reason(self, record: BillJobResult) -> str:
        """Why it failed, and for whoever may the page where that is mended."""
        label, url_name, place = FIXES.get(record.reason_code, ("", "", ""))
        if not label or not permissions.allows(self.request.membership.role, url_name):
            return record.reason
        return format_html('{} <a href="{}{}">{}</a>', record.reason, reverse(url_name), place, label)

    def value_reason(self, value: str) -> str:
        return value

    def render_bills(self, value: int, record: BillJobResult) -> str:
        """How many were written, with the account's bills behind the number."""
        if not value or record.account.deleted_at is not None:
            return f"{value:,}"
        url = reverse("billing:account_bills", pk=record.account_id)
        return format_html('<a href="{}">{}</a>', url, f"{value:,}")

    def value_bills(self, value: int) -> int:
        return value

    def render_outcome(self, record: BillJobResult) -> str:
        return status(record.outcome, record.get_outcome_display())


def job_status(job: BillJob, *, failures: bool) -> str:
    """A run that came to its end, but not for every account, says so."""
    if failures and job.status == JobStatus.COMPLETE:
        return status("WARNING", "Complete, some failed")
    return status(job.status)


def bill_url(bill: Bill) -> str:
    return reverse("billing:bill_detail", pk=bill.pk)


def account_url(row: Bill | BillJobResult) -> str:
    return reverse("accounts:account_detail", pk=row.account_id)


def job_url(job: BillJob) -> str:
    return reverse("billing:job_detail", pk=job.pk)
