"""The first page after sign-in, and the two pages that machines ask."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect
from m3console.core.models import Membership


def home(request: Request) -> HttpResponse:
    """Straight to the organization of whoever has one; a choice for whoever has several."""
    memberships = list(
        Membership.objects.filter(user=request.user)
        .select_related("organization")
        .order_by("organization__name")[:200]
    )
    if len(memberships) == 1:
        return redirect("accounts:account_list", organization=memberships[0].organization)
    return page(request, "core/home.html", {"memberships": memberships})


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its migrations are applied; 503 otherwise."""
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return JsonResponse({"migrations_pending": pending}, status=503 if pending else 200)
