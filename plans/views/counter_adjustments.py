"""Counter adjustments in the browser: the account's tab, the act, an adjustment's own pages."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.views.accounts import account_of
from m3console.core.errors import RuleViolation
from m3console.core.forms import form_page
from m3console.core.history.entries import history_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from plans.adjustments import (
    create_counter_adjustment,
    delete_counter_adjustment,
    update_counter_adjustment,
)
from plans.forms.counter_adjustments import CounterAdjustmentForm
from plans.models import CounterAdjustment
from plans.views.counter_adjustment_context import (
    adjustment_page,
    create_context,
    delete_context,
    detail_context,
    edit_context,
    tab_context,
)
from plans.views.pages import today

FORM = ["GET", "HEAD", "POST"]
PAGE = "plans/counter_adjustment_form.html"


@require_safe
def counter_adjustment_list(request: Request, pk: UUID) -> HttpResponse:
    """The account's tab: the levels as they are today, and the adjustments that made them, latest first."""
    context = tab_context(request, account_of(request, pk))
    return page(request, "plans/counter_adjustment_list.html", context)


@require_http_methods(FORM)
def counter_adjustment_create(request: Request, pk: UUID) -> HttpResponse:
    """Set a counter's level from a day on, beside what that does to bills."""
    account = account_of(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = CounterAdjustmentForm(
        sent, account=account, today=today(request), initial={"counter": request.GET.get("counter")}
    )

    def save() -> HttpResponse:
        made = create_counter_adjustment(account=account, reason=form.confirmed(), **form.values())
        messages.success(request, f"{made}.")
        return _to_tab(account, new=made.pk)

    return _form_page(request, form, save, create_context(account))


@require_http_methods(FORM)
def counter_adjustment_edit(request: Request, pk: UUID) -> HttpResponse:
    adjustment = _adjustment(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = CounterAdjustmentForm(sent, account=adjustment.account, entity=adjustment)

    def save() -> HttpResponse:
        version = form.cleaned_data["version"]
        made = update_counter_adjustment(
            adjustment, version=version, reason=form.confirmed(), **form.values()
        )
        messages.success(request, f"{made}.")
        return _to_tab(adjustment.account, new=made.pk)

    return _form_page(request, form, save, edit_context(adjustment))


def _form_page(
    request: Request, form: CounterAdjustmentForm, save: Any, context: dict[str, Any]
) -> HttpResponse:
    """The form; asked for a preview only what would follow, saved the tab with the row marked."""
    if request.POST.get("step") == "preview":
        form.look_ahead()
        return page(request, PAGE, {**context, "form": form}, partial="preview")

    def act() -> HttpResponse:
        try:
            answer: HttpResponse = save()
        except RuleViolation as refusal:
            context["blockers"] = getattr(refusal, "blockers", [])
            raise
        return answer

    return form_page(request, form, act, context=context, template=PAGE)


@require_safe
def counter_adjustment_detail(request: Request, pk: UUID) -> HttpResponse:
    adjustment = _adjustment(request, pk)
    context = detail_context(request, adjustment)
    return page(request, "plans/counter_adjustment_detail.html", context)


@require_safe
def counter_adjustment_history(request: Request, pk: UUID) -> HttpResponse:
    adjustment = _adjustment(request, pk)
    context = adjustment_page(adjustment, tab="history")
    template = "plans/counter_adjustment_history.html"
    return history_page(request, adjustment, template=template, context=context)


@require_http_methods(FORM)
def counter_adjustment_delete(request: Request, pk: UUID) -> HttpResponse:
    """Ask, naming what it does to bills; posted, delete the version that was asked about."""
    adjustment = _adjustment(request, pk)
    if request.method != "POST":
        return page(request, "m3console/confirm.html", delete_context(adjustment), partial="confirm")
    version = request.GET.get("version", "")
    try:
        delete_counter_adjustment(adjustment, version=int(version) if version.isdecimal() else None)
    except RuleViolation as violation:
        messages.error(request, violation.message)
    else:
        messages.success(request, f"“{adjustment}” deleted.")
    return _to_tab(adjustment.account)


def _to_tab(account: Account, **query: UUID) -> HttpResponse:
    url = reverse("plans:counter_adjustment_list", pk=account.pk)
    return HttpResponseRedirect(f"{url}?{urlencode(query)}" if query else url)


def _adjustment(request: Request, pk: UUID) -> CounterAdjustment:
    rows = CounterAdjustment.objects.with_level_before().select_related(
        "account__organization", "counter", "organization"
    )
    return get_object_or_404(rows, pk=pk, organization=request.organization)
