"""The account list, the account's own pages, and what is done to accounts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods

from accounts.bulk import ACCOUNTS
from accounts.forms import AccountForm, DeleteAccountForm
from accounts.models import Account, ChildMembership
from accounts.services import (
    Blocked,
    blockers_of,
    create_account,
    delete_account,
    gone_with,
    look_alikes,
    losses_of,
    update_account,
)
from accounts.tables import SORTS, AccountTable
from accounts.views.header import account_context, crumbs, details, good_practice_link
from m3console.core.forms import form_page, posted
from m3console.core.history.changes import Source
from m3console.core.history.entries import history_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.back import back_to
from m3console.core.lists.listing import listing
from m3console.core.searching.pages import SearchPages

SUGGESTIONS = 10
PREVIEWS = {"parent": "accounts/_parent_day.html", "parent_day": "m3console/_foretold.html"}
NO_LOSS = "It has no usage and no bills."
STILL_USED = (
    "It cannot be deleted yet. First end or delete each plan attachment and remove each child account below:"
)
CODE_FREE = (
    "Its code is free at once; a new account with the same code is another account, without usage and bills."
)


def account_of(request: Request, pk: UUID) -> Account:
    """The organization's account of that id, or a 404."""
    rows = Account.objects.of(request.organization).select_related("parent_account")
    account = get_object_or_404(rows, pk=pk)
    account.organization = request.organization
    return account


# What is done to a child, as its parent's history tells it: by the act and what became of the membership.
CHILDREN = {
    ("account.created", "insert"): "Added child account {child}",
    ("account.updated", "insert"): "Added child account {child}",
    ("account.updated", "update"): "Changed child account {child}",
    ("account.updated", "delete"): "Removed child account {child}",
    ("account.deleted", "delete"): "Deleted child account {child}",
    ("child_account.removed", "update"): "Removed child account {child}",
    ("child_account.removed", "delete"): "Removed child account {child}",
}


@require_http_methods(["GET", "POST"])
def account_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Accounts",
        **ACCOUNTS.shown(request),
        table=AccountTable,
        create=("Create account", "accounts:account_create"),
        actions=[
            ("Deleted accounts", "accounts:deleted_list", ""),
            ("Import", "accounts:import_create", "upload"),
        ],
        empty="Create one, or send usage: a code that is not known yet makes an account.",
        context={"help_link": good_practice_link()},
    )


@require_http_methods(["GET", "POST"])
def account_create(request: Request) -> HttpResponse:
    initial = {"parent_account": request.GET.get("parent", "")}
    form = AccountForm(posted(request), organization=request.organization, initial=initial)

    def save() -> HttpResponse:
        account = create_account(organization=request.organization, reason=form.confirmed(), **form.values())
        messages.success(request, f"Account “{account.name}” created.")
        _warn_of_look_alikes(request, account)
        return redirect("accounts:account_detail", pk=account.pk)

    context = {
        "title": "Create account",
        "submit": "Create account",
        "cancel_url": reverse("accounts:account_list"),
        "crumbs": crumbs(),
        "help_link": good_practice_link(),
    }
    return form_page(request, form, save, context=context)


@require_http_methods(["GET", "POST"])
def account_edit(request: Request, pk: UUID) -> HttpResponse:
    account = account_of(request, pk)
    if request.POST.get("step") in PREVIEWS:
        return _parent_preview(request, account)
    form = AccountForm(posted(request), organization=request.organization, entity=account)

    def save() -> HttpResponse:
        version = form.cleaned_data["version"]
        changed = update_account(account, version=version, reason=form.confirmed(), **form.values())
        messages.success(request, f"Account “{changed.name}” updated.")
        if changed.code != account.code:
            _warn_of_look_alikes(request, changed)
        return redirect("accounts:account_detail", pk=pk)

    context = {
        "title": f"Edit account {account.name}",
        "submit": "Update account",
        "cancel_url": reverse("accounts:account_detail", pk=pk),
        "crumbs": crumbs(account),
        "help_link": good_practice_link(),
    }
    return form_page(request, form, save, context=context)


def _parent_preview(request: Request, account: Account) -> HttpResponse:
    """From which day the parent that is chosen would be one, and what follows; nothing is saved."""
    step, sent = request.POST["step"], request.POST.copy()
    if step == "parent" and sent.get("parent_of") == sent.get("parent_account"):
        return HttpResponse(status=204)  # boxes tell of a change again when they are left
    if step == "parent":
        sent.pop("parent_from", None)  # another parent, another proposal
    form = AccountForm(sent, organization=request.organization, entity=account)
    form.unjudged()
    return page(request, PREVIEWS[step], {"form": form, "effects": form.effects})


@require_http_methods(["GET", "POST"])
def account_delete(request: Request, pk: UUID) -> HttpResponse:
    account = account_of(request, pk)
    losses = losses_of(account)
    form = DeleteAccountForm(posted(request), entity=account, typed=bool(losses))
    context: dict[str, Any] = {
        "title": f"Delete account {account.name}?",
        "effects": [*(losses or [NO_LOSS]), *gone_with(account), CODE_FREE],
        "blockers": blockers_of(account),
        "blocked": STILL_USED,
        "submit": "Delete account",
        "danger": True,
        "cancel_url": reverse("accounts:account_detail", pk=pk),
        "crumbs": crumbs(account),
        "help_link": good_practice_link(),
    }

    def save() -> HttpResponse:
        try:
            delete_account(account, version=form.cleaned_data["version"])
        except Blocked as blocked:
            context["blockers"] = blocked.blockers
            raise
        messages.success(request, f"Account “{account.name}” deleted.")
        return HttpResponseRedirect(back_to(request, reverse("accounts:account_list")))

    return form_page(
        request, form, save, template="m3console/confirm.html", context=context, partial="confirm"
    )


@require_GET
def account_detail(request: Request, pk: UUID) -> HttpResponse:
    account = account_of(request, pk)
    context = account_context(request, account, tab="overview")
    return page(request, "accounts/account_overview.html", context | {"details": details(request, account)})


@require_GET
def account_history(request: Request, pk: UUID) -> HttpResponse:
    account = account_of(request, pk)
    context = account_context(request, account, tab="history")
    family = [
        Source(ChildMembership, {"child_id": account.pk}),
        Source(ChildMembership, {"parent_id": account.pk}, sentences=CHILDREN),
    ]
    return history_page(
        request, account, related=family, template="accounts/account_history.html", context=context
    )


@require_GET
def account_suggest(request: Request) -> HttpResponse:
    """The first ten accounts for what is typed, as options of a text box; `of` names the box."""
    of = request.GET.get("of", "")[:80]
    text = request.GET.get(of, "")[:200].strip()
    rows = Account.objects.of(request.organization)
    if request.GET.get("top"):
        rows = rows.top_level()
    if text:
        found = SearchPages(rows, rows, text, SORTS["name"]).page("", SUGGESTIONS).rows
    else:
        found = list(rows.order_by(SORTS["name"], "pk")[:SUGGESTIONS])
    options = [(account.code, account.name) for account in found]
    context = {"options": options, "of": of, "nothing": "No account matches"}
    return page(request, "m3console/_options.html", context)


def _warn_of_look_alikes(request: Request, account: Account) -> None:
    named = ", ".join(f"“{other.code}” ({other.name})" for other in look_alikes(account))
    if named:
        messages.warning(
            request,
            f"The code “{account.code}” looks like that of another account: {named}. Codes that differ only"
            " in case or in letters of another script are different accounts.",
        )
