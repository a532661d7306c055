"""Addresses of a list: everything that it shows is in its query."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve

from m3console.core import permissions
from m3console.core.http import Request

# What holds for one answer only, or for one order of the rows.
PASSING = ("cursor", "format", "show", "order")
# Which saved filter the rest came from.
SAVED = "saved"
# How the rows are shown, not which ones.
MANNER = ("sort", "size", "columns")


@dataclass(frozen=True, slots=True)
class ListAddress:
    """A list that a person looks at: the name of its URL, its path, and what is chosen there."""

    list_name: str
    path: str
    params: QueryDict

    @classmethod
    def parse(cls, request: Request, text: str) -> "ListAddress":
        """The list of an address that a form brings back. Raises Http404 unless it is a page of this
        organization that the person may open.
        """
        path, _, query = text.partition("?")
        params = QueryDict(query)
        try:
            found = resolve(path)
        except Resolver404 as problem:
            raise Http404("There is no such list.") from problem
        own = found.kwargs.get("org") == request.organization.slug
        named = permissions.allows(request.membership.role, found.view_name)
        if not (own and named) or any("\0" in text for values in params.lists() for text in values[1]):
            raise Http404("There is no such list.")
        return cls(found.view_name, path, params)

    def url(self, *without: str, **changes: Any) -> str:
        return self.path + address(self.params, *without, **changes)


def address(params: QueryDict, *without: str, **changes: Any) -> str:
    """This page's query with some parameters changed or gone; a cursor holds for one order only."""
    gone = {*without, *PASSING} - changes.keys()
    kept = {name: values for name, values in params.lists() if name not in gone}
    return f"?{urlencode(kept | {name: [str(value)] for name, value in changes.items()}, doseq=True)}"


def cleared(params: QueryDict) -> str:
    """The query without search and filters, in the same order and columns."""
    return address(params, *(name for name in params if name not in MANNER))


def essence(params: QueryDict) -> str:
    """What a query shows, the same however it is written."""
    said = [
        (name, value)
        for name, values in params.lists()
        for value in values
        if value and name not in (*PASSING, SAVED)
    ]
    return urlencode(sorted(said))
