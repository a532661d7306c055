"""Paging by the last row seen: as fast on page 40,000 as on page 1.

Every sort key has an index on (organization, key, id). A nullable key is a COALESCE to a sentinel, in
the sort and in its index; the id follows the key's direction, because mixed directions defeat it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

COUNT_CAP = 10_000
SortKey = Expression | F | str


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows. `after` and `before` are cursors of the neighbouring pages, or None."""

    rows: list[Any]
    after: str | None
    before: str | None


def keyed(rows: QuerySet[Any], key: SortKey) -> QuerySet[Any]:
    annotated: QuerySet[Any] = rows.annotate(sort_key=F(key) if isinstance(key, str) else key)
    return annotated


def keyset(
    rows: QuerySet[Any], scope: QuerySet[Any], key: SortKey, *, descending: bool, cursor: str, size: int
) -> Slice:
    """The page after ("a<id>") or before ("b<id>") a row, the first one without a cursor.

    `scope` finds the cursor's row even when a filter has taken it out of `rows` meanwhile; a cursor
    whose row is gone starts over.
    """
    at = _position(scope, key, cursor)
    backwards = at is not None and cursor.startswith("b")
    falling = descending != backwards
    found = keyed(rows, key)
    if at:
        beyond = TupleLessThan if falling else TupleGreaterThan
        found = found.filter(beyond(Tuple(F("sort_key"), F("id")), at))
    sign = "-" if falling else ""
    page = list(found.order_by(f"{sign}sort_key", f"{sign}id")[: size + 1])
    more, page = len(page) > size, page[:size]
    if backwards:
        page.reverse()
    return Slice(
        page,
        f"a{page[-1].id}" if page and (more or backwards) else None,
        f"b{page[0].id}" if page and at and (more or not backwards) else None,
    )


def _position(scope: QuerySet[Any], key: SortKey, cursor: str) -> tuple[Any, Any] | None:
    if cursor[:1] not in ("a", "b"):
        return None
    try:
        row = scope.model._meta.get_field("id").to_python(cursor[1:])
    except ValidationError:
        return None
    found: tuple[Any, Any] | None = keyed(scope, key).filter(id=row).values_list("sort_key", "id").first()
    return found


def capped_count(rows: QuerySet[Any], cap: int = COUNT_CAP) -> str:
    """How many rows there are, in words: exact up to the cap, "10,000+" beyond."""
    count = rows.order_by()[: cap + 1].count()
    return f"{cap:,}+" if count > cap else f"{count:,}"


def in_chunks(
    rows: QuerySet[Any], key: SortKey, *, descending: bool, size: int, each: Callable[[list[Model]], Any]
) -> Any:
    """Yield `each` of every chunk of all the rows, in order, holding one chunk at a time."""
    cursor = ""
    while True:
        part = keyset(rows, rows, key, descending=descending, cursor=cursor, size=size)
        yield each(part.rows)
        if part.after is None:
            return
        cursor = part.after
