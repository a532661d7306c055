"""Choosing the columns of a list, and filters saved under a name."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.db.models.functions import Collate, Lower
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from m3console.core import navigation
from m3console.core.forms import ConsoleForm, EntityForm, form_page, posted
from m3console.core.history.entries import history_page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists import saved_views
from m3console.core.lists.addresses import SAVED, ListAddress, essence
from m3console.core.lists.back import back_to
from m3console.core.lists.columns import MAX_NAMES, NONE
from m3console.core.lists.listing import Table, listing
from m3console.core.models import SavedFilter
from m3console.core.personal import FreeTextForm
from m3console.core.templatetags.console import instant
from m3console.core.templatetags.tables import row_menu

FORM = ["GET", "HEAD", "POST"]
CONFIRM: dict[str, str] = {"template": "m3console/confirm.html", "partial": "confirm"}


@require_POST
def columns_keep(request: Request) -> HttpResponse:
    """Keep the columns that were ticked, in their order; or move one up or down, which keeps nothing yet."""
    at = ListAddress.parse(request, request.POST.get("at", ""))
    if "reset" in request.POST:
        saved_views.forget_columns(request.membership, at.list_name)
        return HttpResponseRedirect(at.url("columns"))
    ticked = set(_names(request.POST.getlist("column")))
    order = _moved(_names(request.POST.getlist("order")), request.POST)
    chosen = [name for name in order if name in ticked]
    columns = ",".join(chosen) or NONE
    if "up" in request.POST or "down" in request.POST:
        return HttpResponseRedirect(at.url(show="columns", columns=columns, order=",".join(order)))
    saved_views.keep_columns(request.membership, at.list_name, chosen or [NONE])
    return HttpResponseRedirect(at.url(columns=columns))


def _names(sent: list[str]) -> list[str]:
    """Names of columns as a form sends them; what cannot be one is left out."""
    return [name for name in dict.fromkeys(sent[:MAX_NAMES]) if name.isidentifier() and len(name) <= 100]


def _moved(order: list[str], sent: QueryDict) -> list[str]:
    for key, step in (("up", -1), ("down", 1)):
        name = sent.get(key)
        if name in order:
            at = order.index(name)
            order.insert(max(0, at + step), order.pop(at))
    return order


class SavedFilterForm(FreeTextForm):
    """Name, and whether the organization sees it; without the right to share only the name."""

    free_text = ("name",)
    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autofocus": True}))
    shared = forms.BooleanField(
        label="Share with everybody in the organization",
        required=False,
        help_text="They can use it; only you and administrators can change it.",
    )

    def __init__(self, *args: Any, sharing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sharing:
            del self.fields["shared"]


class SavedFilterTable(Table):
    """Whose filter it is, of which list; the name opens the list with it."""

    name = tables.Column("Saved filter")
    list_name = tables.Column("List")
    owner = tables.Column()
    shared = tables.Column("Seen by")
    updated_at = tables.Column("Changed", attrs={"td": {"class": "hide-md"}, "th": {"class": "hide-md"}})
    acts = tables.Column(
        "",
        empty_values=(),
        exclude_from_export=True,
        attrs={"td": {"class": "row-menu"}, "th": {"class": "row-menu"}},
    )

    def render_name(self, record: SavedFilter) -> str:
        try:
            path = reverse(record.list_name)
        except NoReverseMatch:  # the list of one account or upload, chosen on its page
            return record.name
        url = f"{path}?{record.query}&{urlencode({SAVED: record.pk})}"
        return format_html('<a class="row-name" href="{}">{}</a>', url, record.name)

    def value_name(self, record: SavedFilter) -> str:
        return record.name

    def render_list_name(self, value: str) -> str:
        return navigation.title_of_list(value)

    def render_shared(self, value: bool) -> str:
        return "Everybody" if value else "Only the owner"

    def render_updated_at(self, value: Any) -> str:
        return instant(value)

    def value_updated_at(self, value: Any) -> str:
        return str(value.isoformat(timespec="seconds"))

    def render_acts(self, record: SavedFilter) -> str:
        history = reverse("core:saved_filter_history", pk=record.pk)
        items: list[dict[str, Any]] = [{"label": "History", "url": history}]
        if saved_views.may_change(record, self.request.membership):
            edit = reverse("core:saved_filter_edit", pk=record.pk)
            delete = reverse("core:saved_filter_delete", pk=record.pk)
            items.insert(0, {"label": "Rename or share", "url": edit})
            items.append({"label": "Delete", "url": delete, "dialog": True, "danger": True})
        return row_menu(f"Actions for {record.name}", items)


@require_safe
def saved_filter_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Saved filters",
        noun="saved filter",
        rows=_visible(request).select_related("owner"),
        table=SavedFilterTable,
        sorts={"name": Collate(Lower("name"), "C")},
        default="name",
        search="Name",
        empty="Choose filters in any list, then save them there by View.",
    )


@require_http_methods(FORM)
def saved_filter_create(request: Request) -> HttpResponse:
    at = ListAddress.parse(request, request.GET.get("at", ""))
    form = SavedFilterForm(posted(request), sharing=saved_views.may_share(request.membership))

    def save() -> HttpResponse:
        made = saved_views.create_saved_filter(
            request.membership,
            list_name=at.list_name,
            query=essence(at.params),
            reason=form.confirmed(),
            **form.cleaned_data,
        )
        messages.success(request, f"Filter “{made.name}” saved.")
        return HttpResponseRedirect(at.url(**{SAVED: made.pk}))

    context = {
        "title": "Save filter",
        "effects": ["Search, filters, order and columns of this list will be a choice under View."],
        "submit": "Save filter",
        "cancel_url": at.url(),
    }
    return form_page(request, form, save, context=context, **CONFIRM)


@require_http_methods(FORM)
def saved_filter_edit(request: Request, pk: UUID) -> HttpResponse:
    saved = _changeable(request, pk)
    sharing = saved_views.may_share(request.membership)
    form = SavedFilterForm(posted(request), entity=saved, sharing=sharing)

    def save() -> HttpResponse:
        told = form.cleaned_data
        changed = saved_views.update_saved_filter(
            saved,
            membership=request.membership,
            version=told["version"],
            name=told["name"],
            shared=told.get("shared", saved.shared),
            reason=form.confirmed(),
        )
        messages.success(request, f"Saved filter “{changed.name}” updated.")
        return redirect("core:saved_filter_list")

    context = {
        "title": f"Edit saved filter {saved.name}",
        "submit": "Update saved filter",
        "cancel_url": reverse("core:saved_filter_list"),
        "crumbs": crumbs(),
    }
    return form_page(request, form, save, context=context)


@require_http_methods(FORM)
def saved_filter_replace(request: Request, pk: UUID) -> HttpResponse:
    """Keep what a list shows now under the name of a filter that is saved already."""
    saved = _changeable(request, pk)
    at = ListAddress.parse(request, request.GET.get("at", ""))
    if at.list_name != saved.list_name:
        raise Http404("This filter is of another list.")
    form = EntityForm(posted(request), entity=saved)

    def save() -> HttpResponse:
        saved_views.replace_query(
            saved,
            membership=request.membership,
            version=form.cleaned_data["version"],
            query=essence(at.params),
        )
        messages.success(request, f"Saved filter “{saved.name}” updated.")
        return HttpResponseRedirect(at.url(**{SAVED: saved.pk}))

    seen = " for everybody in the organization" if saved.shared else ""
    context = {
        "title": f"Update saved filter {saved.name}?",
        "effects": [f"It will show what this list shows now{seen}, in place of what it showed before."],
        "submit": "Update saved filter",
        "cancel_url": at.url(),
    }
    return form_page(request, form, save, context=context, **CONFIRM)


@require_http_methods(FORM)
def saved_filter_delete(request: Request, pk: UUID) -> HttpResponse:
    saved = _changeable(request, pk)
    form = ConsoleForm(posted(request))

    def save() -> HttpResponse:
        saved_views.delete_saved_filter(saved, membership=request.membership)
        messages.success(request, f"Saved filter “{saved.name}” deleted.")
        return HttpResponseRedirect(back_to(request, reverse("core:saved_filter_list")))

    gone = "Everybody in the organization loses it." if saved.shared else "Only you use it."
    context = {
        "title": f"Delete saved filter {saved.name}?",
        "effects": [f"{gone} What it lists stays as it is."],
        "submit": "Delete saved filter",
        "danger": True,
        "cancel_url": reverse("core:saved_filter_list"),
        "crumbs": crumbs(),
    }
    return form_page(request, form, save, context=context, **CONFIRM)


@require_safe
def saved_filter_history(request: Request, pk: UUID) -> HttpResponse:
    saved = get_object_or_404(_visible(request), pk=pk)
    return history_page(request, saved, context={"title": saved.name, "crumbs": crumbs()})


def crumbs() -> list[dict[str, str]]:
    return [{"label": "Saved filters", "url": reverse("core:saved_filter_list")}]


def _visible(request: Request) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.visible_to(request.user, request.organization)


def _changeable(request: Request, pk: UUID) -> SavedFilter:
    """A saved filter that the person may change, or a 404."""
    saved = get_object_or_404(_visible(request), pk=pk)
    if not saved_views.may_change(saved, request.membership):
        raise Http404("Only its owner or an administrator may change this saved filter.")
    return saved
