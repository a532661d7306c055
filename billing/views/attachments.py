"""What billing shows on the page of a plan attachment: the latest bills made under it, and the next one."""

from uuid import UUID

from django.db.models import F, OuterRef, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from billing.attachment_changes import as_engine, next_bill
from billing.extensions import bills_under
from billing.models import Bill, BillLine
from m3console.core import clock
from m3console.core.htmx import page, wants_partial
from m3console.core.http import Request
from m3console.core.links import redirect
from plans.models import AccountPlan

LATEST = 5


@require_safe
def attachment_latest_bills(request: Request, pk: UUID) -> HttpResponse:
    """The panel *Bills made under it*; by itself, the Bills tab."""
    rows = AccountPlan.objects.with_plan().select_related("account", "organization")
    attachment = get_object_or_404(rows, organization=request.organization, pk=pk)
    if not wants_partial(request):
        return redirect("billing:attachment_bills", pk=pk)
    due = next_bill(as_engine(attachment), clock.today(attachment.organization.timezone))
    context = {"attachment": attachment, "bills": latest_bills(attachment), "next": due and due.period.end}
    return page(request, "billing/attachment_latest_bills.html", context)


def latest_bills(attachment: AccountPlan) -> list[Bill]:
    """The latest bills with lines of the attachment; `part` is what those lines come to, in the bill's
    currency."""
    lines = BillLine.objects.filter(
        account_plan_id=attachment.pk,
        revision__bill=OuterRef("pk"),
        revision__number=F("revision__bill__revision"),
    )
    part = lines.order_by().values("revision__bill").annotate(part=Sum("converted_subtotal")).values("part")
    bills = bills_under(attachment.pk).defer("account_address").annotate(part=Subquery(part))
    return list(bills.order_by("-bill_date", "-id")[:LATEST])
