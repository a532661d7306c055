"""Bills: the list of all, those of one account, and a bill with its lines down to their working."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.views.header import account_context
from billing.exports.downloads import bill_download
from billing.extensions import bills_under
from billing.filters import BillFilter, ManagementFilter
from billing.models import Bill, BillLine
from billing.tables import AccountBillTable, BillTable
from billing.working import worded
from m3console.core.history.entries import history_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import listing
from plans.models import AccountPlan
from plans.views.attachment_context import attachment_page

Answer = HttpResponse | StreamingHttpResponse
SORTS = {"bill_date": F("bill_date")}


@require_safe
def bill_list(request: Request) -> Answer:
    """Bill management: every bill of the organization, deleted accounts' too."""
    return listing(
        request,
        title="Bill management",
        rows=Bill.objects.filter(organization=request.organization).defer("account_address").with_deletion(),
        table=BillTable,
        sorts=SORTS,
        default="-bill_date",
        filters=ManagementFilter,
        search="Account name, code or email",
        create=("Run billing", "billing:run_billing", "run"),
        noun="bill",
        empty="Run billing to make the first ones.",
    )


@require_safe
def account_bills(request: Request, pk: UUID) -> Answer:
    """The Bills tab of an account."""
    account = get_object_or_404(Account, organization=request.organization, pk=pk)
    return listing(
        request,
        title="Bills",
        rows=Bill.objects.filter(account=account).defer("account_address"),
        table=AccountBillTable,
        sorts=SORTS,
        default="-bill_date",
        filters=BillFilter,
        noun="bill",
        empty="A run of billing makes them once a plan is attached.",
        context=account_context(request, account, tab="bills") | {"tab_base": "accounts/account_base.html"},
        template="billing/bills_tab.html",
    )


@require_safe
def attachment_bills(request: Request, pk: UUID) -> Answer:
    """The Bills tab of a plan attachment: what was made under it."""
    rows = AccountPlan.objects.filter(organization=request.organization).with_plan()
    attachment = get_object_or_404(rows, pk=pk)
    return listing(
        request,
        title="Bills",
        rows=bills_under(attachment.pk).defer("account_address"),
        table=AccountBillTable,
        sorts=SORTS,
        default="-bill_date",
        filters=BillFilter,
        noun="bill",
        empty="A run of billing makes them from its first bill date on.",
        context=attachment_page(request, attachment, tab="bills")
        | {"tab_base": "plans/attachment_base.html"},
        template="billing/bills_tab.html",
    )


@require_safe
def bill_detail(request: Request, pk: UUID) -> HttpResponse:
    """A bill: its lines by product, each opening to its stored working."""
    bill = _bill(request, pk)
    lines = list(_lines(bill))
    opened = request.GET.get("open")
    for line in lines:
        line.revision = _revision_of(bill, line)
        line.working = worded(line.explanation) if str(line.pk) == opened else None  # type: ignore[attr-defined]
    context = _context(bill, "lines") | {"groups": _groups(lines), "opened": opened}
    return page(request, "billing/bill_detail.html", context)


@require_safe
def bill_line(request: Request, pk: UUID, line: UUID) -> HttpResponse:
    """The working of one line, as the fragment that opens below it."""
    bill = _bill(request, pk)
    found = get_object_or_404(_lines(bill), pk=line)
    return page(
        request, "billing/bill_line.html", {"bill": bill, "line": found, "working": worded(found.explanation)}
    )


@require_safe
def bill_history(request: Request, pk: UUID) -> HttpResponse:
    bill = _bill(request, pk)
    return history_page(
        request, bill, template="billing/bill_history.html", context=_context(bill, "history")
    )


@require_safe
def bill_export(request: Request, pk: UUID, kind: str) -> HttpResponse:
    """The bill as JSON (the shape of a scenario's outcome) or as CSV, one row a line."""
    bill = _bill(request, pk)
    return bill_download(bill, kind)


def _bill(request: Request, pk: UUID) -> Bill:
    rows = Bill.objects.select_related("account", "job", "organization")
    return get_object_or_404(rows, organization=request.organization, pk=pk)


def _lines(bill: Bill) -> QuerySet[BillLine]:
    current = BillLine.objects.filter(revision__bill=bill, revision__number=bill.revision)
    return current.select_related("revision__bill").order_by("position")


def _revision_of(bill: Bill, line: BillLine) -> Any:
    line.revision.bill = bill
    return line.revision


def _groups(lines: Iterable[BillLine]) -> list[dict[str, Any]]:
    """Lines by product and plan, in the order of the bill, each group with its sum in the bill's currency."""
    ordered = sorted(lines, key=lambda line: (_product(line), line.position))
    groups = []
    for name, members in groupby(ordered, key=_product):
        group = list(members)
        plans = {str((line.labels.get("plan") or {}).get("name", "")) for line in group}
        groups.append(
            {
                "name": name,
                "plan": plans.pop() if len(plans) == 1 else "",
                "lines": group,
                "total": sum(line.converted_subtotal for line in group),
            }
        )
    return sorted(groups, key=lambda group: group["lines"][0].position)


def _product(line: BillLine) -> str:
    return str((line.labels.get("product") or {}).get("name", "Other"))


def _account_crumb(bill: Bill) -> list[dict[str, Any]]:
    """The way to the bill's account, which a deleted one no longer has."""
    if bill.account.deleted_at:
        return []
    return [{"label": bill.account_name, "url": reverse("accounts:account_detail", pk=bill.account_id)}]


def _context(bill: Bill, tab: str) -> dict[str, Any]:
    return {
        "bill": bill,
        "crumbs": [
            {"label": "Bill management", "url": reverse("billing:bill_list")},
            *_account_crumb(bill),
        ],
        "tabs": [
            {
                "label": "Lines",
                "url": reverse("billing:bill_detail", pk=bill.pk),
                "current": tab == "lines",
                "count": None,
            },
            {
                "label": "History",
                "url": reverse("billing:bill_history", pk=bill.pk),
                "current": tab == "history",
                "count": None,
            },
        ],
        "tabs_label": "Bill",
    }
