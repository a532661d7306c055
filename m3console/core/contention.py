"""When two change the same things at one moment and the database ends one of them: it tries again.

If that does not help either, the person reads a sentence instead of an error.
"""

import json
import random
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from m3console.core.audit import acts_done
from m3console.core.htmx import wants_partial

T = TypeVar("T")
ENDED: Final = frozenset({"40P01", "40001", "55P03"})
"""Deadlock, serialization failure, and a lock that did not come in time."""
WAITS: Final = (0.05, 0.15, 0.4)
"""Seconds before each further try; half of it by chance, so that two do not meet again."""
TEXT: Final = (
    "Somebody else was changing the same things at the same moment. Nothing was saved:"
    " go back, where what you typed still stands, and try again."
)
PART: Final = (
    "Somebody else was changing the same things at the same moment. A part was saved before that:"
    " look how things stand before you try again."
)
READING: Final = "Somebody else is changing this at the moment. Reload the page."


def contended(error: BaseException | None) -> bool:
    """Whether the database ended a transaction only because of another one."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in ENDED


def patiently(act: Callable[[], T]) -> T:
    """What the act answers, a whole transaction or several: if it loses against another one, it is done
    again, at most three times, unless a part of it was saved. Raises OperationalError if it loses each time.
    """
    try:
        before = acts_done()
        return act()
    except OperationalError as error:
        if not contended(error) or acts_done() != before:
            raise
        return _again(act, error, before)


def _again(act: Callable[[], T], lost: OperationalError, before: int) -> T:
    for wait in WAITS:
        time.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 (no secret)
        try:
            return act()
        except OperationalError as error:
            if not contended(error) or acts_done() != before:
                raise
            lost = error
    raise lost


class ContentionMiddleware:
    """Has a view that lost against somebody else answer again; then tells the person in a sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.acts_before = acts_done()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, OperationalError) or not contended(exception):
            return None
        before: int = request.acts_before  # type: ignore[attr-defined]
        try:
            if acts_done() == before:
                return _again(lambda: _answer(request), exception, before)
        except OperationalError as error:
            if not contended(error):
                raise
        return _busy(request, part=acts_done() != before)


def _answer(request: HttpRequest) -> HttpResponseBase:
    """The view's answer, rendered: its queries may lose as well."""
    for files in request.FILES.lists():
        for file in files[1]:
            file.seek(0)
    found: Any = request.resolver_match
    answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    render_now = getattr(answer, "render", None)
    return render_now() if render_now else answer


def _busy(request: HttpRequest, *, part: bool) -> HttpResponse:
    text = PART if part else READING if request.method in {"GET", "HEAD"} else TEXT
    answer = render(request, "busy.html", {"text": text}, status=503)
    answer["Retry-After"] = "1"
    if wants_partial(request):
        answer["HX-Trigger"] = json.dumps({"toast": {"text": text, "level": "error"}})
    return answer
