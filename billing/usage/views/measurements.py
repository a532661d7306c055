"""The account's usage: its measurements, and submitting one."""

from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.views.accounts import account_of
from accounts.views.header import account_context, crumbs
from billing.usage.filters import MeasurementFilter
from billing.usage.forms import ChooseMeterForm, MeasurementForm
from billing.usage.models import Measurement
from billing.usage.submission import submit_usage
from billing.usage.tables import MeasurementTable
from m3console.core.forms import form_page, posted
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import listing
from plans.models import Meter

STORED_BEFORE = "This measurement is stored already, under the same UID. Nothing was added."


@require_safe
def account_usage(request: Request, pk: UUID) -> HttpResponseBase:
    account = account_of(request, pk)
    return listing(
        request,
        title="Usage",
        noun="measurement",
        rows=Measurement.objects.filter(organization_id=request.organization.pk, account_id=account.pk),
        table=MeasurementTable,
        sorts={"name": F("ts")},
        default="-name",
        filters=MeasurementFilter,
        empty="Submit usage here, upload a file, or have your systems send it.",
        context=account_context(request, account, tab="usage"),
        template="usage/account_usage.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def usage_submit(request: Request, pk: UUID) -> HttpResponse:
    """Choose a meter (`?meter=`), then fill in its fields; a dialog of the account's page, or a page."""
    account = account_of(request, pk)
    choice = ChooseMeterForm(
        request.GET if "meter" in request.GET else None, organization=request.organization
    )
    meter = choice.cleaned_data["meter"] if choice.is_bound and choice.is_valid() else None
    context = {
        "title": f"Submit usage of {account.name}",
        "choice": choice,
        "meter": meter,
        "submit": "Submit usage",
        "cancel_url": reverse("usage:account_usage", pk=pk),
        "crumbs": crumbs(account),
    }
    if meter is None:
        return page(request, "usage/usage_submit.html", context, partial="submit")
    form = MeasurementForm(posted(request), meter=meter)
    return form_page(
        request,
        form,
        lambda: _submit(request, account, meter, form),
        context=context,
        template="usage/usage_submit.html",
        partial="submit",
    )


def _submit(request: Request, account: Account, meter: Meter, form: MeasurementForm) -> HttpResponse:
    if submit_usage(account, meter, **form.measurement()):
        messages.success(request, f"Usage of {meter.name} submitted for “{account.name}”.")
    else:
        messages.warning(request, STORED_BEFORE)
    url = reverse("usage:account_usage", pk=account.pk)
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else HttpResponseRedirect(url)
