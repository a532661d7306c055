"""Accounts that were deleted, and erasing the personal data of an account for good."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods

from accounts.erasing import erase_personal_data, erased_in_words, identities, is_erased
from accounts.forms import EraseForm
from accounts.mentions import mentions_in_words
from accounts.models import Account
from accounts.tables import DELETED_SORTS, DeletedTable
from accounts.views.header import crumbs, good_practice_link
from m3console.core.forms import form_page, posted
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.back import back_to
from m3console.core.lists.listing import listing

NOTHING_LEFT = "The personal data of this account is erased already. Nothing is left of it."


@require_GET
def deleted_list(request: Request) -> HttpResponseBase:
    """Deleted accounts, for their bills and for erasing what they hold of a person."""
    return listing(
        request,
        title="Deleted accounts",
        noun="deleted account",
        rows=Account.everyone.of(request.organization).deleted(),
        table=DeletedTable,
        sorts=DELETED_SORTS,
        default="-deleted_at",
        search="Name, code, email or id",
        empty="Accounts that are deleted show here, with their bills.",
        context={"crumbs": crumbs(), "help_link": good_practice_link()},
    )


@require_http_methods(["GET", "POST"])
def account_erase(request: Request, pk: UUID) -> HttpResponse:
    account = get_object_or_404(Account.everyone.of(request.organization), pk=pk)
    account.organization = request.organization
    form = EraseForm(posted(request), entity=account)

    def save() -> HttpResponse:
        typed = form.cleaned_data
        erase_personal_data(account, version=typed["version"], reason=typed["reason"])
        messages.success(request, f"Personal data of the account with the code “{account.code}” erased.")
        if account.deleted_at:
            return HttpResponseRedirect(back_to(request, reverse("accounts:deleted_list")))
        return redirect("accounts:account_detail", pk=pk)

    return form_page(
        request,
        form,
        save,
        template="m3console/confirm.html",
        context=_context(request, account),
        partial="confirm",
    )


def _context(request: Request, account: Account) -> dict[str, Any]:
    gone = is_erased(account)
    back = reverse("accounts:deleted_list")
    return {
        "title": f"Erase personal data of {account.name}?",
        "effects": erased_in_words(account),
        "noted": mentions_in_words(identities(account), request.membership),
        "blockers": [{"text": NOTHING_LEFT}] if gone else [],
        "blocked": "There is nothing to erase.",
        "submit": "Erase personal data",
        "danger": True,
        "cancel_url": back if account.deleted_at else reverse("accounts:account_detail", pk=account.pk),
        "crumbs": [*crumbs(), {"label": "Deleted accounts", "url": back}]
        if account.deleted_at
        else crumbs(account),
        "help_link": good_practice_link(),
    }
