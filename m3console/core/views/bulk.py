"""The page of what came of an act on many rows."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from m3console.core.bulk.outcomes import Outcomes
from m3console.core.htmx import page
from m3console.core.http import Request


@require_safe
def bulk_detail(request: Request, pk: UUID) -> HttpResponse:
    """Each row's outcome, refusals first; for a day, to the person who acted."""
    outcomes = Outcomes.of(request, pk)
    if outcomes is None:
        raise Http404("What came of it is shown for a day, to who did it. The history tells what changed.")
    context = {
        "title": outcomes.title,
        "outcomes": outcomes,
        "counts": outcomes.counts(),
        "crumbs": [{"label": f"{outcomes.noun}s".capitalize(), "url": outcomes.back_url}],
    }
    return page(request, "m3console/bulk_outcomes.html", context)
