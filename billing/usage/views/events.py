"""Ingest events: the list of what was refused, each with what was sent, until somebody has seen to it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.usage.csv_rows import HEAD
from billing.usage.events import mark_actioned, reopen
from billing.usage.filters import EventFilter
from billing.usage.models import EventKind, IngestEvent
from billing.usage.tables import EventTable
from m3console.core.bulk.acts import Act, bulk_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.listing import listing
from m3console.core.lists.selection import ListRows
from m3console.core.undo import done


def _mark(event: IngestEvent, version: int, values: Mapping[str, Any]) -> bool:
    return bool(mark_actioned(IngestEvent.objects.filter(pk=event.pk), values["actor"]))


EVENTS = ListRows(
    "usage:event_list",
    "ingest event",
    lambda request: IngestEvent.objects.filter(organization=request.organization),
    {"created_at": F("created_at")},
    "-created_at",
    EventFilter,
    "Account or meter code",
)
MARK = Act(
    asks="Mark {} as actioned",
    done="actioned",
    recorded="ingest_events.actioned",
    apply=_mark,
    effects=["They count as seen to. What was refused stays refused until it is sent again."],
)


@require_http_methods(["GET", "HEAD", "POST"])
def event_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Ingest events",
        **EVENTS.shown(request),
        table=EventTable,
        empty="Measurements that are refused are kept here with the reason.",
    )


@require_safe
def event_detail(request: Request, pk: UUID) -> HttpResponse:
    event = _event(request, pk)
    context = {
        "event": event,
        "title": event.get_kind_display(),
        "parts": _parts(event),
        "crumbs": [{"label": "Ingest events", "url": reverse("usage:event_list")}],
    }
    return page(request, "usage/event_detail.html", context)


@require_POST
def event_mark(request: Request, pk: UUID) -> HttpResponse:
    event = _event(request, pk)
    if mark_actioned(IngestEvent.objects.filter(pk=event.pk), request.user):
        done(request, "Ingest event marked as actioned.", undo_url=reverse("usage:event_reopen", pk=pk))
    return redirect("usage:event_detail", pk=pk)


@require_POST
def event_reopen(request: Request, pk: UUID) -> HttpResponse:
    """Undo the mark."""
    reopen(IngestEvent.objects.filter(pk=_event(request, pk).pk))
    messages.success(request, "Ingest event is open again.")
    return redirect("usage:event_detail", pk=pk)


def event_mark_many(request: Request) -> HttpResponse:
    return bulk_page(request, EVENTS, MARK)


def _parts(event: IngestEvent) -> list[dict[str, Any]]:
    """What was sent, name by name; for a uid that came again, beside what is stored under it."""
    if event.kind == EventKind.DUPLICATE_UID:
        sent, stored = event.payload["sent"], event.payload["stored"]
        return [
            {"title": "Sent", "items": _items(sent)},
            {"title": "Stored, and counted", "items": _items(stored)},
        ]
    return [{"title": "Sent", "items": _items(event.payload)}]


def _items(payload: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The head of a measurement first; the rest by name."""
    names = sorted(payload, key=lambda name: (HEAD.index(name) if name in HEAD else len(HEAD), name))
    return [(name, payload[name]) for name in names if payload[name] not in (None, "")]


def _event(request: Request, pk: UUID) -> IngestEvent:
    rows = IngestEvent.objects.select_related("upload", "actioned_by")
    return get_object_or_404(rows, organization=request.organization, pk=pk)
