"""Rows of a list that a person has chosen: ticked ones, or all that its search and filters find."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import QueryDict

from m3console.core import permissions
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.addresses import address
from m3console.core.lists.around import Around
from m3console.core.lists.asked import Asked, pages_of
from m3console.core.lists.filters import ListFilter, with_added
from m3console.core.lists.keyset import COUNT_CAP, Slice, SortKey, count_words, keyed
from m3console.core.registry import extensions

MOST = 1_000
"""So many rows can be changed at once."""
PICKED, EVERYTHING, MATCHING = "pk", "all", "matching"


@dataclass(frozen=True, slots=True)
class ListRows:
    """The rows of a list in which rows can be chosen, and how they are found.

    The list and the acts on what is chosen share it, so "all that match" are the rows that the list counts.
    """

    list_name: str
    noun: str
    rows: Callable[[Request], QuerySet[Any]]
    sorts: Mapping[str, SortKey]
    default: str
    filters: type[ListFilter] = ListFilter
    search: str = ""

    def shown(self, request: Request) -> dict[str, Any]:
        """What `listing()` needs of it."""
        return {
            "noun": self.noun,
            "rows": self.rows(request),
            "sorts": self.sorts,
            "default": self.default,
            "filters": self.filters,
            "search": self.search,
            "selection": self,
        }

    def kind(self, request: Request) -> str:
        return str(self.rows(request).model._meta.label_lower)

    def counted(self, number: int, cap: int = COUNT_CAP) -> str:
        """So many of them, in words: "1 account", "312 accounts", "10,000+ accounts"."""
        return f"{count_words(number, cap)} {self.noun}{'' if number == 1 else 's'}"

    def back(self, request: Request) -> str:
        """The list as it was when the rows were chosen."""
        return reverse(self.list_name) + address(request.GET)

    def read(self, request: Request, ids: Iterable[UUID]) -> list[Any]:
        """Those of the organization's rows that have these ids, in the list's usual order."""
        sort = self.default.removeprefix("-")
        found = keyed(self.rows(request).filter(pk__in=set(ids)), self.sorts[sort])
        order = (F("sort_key").desc(), "-id") if self.default.startswith("-") else (F("sort_key"), "id")
        return list(found.order_by(*order))


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows chosen: at most 1,000 of them, while `count` says how many there are, one more than `cap` at
    most.

    `matching` are all that the search and the filters find now; `missing` were ticked, but are not there.
    """

    rows: list[Any]
    count: int
    matching: int
    everything: bool = False
    missing: int = 0
    cap: int = COUNT_CAP

    @classmethod
    def of(cls, request: Request, listed: ListRows) -> "Selection":
        everything = bool(request.POST.get(EVERYTHING))
        found = _matching(request, listed, MOST if everything else 1)
        if everything:
            return cls(found.rows, found.count, found.count, everything=True, cap=found.cap)
        picked, garbage = _ids(request.POST)
        rows = listed.read(request, picked) if picked else []
        missing = len(picked) - len(rows) + garbage
        return cls(rows[:MOST], len(rows), found.count, missing=missing, cap=found.cap)


def picked_rows(rows: QuerySet[Any], posted: QueryDict) -> QuerySet[Any]:
    """Those of the rows that were ticked."""
    return rows.filter(pk__in=_ids(posted)[0])


def _ids(posted: QueryDict) -> tuple[set[UUID], int]:
    """The ids that were ticked, and how many texts are none."""
    found, garbage = set(), 0
    for text in posted.getlist(PICKED):
        try:
            found.add(UUID(text))
        except ValueError:
            garbage += 1
    return found, garbage


def _matching(request: Request, listed: ListRows, size: int) -> Slice:
    """The first rows that the list's address finds, counted; filters that make no sense find none."""
    rows = listed.rows(request)
    filters = with_added(listed.filters, listed.kind(request), request)
    around = Around.read(request, listed.list_name, filters.offered)
    filterset = filters(request.GET, queryset=rows, request=request, choices=around.choices)
    asked = Asked.of(request.GET, listed.sorts, listed.default, search=bool(listed.search))
    pages = pages_of(filterset.qs if filterset.is_valid() else rows.none(), rows, asked)
    return pages(cursor="", size=size, counted=True)


@dataclass(frozen=True, slots=True)
class Bar:
    """What can be done with chosen rows of a list; `actions` are those that the person may do."""

    noun: str
    count: str
    more: bool
    actions: list[dict[str, Any]]
    csv_url: str


def bar_of(request: Request, listed: ListRows, part: Slice, *, csv_url: str) -> Bar:
    """The bar above a page of rows."""
    role, query = request.membership.role, address(request.GET)
    return Bar(
        noun=f"{listed.noun}s",
        count=part.counted,
        more=part.count > len(part.rows),
        csv_url=csv_url,
        actions=[
            {"label": one.label, "url": reverse(one.url_name) + query, "danger": one.danger, "icon": one.icon}
            for one in sorted(extensions(listed.kind(request)).bulk, key=lambda one: one.order)
            if permissions.allows(role, one.url_name)
        ],
    )
