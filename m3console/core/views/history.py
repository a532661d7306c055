"""The history of everything in an organization."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from m3console.core.history.changes import Source
from m3console.core.history.entries import timeline
from m3console.core.history.filters import asked
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.models import Organization
from m3console.core.registry import extensions


@require_safe
def history_list(request: Request) -> HttpResponse:
    """Every change of the organization's rows; of kinds that have a history apart only when asked for."""
    kinds = [(model._meta.label_lower, _plural(model)) for model in tracked_models()]
    narrowed = asked(request.GET, request.organization, kinds=sorted(kinds, key=lambda kind: kind[1]))
    wanted = [
        model
        for model in tracked_models()
        if (narrowed.kind == model._meta.label_lower)
        or (not narrowed.kind and not extensions(model._meta.label_lower).history_apart)
    ]
    sources = [
        Source(
            model,
            _within(model, request.organization),
            extensions(model._meta.label_lower).history_shown(request.membership),
        )
        for model in wanted
    ]
    context = {"title": "History", **timeline(request, sources, narrowed, whole=True)}
    return page(request, "m3console/history.html", context)


def tracked_models() -> Iterator[Any]:
    """The kinds of rows whose changes are recorded and belong to an organization."""
    for model in apps.get_models():
        if model is Organization or _belongs(model):
            yield model


def _belongs(model: Any) -> bool:
    return hasattr(model, "pgh_event_model") and any(f.name == "organization" for f in model._meta.fields)


def _within(model: Any, organization: Organization) -> dict[str, Any]:
    return {"pgh_obj_id" if model is Organization else "organization_id": organization.pk}


def _plural(model: Any) -> str:
    words = str(model._meta.verbose_name_plural)
    return words[:1].upper() + words[1:]
