"""Plan attachments in the browser: the account's tab, attaching in two steps, the attachment's pages."""

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
from m3console.core.htmx import page, wants_partial
from m3console.core.http import Request
from m3console.core.links import reverse
from plans.attachments import attach_plan, delete_account_plan, parent_refusal, update_account_plan
from plans.forms.attachments import PLAN, AttachForm, AttachmentEditForm, TypeForm
from plans.models import AccountPlan
from plans.views.attachment_context import (
    attachment_page,
    create_context,
    delete_context,
    detail_context,
    edit_context,
)
from plans.views.attachment_tab import tab_context

FORM = ["GET", "HEAD", "POST"]


@require_safe
def attachment_list(request: Request, pk: UUID) -> HttpResponse:
    """The account's tab: active and pending attachments, then those that have ended."""
    return page(request, "plans/attachment_list.html", tab_context(request, account_of(request, pk)))


@require_http_methods(FORM)
def attachment_create(request: Request, pk: UUID) -> HttpResponse:
    """Attach a plan in two steps: the type, then details and settings beside what will happen."""
    account = account_of(request, pk)
    context = create_context(account)
    if request.GET.get("type") != PLAN:
        return page(
            request,
            "plans/attachment_type.html",
            {**context, "form": TypeForm(), "refusal": parent_refusal(account)},
        )
    if request.POST.get("step") == "preview":
        return _preview(request, account)
    sent = request.POST if request.method == "POST" else None
    form = AttachForm(sent, account=account, initial=request.GET.dict())
    return form_page(
        request,
        form,
        lambda: _attach(request, form, context),
        context=context,
        template="plans/attachment_create.html",
    )


def _attach(request: Request, form: AttachForm, context: dict[str, Any]) -> HttpResponse:
    given = form.cleaned_data
    try:
        attachment = attach_plan(
            account=form.account,
            plan=given["plan"],
            end_current=given["end_current"] or False,
            **form.settings(),
        )
    except RuleViolation as refusal:
        form.look_ahead()  # now: a field that is refused no longer says what was given
        context["blockers"] = getattr(refusal, "blockers", [])
        raise
    messages.success(request, f"{attachment.plan.name} is attached to {form.account.name}.")
    return _to_tab(form.account, new=attachment.pk)


def _preview(request: Request, account: Account) -> HttpResponse:
    """What will happen, and the plans of the product chosen; nothing is saved."""
    form = AttachForm(request.POST, account=account)
    form.look_ahead()
    typed = {**request.POST.dict(), "custom_fields": form["custom_fields"].data}
    unfinished = AttachForm(account=account, initial=typed)
    context = create_context(account)
    if wants_partial(request):
        fields = unfinished if form.shows_other_plans else None
        return page(
            request,
            "plans/attachment_create.html",
            {**context, "form": form, "fields": fields},
            partial="preview",
        )
    if form.shows_other_plans:
        form = unfinished
    return page(request, "plans/attachment_create.html", {**context, "form": form})


@require_safe
def attachment_detail(request: Request, pk: UUID) -> HttpResponse:
    attachment = _attachment(request, pk)
    return page(request, "plans/attachment_detail.html", detail_context(request, attachment))


@require_safe
def attachment_history(request: Request, pk: UUID) -> HttpResponse:
    attachment = _attachment(request, pk)
    context = attachment_page(request, attachment, tab="history")
    return history_page(request, attachment, template="plans/attachment_history.html", context=context)


@require_http_methods(FORM)
def attachment_edit(request: Request, pk: UUID) -> HttpResponse:
    attachment = _attachment(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = AttachmentEditForm(sent, entity=attachment)
    context, template = edit_context(attachment), "plans/attachment_edit.html"
    if request.POST.get("step") == "preview":
        form.look_ahead()
        return page(request, template, {**context, "form": form}, partial="preview")

    def save() -> HttpResponse:
        try:
            update_account_plan(attachment, version=form.cleaned_data["version"], **form.settings())
        except RuleViolation as refusal:
            form.look_ahead()
            context["blockers"] = getattr(refusal, "blockers", [])
            raise
        messages.success(request, f"{attachment.plan.name} is updated.")
        return _to_tab(attachment.account, new=attachment.pk)

    return form_page(request, form, save, context=context, template=template)


@require_http_methods(FORM)
def attachment_delete(request: Request, pk: UUID) -> HttpResponse:
    """Ask, naming what goes and what keeps it; posted, delete the version that was asked about."""
    attachment = _attachment(request, pk)
    if request.method != "POST":
        return page(request, "m3console/confirm.html", delete_context(attachment), partial="confirm")
    version = request.GET.get("version", "")
    try:
        delete_account_plan(attachment, version=int(version) if version.isdecimal() else None)
    except RuleViolation as violation:
        messages.error(request, violation.message)
    else:
        messages.success(request, f"{attachment.plan.name} is taken off {attachment.account.name}.")
    return _to_tab(attachment.account)


def _to_tab(account: Account, **query: UUID) -> HttpResponse:
    url = reverse("plans:attachment_list", pk=account.pk)
    return HttpResponseRedirect(f"{url}?{urlencode(query)}" if query else url)


def _attachment(request: Request, pk: UUID) -> AccountPlan:
    attachments = AccountPlan.objects.with_plan().select_related("account__organization", "organization")
    return get_object_or_404(attachments, pk=pk, organization=request.organization)
