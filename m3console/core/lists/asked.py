"""What the address of a list asks for, and the pages of rows that answer it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from m3console.core.lists.keyset import Slice, SortKey, keyset
from m3console.core.searching.pages import SearchPages
from m3console.core.searching.search import Searchable, cleaned

SIZES = (25, 50, 100, 250)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for, as far as the list can do it."""

    text: str
    sort: str
    chosen: bool
    key: SortKey
    descending: bool
    size: int

    @classmethod
    def of(cls, params: QueryDict, sorts: Mapping[str, SortKey], default: str, *, search: bool) -> "Asked":
        text = cleaned(params.get("q", "")) if search else ""
        sort = params.get("sort", "")
        chosen = sort.removeprefix("-") in sorts
        sort = sort if chosen else default
        size = next((n for n in SIZES if str(n) == params.get("size")), SIZES[0])
        return cls(text, sort, chosen, sorts[sort.removeprefix("-")], sort.startswith("-"), size)


def pages_of(rows: QuerySet[Any], scope: QuerySet[Any], asked: Asked) -> Callable[..., Slice]:
    """What answers a page of the rows, or of those that the search finds, by its cursor and size."""
    if asked.text and isinstance(rows, Searchable):
        found = SearchPages(rows, scope, asked.text, asked.key, falling=asked.descending, chosen=asked.chosen)
        return found.page
    rows = rows.search(asked.text) if asked.text else rows  # type: ignore[attr-defined]
    return partial(keyset, rows, scope, asked.key, descending=asked.descending)
