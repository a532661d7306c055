"""The child accounts of an account."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from accounts.hierarchy import children_with_days
from accounts.membership_forms import RemoveChildForm
from accounts.models import Account, ChildMembership
from accounts.services import remove_child
from accounts.tables import SORTS, ChildTable
from accounts.views.accounts import account_of
from accounts.views.header import account_context, create_child_url, crumbs
from m3console.core import clock
from m3console.core.forms import form_page, posted
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.back import back_to
from m3console.core.lists.listing import listing

FORMER = 50
ADD = "Create a child account, or choose this account as the parent of another one."


@require_GET
def account_children(request: Request, pk: UUID) -> HttpResponseBase:
    account = account_of(request, pk)
    if account.parent_account_id:
        raise Http404("A child account has no children.")
    former = list(_former(account))
    return listing(
        request,
        title="Child accounts",
        noun="child account",
        rows=children_with_days(account),
        table=ChildTable,
        sorts=SORTS,
        default="name",
        search="Name, code, email or id",
        empty=("No child account now" if former else "No child account yet", ADD),
        context=account_context(request, account, tab="children")
        | {"create_child_url": create_child_url(account), "former": former},
        template="accounts/account_children.html",
    )


def _former(account: Account) -> QuerySet[ChildMembership]:
    """Who was a child of the account, the last to leave first."""
    on = clock.today(account.organization.timezone)
    left = ChildMembership.objects.filter(parent=account).former(on)
    return left.select_related("child__parent_account").order_by("-end_date", "-id")[:FORMER]


@require_http_methods(["GET", "POST"])
def child_remove(request: Request, pk: UUID) -> HttpResponse:
    child = account_of(request, pk)
    parent = child.parent_account
    if parent is None:
        raise Http404("This account has no parent.")
    form = RemoveChildForm(posted(request), entity=child, parent=parent)
    if request.POST.get("step") == "parent_day":
        return page(request, "m3console/_foretold.html", {"effects": form.effects})

    def save() -> HttpResponse:
        given = form.cleaned_data
        remove_child(child, parent=parent, day=given["parent_from"], version=given["version"])
        messages.success(request, f"Child account “{child.name}” removed from “{parent.name}”.")
        return HttpResponseRedirect(back_to(request, reverse("accounts:account_children", pk=parent.pk)))

    context = {
        "title": f"Remove child account {child.name}?",
        "lead": f"It stops being a child of “{parent.name}”.",
        "foretold": form.effects,
        "submit": "Remove child account",
        "cancel_url": reverse("accounts:account_children", pk=parent.pk),
        "crumbs": crumbs(parent),
    }
    return form_page(
        request, form, save, template="m3console/confirm.html", context=context, partial="confirm"
    )
