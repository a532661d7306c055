"""What an account's overview shows of its bills: charts of totals and billed usage, and the ten latest."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.views.header import account_context
from billing.models import Bill, BillLine
from billing.series import billed_usage, revenue
from billing.tables import LatestBillTable
from m3console.core.htmx import page, wants_partial
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import PageRows
from plans.models import AccountPlan

LATEST = 10
CHARTS = "bill-charts"


@require_safe
def latest_bills(request: Request, pk: UUID) -> HttpResponse:
    """The panels of bills of an account's overview; by themselves, a page of the account.

    `currency` and `aggregation` choose what the charts show. A choice made in the overview stays in its
    address.
    """
    account = get_object_or_404(
        Account.objects.select_related("parent_account"), organization=request.organization, pk=pk
    )
    account.organization = request.organization
    bills = list(Bill.objects.latest_of(account, LATEST).defer("account_address"))
    billed = list(BillLine.objects.billed_usage(bills))
    series = [
        revenue(bills, request.GET.get("currency", "")),
        billed_usage(bills, billed, request.GET.get("aggregation", "")),
    ]
    context = {
        "account": account,
        "series": [each for each in series if each],
        "charts": CHARTS,
        "table": LatestBillTable(PageRows(bills), request=request),
        "attached": bool(bills) or AccountPlan.objects.of_account(account).exists(),
    }
    if not wants_partial(request):
        context = account_context(request, account, tab="overview") | context
    response = page(request, "billing/latest_bills.html", context, partial="panels")
    if request.htmx.target == CHARTS:
        overview = reverse("accounts:account_detail", pk=account.pk)
        response["HX-Push-Url"] = f"{overview}?{request.GET.urlencode()}"
    return response
