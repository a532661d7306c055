"""What the pages of all kinds of catalogue entities have in common."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from m3console.core import clock, permissions
from m3console.core.entities import Entity
from m3console.core.forms import ConsoleForm, form_page
from m3console.core.history.changes import Source
from m3console.core.history.entries import history_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.back import back_to
from m3console.core.registry import Blocker, extensions
from m3console.core.rows import asked_to_redraw
from plans.models import (
    Aggregation,
    CompoundAggregation,
    Counter,
    CounterPricing,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)
from plans.services import InUse

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class Kind:
    """How the pages of a kind of entity are called: plans:<key>_list, …_detail and so on."""

    key: str
    noun: str
    plural: str
    tab: str = "Details"
    twins: bool = False  # whether there is a page that duplicates one

    def url(self, act: str, **kwargs: Any) -> str:
        return reverse(f"plans:{self.key}_{act}", **kwargs)


KINDS: dict[type[Entity], Kind] = {
    Product: Kind("product", "product", "Products", "Overview"),
    Meter: Kind("meter", "meter", "Meters"),
    Aggregation: Kind("aggregation", "aggregation", "Aggregations"),
    CompoundAggregation: Kind("compound_aggregation", "compound aggregation", "Compound aggregations"),
    Counter: Kind("counter", "counter", "Counters"),
    PlanTemplate: Kind("plan_template", "plan template", "Plan templates", "Pricing", twins=True),
    Plan: Kind("plan", "plan", "Plans", "Pricing", twins=True),
    Pricing: Kind("pricing", "pricing", "Pricings"),
    CounterPricing: Kind("counter_pricing", "counter pricing", "Counter pricings"),
}


def find(request: Request, rows: QuerySet[E], pk: UUID) -> E:
    """The organization's own row, or 404."""
    return get_object_or_404(rows, pk=pk, organization=request.organization)


def chosen(request: Request, rows: QuerySet[E], name: str) -> E | None:
    """The row that the address names (`?product=…`), if it names one; 404 if there is no such row."""
    said = request.GET.get(name)
    if not said:
        return None
    try:
        return find(request, rows, UUID(said))
    except ValueError:
        raise Http404(name) from None


def today(request: Request) -> Any:
    return clock.today(request.organization.timezone)


def entity_context(request: Request, entity: Entity, *, tab: str, title: str = "") -> dict[str, Any]:
    """Header, tabs and actions of an entity's page; `tab` is details, history or an upper layer's key."""
    kind = KINDS[type(entity)]
    may_change = permissions.allows(request.membership.role, f"plans:{kind.key}_edit")
    tabs: list[tuple[str, str, str, int | str | None]] = [
        ("details", kind.tab, kind.url("detail", pk=entity.pk), None)
    ]
    for each in sorted(extensions(type(entity)._meta.label_lower).tabs, key=lambda one: one.order):
        if each.shown(entity):
            count = each.count(entity) if each.count else None
            tabs.append((each.key, each.label, reverse(each.url_name, pk=entity.pk), count))
    tabs.append(("history", "History", kind.url("history", pk=entity.pk), None))
    return {
        "entity": entity,
        "kind": kind,
        "title": title or str(entity),
        "crumbs": [{"label": kind.plural, "url": kind.url("list")}],
        "tabs": [
            {"label": label, "url": url, "current": key == tab, "count": count}
            for key, label, url, count in tabs
        ],
        "tabs_label": kind.noun.capitalize(),
        "terms": _terms(entity),
        "edit_url": kind.url("edit", pk=entity.pk) if may_change else "",
        "duplicate_url": kind.url("duplicate", pk=entity.pk) if may_change and kind.twins else "",
        "delete_url": kind.url("delete", pk=entity.pk) if may_change else "",
    }


def _terms(entity: Entity) -> str:
    """What stands beside the ids of a plan or a plan template: "USD, monthly"."""
    template = entity.plan_template if isinstance(entity, Plan) else entity
    return template.in_words if isinstance(template, PlanTemplate) else ""


def history(
    request: Request,
    entity: Entity,
    *,
    related: Iterable[Source] = (),
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The History tab, under the head of the entity's other tabs unless `context` has one of its own."""
    context = entity_context(request, entity, tab="history") if context is None else context
    return history_page(
        request, entity, related=related, template="plans/entity_history.html", context=context
    )


def save_page(
    request: Request,
    form: ConsoleForm,
    save: Callable[[], Entity],
    *,
    model: type[Entity],
    entity: Entity | None = None,
    template: str = "m3console/form.html",
    back_url: str = "",
    done_url: str = "",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page that creates or edits an entity; saved, it leads to the entity's page and says so.

    Or to `done_url`, in which {pk} is the entity's id.
    """
    kind = KINDS[model]
    shown = {**form_words(kind, entity), **({"cancel_url": back_url} if back_url else {}), **(context or {})}
    if asked_to_redraw(request):
        return page(request, template, {"form": form, **shown}, partial="form")

    def act() -> HttpResponse:
        saved = save()
        messages.success(request, f"{kind.noun.capitalize()} “{saved}” {'updated' if entity else 'created'}.")
        if done_url:
            return HttpResponseRedirect(done_url.format(pk=saved.pk))
        return redirect(f"plans:{kind.key}_detail", pk=saved.pk)

    return form_page(request, form, act, context=shown, template=template)


def form_words(kind: Kind, entity: Entity | None) -> dict[str, Any]:
    """Title, buttons and crumbs of the page that creates an entity, or edits the one that is given."""
    verb = "Update" if entity else "Create"
    crumbs = [{"label": kind.plural, "url": kind.url("list")}]
    if entity:
        crumbs.append({"label": str(entity), "url": kind.url("detail", pk=entity.pk)})
    return {
        "title": f"Edit {kind.noun} {entity}" if entity else f"Create {kind.noun}",
        "submit": f"{verb} {kind.noun}",
        "cancel_url": crumbs[-1]["url"],
        "crumbs": crumbs,
    }


def delete_page(
    request: Request,
    entity: Entity,
    *,
    delete: Callable[[], None],
    blockers: Callable[[], list[Blocker]],
    effects: list[str],
    back_url: str = "",
    blocked: str = "",
) -> HttpResponse:
    """Ask, then delete; what is used is refused with a list of where, each with its page.

    `blocked` says what to do instead, where nothing can be done about what uses it.
    """
    kind = KINDS[type(entity)]
    found: list[Blocker] = []
    if request.method == "POST":
        try:
            delete()
        except InUse as refusal:
            found = refusal.blockers
        else:
            messages.success(request, f"{kind.noun.capitalize()} “{entity}” deleted.")
            return _leave(request, back_to(request, back_url or kind.url("list")))
    context = {
        "title": f"Delete {kind.noun} {entity}?", "submit": f"Delete {kind.noun}", "danger": True,
        "cancel_url": kind.url("detail", pk=entity.pk), "effects": effects,
        "crumbs": [
            {"label": kind.plural, "url": kind.url("list")},
            {"label": str(entity), "url": kind.url("detail", pk=entity.pk)},
        ],
        "blockers": found or blockers(),
        "blocked": blocked or f"This {kind.noun} is used and cannot be deleted. First see to:",
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return page(request, "m3console/confirm.html", context, partial="confirm", status=status)


def _leave(request: Request, url: str) -> HttpResponse:
    """To another page: htmx is told so, for a dialog's fragment cannot be replaced by a page."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
