"""What happens to every request before its view: clean input, an id, an organization, a right."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from m3console.core import permissions
from m3console.core.audit import Actor, acting_as, actor_of
from m3console.core.ids import uuid7
from m3console.core.links import acting_in, current
from m3console.core.models import Membership, Organization

GetResponse = Callable[[HttpRequest], HttpResponseBase]
MAX_QUERY = 8_000


class InputMiddleware:
    """Refuses paths and queries that no honest browser sends: NUL, broken UTF-8, over-long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY or len(request.path) > MAX_QUERY:
            return HttpResponse("The address is too long.", status=414, content_type="text/plain")
        for part in (query.replace("+", " "), request.META.get("PATH_INFO", "")):
            try:
                text = unquote_to_bytes(part).decode()
            except UnicodeError:
                text = "\0"
            if "\0" in text:
                return HttpResponse("The address is malformed.", status=400, content_type="text/plain")
        return self.get_response(request)


class RequestIdMiddleware:
    """Gives each request an id, for the history and the log, and marks its answer private."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = str(uuid7())  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store, private")
        return response


class HtmxSignInMiddleware:
    """A fragment must not be replaced by the sign-in page: htmx is told to go there and back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        location = response.headers.get("Location", "")
        if request.htmx and response.status_code == 302 and not request.user.is_authenticated:  # type: ignore[attr-defined]
            here = re.sub(r"^https?://[^/]+", "", request.htmx.current_url or "/")  # type: ignore[attr-defined]
            answer = HttpResponse(status=200)
            answer["HX-Redirect"] = f"{location.partition('?')[0]}?{urlencode({'next': here})}"
            return answer
        return response


class OrganizationMiddleware:
    """Finds the organization of the path and the person's role in it, and checks the URL's right.

    Another's organization, or one that does not exist, is a 404. Within the request every action
    is the person's, and links belong to the organization, also while a response streams.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.organization = None  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        token = current.set(None)
        try:
            with acting_as(_actor(request)):
                response = self.get_response(request)
            organization: Organization | None = request.organization  # type: ignore[attr-defined]
            if organization and isinstance(response, StreamingHttpResponse):
                response.streaming_content = _within(organization, iter(response))
            return response
        finally:
            current.reset(token)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        slug = kwargs.pop("org", None)
        if slug is not None and request.user.is_authenticated:
            self._enter(request, slug)
        self._check(request, name, in_organization=slug is not None)

    def _enter(self, request: HttpRequest, slug: str) -> None:
        membership = (
            Membership.objects.select_related("organization")
            .filter(user_id=request.user.pk, organization__slug=slug)  # type: ignore[misc]
            .first()
        )
        if membership is None:
            raise Http404("organization")
        request.membership, request.organization = membership, membership.organization  # type: ignore[attr-defined]
        current.set(membership.organization)

    def _check(self, request: HttpRequest, name: str, *, in_organization: bool) -> None:
        if not in_organization and (not name or name.startswith(permissions.SELF_GUARDED)):
            return
        right = permissions.right_of(name)
        if right is None:
            raise PermissionDenied("This page names no right, so nobody may open it.")
        if (
            right in {permissions.Right.PUBLIC, permissions.Right.SIGNED_IN}
            or not request.user.is_authenticated
        ):
            return
        membership: Membership = request.membership  # type: ignore[attr-defined]
        if not permissions.may(membership.role, right):
            raise PermissionDenied(
                f"Your role, {membership.get_role_display().lower()}, may not {right.value}."
                " Ask an administrator of the organization."
            )


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return Actor(source="console", name="nobody signed in", request=request.request_id)  # type: ignore[attr-defined]
    source = "admin" if request.path.startswith("/admin/") else "console"
    return actor_of(request.user, source, request.request_id)  # type: ignore[attr-defined]


def _within(organization: Organization, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of a streamed response are made after the middleware has returned."""
    rest = iter(chunks)
    while True:
        with acting_in(organization):
            try:
                chunk = next(rest)
            except StopIteration:
                return
        yield chunk
