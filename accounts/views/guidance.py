"""Help on working with accounts."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.views.header import crumbs
from m3console.core.htmx import page
from m3console.core.http import Request


@require_GET
def good_practice(request: Request) -> HttpResponse:
    return page(request, "accounts/good_practice.html", {"crumbs": crumbs()})
