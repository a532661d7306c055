"""Paging by the last row seen: as fast on page 40,000 as on page 1.

Every sort key has an index on (organization, key, id). A nullable key is a COALESCE to a sentinel, in
the sort and in its index; the id follows the key's direction, because mixed directions defeat it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Expression, F, IntegerField, Model, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

COUNT_CAP = 10_000
SortKey = Expression | F | str


MAX_DIGITS = 9


class Counted(Subquery):
    """How many rows another query finds, worked out once beside the rows of a page."""

    template = "(SELECT count(*) FROM (%(subquery)s) found)"
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows. `after` and `before` are cursors of the neighbouring pages, or None.

    `count` are all rows, at most one more than `cap`. `first` is the number of the page's first row among
    them, from 1, or None where it is not known.
    """

    rows: list[Any]
    after: str | None
    before: str | None
    count: int = 0
    first: int | None = None
    cap: int = COUNT_CAP

    @property
    def counted(self) -> str:
        """How many rows there are, in words: exact up to the cap, "10,000+" beyond."""
        return count_words(self.count, self.cap)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page is: after ("a") or before ("b") the row of an id, and which number that row had.

    In an address it is "a<id>" or "a<id>~<number>": the number is nothing without its row.
    """

    backwards: bool
    row: str
    number: int | None

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        row, _, number = text[1:].partition("~")
        if text[:1] not in ("a", "b"):
            return None
        known = number.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS
        return cls(text.startswith("b"), row, int(number) if known else None)


def keyed(rows: QuerySet[Any], key: SortKey) -> QuerySet[Any]:
    annotated: QuerySet[Any] = rows.annotate(sort_key=F(key) if isinstance(key, str) else key)
    return annotated


def keyset(
    rows: QuerySet[Any],
    scope: QuerySet[Any],
    key: SortKey,
    *,
    descending: bool,
    cursor: str,
    size: int,
    counted: bool = False,
) -> Slice:
    """The page after or before the row of a cursor, the first one without it.

    `scope` finds the cursor's row even when a filter has taken it out of `rows` meanwhile; a cursor
    whose row is gone starts over. `counted` counts all the rows on the way.
    """
    place = Cursor.parse(cursor)
    at = _position(scope, key, place) if place else None
    backwards = bool(at and place and place.backwards)
    found = _ordered(keyed(rows, key), at, descending != backwards)
    if counted:
        found = found.annotate(all_found=Counted(rows.order_by().values("id")[: COUNT_CAP + 1]))
    return sliced(list(found[: size + 1]), rows, place if at else None, size, counted=counted)


def sliced(
    page: list[Any],
    rows: QuerySet[Any],
    place: Cursor | None,
    size: int,
    *,
    counted: bool = False,
    cap: int | None = None,
) -> Slice:
    """The page of rows as they were read from a place on: one more than its size, if there are more.

    If they are to be counted, the rows carry how many there are in all as `all_found`, one more than the cap
    at most.
    """
    cap = COUNT_CAP if cap is None else cap
    backwards = place is not None and place.backwards
    more, page = len(page) > size, page[:size]
    if backwards:
        page.reverse()
    count = _count(rows, page, cap, somewhere=place is not None) if counted else 0
    further, earlier = more or backwards, place is not None and (more or not backwards)
    first = (
        _first(place, page, count, exact=count <= cap, further=further, earlier=earlier) if counted else None
    )
    last = first + len(page) - 1 if first else None
    return Slice(
        page,
        _token("a", page[-1], last) if page and further else None,
        _token("b", page[0], first) if page and earlier else None,
        count,
        first,
        cap,
    )


def _ordered(found: QuerySet[Any], at: tuple[Any, Any] | None, falling: bool) -> QuerySet[Any]:
    if at:
        beyond = TupleLessThan if falling else TupleGreaterThan
        found = found.filter(beyond(Tuple(F("sort_key"), F("id")), at))
    sign = "-" if falling else ""
    return found.order_by(f"{sign}sort_key", f"{sign}id")


def _count(rows: QuerySet[Any], page: list[Any], cap: int, *, somewhere: bool) -> int:
    if page:
        return int(page[0].all_found)
    return rows.order_by()[: cap + 1].count() if somewhere else 0


def _first(
    place: Cursor | None, page: list[Any], count: int, *, exact: bool, further: bool, earlier: bool
) -> int | None:
    """The number of the page's first row: known at both ends, elsewhere the cursor says it, if it can be."""
    if not page:
        return None
    if not earlier:
        return 1
    if not further and exact:
        return count - len(page) + 1
    if place is None or place.number is None:
        return None
    first = place.number - len(page) if place.backwards else place.number + 1
    last = first + len(page) - 1
    return first if first > 1 and not (exact and last >= count) else None


def _token(direction: str, row: Any, number: int | None) -> str:
    return f"{direction}{row.id}" + (f"~{number}" if number else "")


def _position(scope: QuerySet[Any], key: SortKey, place: Cursor) -> tuple[Any, Any] | None:
    try:
        row = scope.model._meta.get_field("id").to_python(place.row)
    except ValidationError:
        return None
    found: tuple[Any, Any] | None = keyed(scope, key).filter(id=row).values_list("sort_key", "id").first()
    return found


def count_words(count: int, cap: int = COUNT_CAP) -> str:
    """A capped count in words: exact up to the cap, "10,000+" beyond."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


def capped_count(rows: QuerySet[Any], cap: int = COUNT_CAP) -> str:
    """How many rows there are, in words: exact up to the cap, "10,000+" beyond."""
    return count_words(rows.order_by()[: cap + 1].count(), cap)


def in_chunks(page: Callable[[str], Slice], each: Callable[[list[Model]], Any]) -> Any:
    """Yield `each` of every chunk of all the rows, in order, holding one chunk at a time.

    `page` answers the chunk from a cursor on.
    """
    cursor = ""
    while True:
        part = page(cursor)
        yield each(part.rows)
        if part.after is None:
            return
        cursor = part.after
