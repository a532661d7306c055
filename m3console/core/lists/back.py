"""Back to a list as it was left, from a question that was asked over it."""

from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest

FIELD: Final = "back"
LONGEST: Final = 4_000


def left(request: HttpRequest) -> str:
    """The page from which a question was asked: path and query, as the person's browser says."""
    here = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    try:
        parts = urlsplit((request.POST.get(FIELD) or here)[:LONGEST])
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def back_to(request: HttpRequest, list_url: str) -> str:
    """The list with the search, filters and page that the person left it with, if that is where they were."""
    path, _, query = left(request).partition("?")
    return f"{list_url}?{query}" if query and path == list_url else list_url
