"""The child accounts of an account."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Account
from accounts.services import remove_child
from accounts.tables import SORTS, ChildTable
from accounts.views.accounts import account_of
from accounts.views.header import account_context, create_child_url, crumbs
from m3console.core.forms import EntityForm, form_page, posted
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.listing import listing


@require_GET
def account_children(request: Request, pk: UUID) -> HttpResponseBase:
    account = account_of(request, pk)
    if account.parent_account_id:
        raise Http404("A child account has no children.")
    return listing(
        request,
        title="Child accounts",
        noun="child account",
        rows=Account.objects.of(request.organization).filter(parent_account=account),
        table=ChildTable,
        sorts=SORTS,
        default="name",
        search="Name, code, e-mail or id",
        empty="Create a child account, or choose this account as the parent of another one.",
        context=account_context(request, account, tab="children")
        | {"create_child_url": create_child_url(account)},
        template="accounts/account_children.html",
    )


@require_http_methods(["GET", "POST"])
def child_remove(request: Request, pk: UUID) -> HttpResponse:
    child = account_of(request, pk)
    parent = child.parent_account
    if parent is None:
        raise Http404("This account has no parent.")
    form = EntityForm(posted(request), entity=child)

    def save() -> HttpResponse:
        remove_child(child, parent=parent, version=form.cleaned_data["version"])
        messages.success(request, f"Child account “{child.name}” removed from “{parent.name}”.")
        return redirect("accounts:account_children", pk=parent.pk)

    context = {
        "title": f"Remove child account {child.name}?",
        "effects": [
            f"“{child.name}” stands by itself again and keeps its usage, plans and bills.",
            "Bills not yet cut treat it as an account of its own.",
        ],
        "submit": "Remove child account",
        "cancel_url": reverse("accounts:account_children", pk=parent.pk),
        "crumbs": crumbs(parent),
    }
    return form_page(
        request, form, save, template="m3console/confirm.html", context=context, partial="confirm"
    )
