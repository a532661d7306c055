"""Importing accounts: the file, its preview, the result."""

import csv
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.importing.columns import COLUMNS
from accounts.importing.custom_cells import custom_columns
from accounts.importing.forms import ApplyForm, ImportForm
from accounts.importing.imports import (
    Changed,
    apply_import,
    check_again,
    discard_import,
    is_open,
    prepare_import,
)
from accounts.importing.tables import STATES, ImportedRowTable, ImportTable, RowFilter, RowTable
from accounts.models import AccountImport
from accounts.views.header import crumbs, good_practice_link
from m3console.core.errors import RuleViolation
from m3console.core.forms import form_page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.listing import listing


@require_safe
def import_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Account imports",
        noun="import",
        rows=AccountImport.objects.filter(organization=request.organization).select_related("created_by"),
        table=ImportTable,
        sorts={"created_at": F("created_at")},
        default="-created_at",
        create=("Import accounts", "accounts:import_create", "upload"),
        empty="Every file of accounts shows here with what it created and changed.",
        context={"crumbs": crumbs()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_create(request: Request) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(*sent)

    def save() -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            made = prepare_import(organization=request.organization, file=file.file, file_name=file.name)
        except RuleViolation as refused:
            raise RuleViolation(refused.message, field="file") from None
        return redirect("accounts:import_detail", pk=made.pk)

    context = {
        "title": "Import accounts",
        "submit": "Check file",
        "cancel_url": reverse("accounts:account_list"),
        "crumbs": crumbs(),
        "columns": [*COLUMNS.values(), *custom_columns(request.organization)],
        "help_link": good_practice_link(),
    }
    return form_page(request, form, save, context=context, template="accounts/import_create.html")


@require_safe
def import_template(request: Request) -> HttpResponse:
    """A file to fill in: the header that an import knows."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="accounts-template.csv"'
    labels = [label for field, label in COLUMNS.items() if field != "id"]
    csv.writer(answer).writerow([*labels, *custom_columns(request.organization)])
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def import_detail(request: Request, pk: UUID) -> HttpResponseBase:
    pending = _import(request, pk)
    form = ApplyForm(request.POST if request.method == "POST" else None, pending=pending)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        try:
            done = apply_import(pending, revision=typed["revision"], confirmed=bool(typed.get("confirmed")))
        except Changed as changed:
            check_again(pending)
            messages.error(request, changed.message)
            return redirect("accounts:import_detail", pk=pk)
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"{_counted(done)} from {done.file_name}.")
            return redirect("accounts:import_detail", pk=pk)
    answer = _page(request, pending, form)
    answer.status_code = 422 if form.is_bound else 200
    return answer


@require_POST
def import_discard(request: Request, pk: UUID) -> HttpResponse:
    discard_import(_import(request, pk))
    messages.success(request, "Import discarded. Nothing was imported.")
    return redirect("accounts:account_list")


def _page(request: Request, pending: AccountImport, form: ApplyForm) -> HttpResponseBase:
    context: dict[str, Any] = {
        "import": pending,
        "pill": STATES[pending.state],
        "open": is_open(pending),
        "form": form,
        "submit": f"Import {_accounts(pending.created + pending.changed)}",
        "crumbs": [*crumbs(), {"label": "Account imports", "url": reverse("accounts:import_list")}],
    }
    return listing(
        request,
        title="Rows",
        noun="row",
        rows=pending.rows.select_related("account"),
        table=RowTable if pending.state == AccountImport.State.PREVIEW else ImportedRowTable,
        sorts={"line": F("line")},
        default="line",
        filters=RowFilter,
        empty="What the file said is gone, since the import is over.",
        context=context,
        template="accounts/import_detail.html",
    )


def _import(request: Request, pk: UUID) -> AccountImport:
    rows = AccountImport.objects.select_related("created_by", "finished_by")
    return get_object_or_404(rows, organization=request.organization, pk=pk)


def _counted(done: AccountImport) -> str:
    parts = [(done.created, "created"), (done.changed, "changed")]
    return ", ".join(f"{_accounts(count)} {what}" for count, what in parts if count)


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"
