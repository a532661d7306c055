"""The history of everything in an organization."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from m3console.core.history.entries import timeline
from m3console.core.history.filters import asked
from m3console.core.history.sources import sources_of, tracked_models
from m3console.core.htmx import page
from m3console.core.http import Request


@require_safe
def history_list(request: Request) -> HttpResponse:
    """Every change of the organization's rows; of kinds that have a history apart only when asked for."""
    kinds = [(model._meta.label_lower, _plural(model)) for model in tracked_models()]
    narrowed = asked(request.GET, request.organization, kinds=sorted(kinds, key=lambda kind: kind[1]))
    sources = sources_of(request.membership, kind=narrowed.kind)
    context = {"title": "History", **timeline(request, sources, narrowed)}
    return page(request, "m3console/history.html", context)


def _plural(model: Any) -> str:
    words = str(model._meta.verbose_name_plural)
    return words[:1].upper() + words[1:]
