"""The pages of a search: ranks one after the other, each in its own order, every match exactly once.

One statement finds the ids of a page. Its parts are worked out in turn, and only while rows are missing.
"""

# ruff: noqa: S608, S611 (all SQL here is our own or compiled by Django, with parameters)

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from m3console.core.lists.keyset import Cursor, Slice, SortKey, keyset, sliced
from m3console.core.searching.search import Searchable, cleaned, id_in, key_of

NEAR = 1_000
"""So many rows in order are looked through before the index is asked."""
COMMON = 50
"""What more than one row in so many holds is counted without the index."""
MOST_COUNTED = 1_000
"""Matches are counted up to here: who finds more goes on typing, and counting all would take longer than
finding."""
KEY = "found_key_"
NEARBY = "select * from ({}) near(id, rank, key)"


@dataclass(frozen=True, slots=True)
class Rank:
    """Rows found in one way, sorted by `key`. Those `inside` a document have no index in their order."""

    condition: Q
    key: SortKey
    falling: bool
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a statement, and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


NOTHING = Statement("select 0")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: beyond a row, known by its rank, its key there and its id."""

    rank: int
    key: Any
    id: UUID


class SearchPages:
    """What a text finds among `rows`, which filters may have narrowed down from `scope`.

    Beginnings come first, each by its own field, then the rest by `key`; or all by `key`, if the order was
    `chosen` by somebody.
    """

    def __init__(
        self,
        rows: Searchable[Any],
        scope: QuerySet[Any],
        text: str,
        key: SortKey,
        *,
        falling: bool = False,
        chosen: bool = False,
    ) -> None:
        self.rows, self.scope, self.look, self.text = rows, scope, rows.look, cleaned(text)
        self.id = id_in(self.text)
        self.key, self.falling = key, falling
        self.ranks = list(self._ranks(chosen=chosen))

    def _ranks(self, *, chosen: bool) -> Iterator[Rank]:
        look, text = self.look, self.text
        if chosen or not look.beginnings:
            yield Rank(look.matches(text), self.key, self.falling, inside=True)
            return
        for field in look.beginnings:
            yield Rank(look.begins(field, text), key_of(field), falling=False)
        yield Rank(look.begins_id(text), F("pk"), falling=False)
        if len(text) >= 3:
            yield Rank(look.holds(text), self.key, self.falling, inside=True)

    def page(self, cursor: str, size: int, *, counted: bool = False) -> Slice:
        """The page after or before the row of a cursor, the first one without it."""
        if self.id:
            one: QuerySet[Any] = self.rows.filter(self.look.is_id(self.id))
            return keyset(
                one,
                self.scope,
                self.key,
                descending=self.falling,
                cursor=cursor,
                size=size,
                counted=counted,
            )
        place = Cursor.parse(cursor)
        at = self._position(place) if place else None
        place = place if at else None
        backwards = place is not None and place.backwards
        ids = self._ids(at, size + 1, backwards=backwards)
        if ids is None:
            return Slice([], None, None)
        found = self._ranked(self.rows).filter(pk__in=ids)
        if counted:
            found = found.annotate(all_found=self._count())
        matching: QuerySet[Any] = self.rows.search(self.text)
        page = self._in_order(list(found), backwards=backwards)[: size + 1]
        return sliced(page, matching, place, size, counted=counted, cap=MOST_COUNTED)

    def first(self, limit: int) -> QuerySet[Any]:
        """The first rows that are found, in no order, each with its `found_rank`."""
        ids = self._ids(None, limit, backwards=False)
        return self.rows.none() if ids is None else self._ranked(self.rows).filter(pk__in=ids)

    def _ranked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with their rank, -1 for none, and their key in each rank."""
        keys = {f"{KEY}{number}": expression(rank.key) for number, rank in enumerate(self.ranks)}
        ranked: QuerySet[Any] = rows.annotate(found_rank=self._rank(len(self.ranks)), **keys)
        return ranked

    def _rank(self, ranks: int) -> Case:
        """The first of so many ranks that a row has, -1 for none of them."""
        cases = [When(rank.condition, then=Value(number)) for number, rank in enumerate(self.ranks[:ranks])]
        return Case(*cases, default=-1, output_field=IntegerField())

    def _position(self, place: Cursor) -> Place | None:
        try:
            row = self.scope.model._meta.get_field("id").to_python(place.row)
        except ValidationError:
            return None
        keys = [f"{KEY}{number}" for number in range(len(self.ranks))]
        found = self._ranked(self.scope).filter(pk=row).values_list("found_rank", *keys).first()
        if found is None:
            return None
        # A row that has changed meanwhile, and is not found any more, stood in the last rank.
        rank = found[0] % len(self.ranks)
        return Place(rank, found[1 + rank], row)

    def _in_order(self, rows: list[Any], *, backwards: bool) -> list[Any]:
        """Rows sorted by rank and the rank's key; strings compare as the database's collation "C" does."""
        ordered: list[Any] = []
        for number, rank in self._numbered(backwards=backwards):
            mine = [row for row in rows if row.found_rank == number]
            key = attrgetter(f"{KEY}{number}", "pk")
            ordered += sorted(mine, key=key, reverse=rank.falling != backwards)
        return ordered

    def _numbered(self, *, backwards: bool) -> list[tuple[int, Rank]]:
        numbered = list(enumerate(self.ranks))
        return numbered[::-1] if backwards else numbered

    def _ids(self, at: Place | None, limit: int, *, backwards: bool) -> RawSQL | None:
        """The ids of the next rows, of one rank after the other, as long as rows are missing."""
        parts: dict[str, Statement] = {}
        ranks: list[str] = []
        for number, rank in self._numbered(backwards=backwards):
            if at and (number > at.rank if backwards else number < at.rank):
                continue
            beyond = at if at and at.rank == number else None
            added = self._parts(number, rank, beyond, limit, falling=rank.falling != backwards)
            if not added:
                continue
            missing = " + ".join(f"(select count(*) from {name})" for name in ranks) or "0"
            for name, part in added.items():
                parts[name] = Statement(
                    f"select * from ({part.sql}) part where {missing} < {limit}", part.params
                )
            ranks.append(f"rank{number}")
        if not ranks:
            return None
        named = ", ".join(f"{name} as materialized ({part.sql})" for name, part in parts.items())
        union = " union all ".join(f"select id from {name}" for name in ranks)
        params = tuple(param for part in parts.values() for param in part.params)
        return RawSQL(f"with {named} {union}", params)

    def _parts(
        self, number: int, rank: Rank, at: Place | None, limit: int, *, falling: bool
    ) -> dict[str, Statement]:
        """What finds the ids of a rank: the index of its key; or the rows near by, and where these are not
        enough the index of trigrams, whose matches are all sorted."""
        narrowed = self.look.narrowed(self.text)
        if not rank.inside or narrowed is None:
            rows = self._beyond(self.rows.filter(rank.condition), number, at, falling=falling)
            if number:
                rows = rows.filter(found_rank=number)
            found = statement(rows[:limit], "select id from ({}) a(id, rank, key)")
            return {f"rank{number}": found} if found else {}
        near = statement(self._beyond(self.rows, number, at, falling=falling)[:NEAR], NEARBY)
        rows = self._beyond(self.rows.filter(narrowed), number, at, falling=falling).order_by()
        way = "desc" if falling else "asc"
        order = f"where rank = {number} order by key {way}, id {way} limit {limit}"
        far = statement(rows, f"select id from ({{}} offset 0) far(id, rank, key) {order}")
        if not near or not far:
            return {}
        hits = Statement(f"select id from near{number} {order}")
        further = (
            f"(select count(*) from near{number}) = {NEAR} and (select count(*) from hits{number}) < {limit}"
        )
        both = (
            f"select id from hits{number} where not ({further})"
            f" union all select id from ({far.sql}) far where {further}"
        )
        return {
            f"near{number}": near,
            f"hits{number}": hits,
            f"rank{number}": Statement(both, far.params),
        }

    def _beyond(self, rows: QuerySet[Any], number: int, at: Place | None, *, falling: bool) -> QuerySet[Any]:
        """(id, rank, key) of the rows on the further side of a place, in order."""
        key = f"{KEY}{number}"
        found: QuerySet[Any] = rows.annotate(
            found_rank=self._rank(number + 1), **{key: expression(self.ranks[number].key)}
        )
        if at:
            beyond = TupleLessThan if falling else TupleGreaterThan
            found = found.filter(beyond(Tuple(F(key), F("pk")), (at.key, at.id)))
        sign = "-" if falling else ""
        return found.order_by(f"{sign}{key}", f"{sign}pk").values_list("pk", "found_rank", key)

    def _count(self) -> RawSQL:
        """How many rows are found, at most one more than the cap: common ones row by row, others by index."""
        found = self.rows.order_by().annotate(found=self.look.matches(self.text)).values_list("found")
        narrowed, cap = self.look.narrowed(self.text), f"limit {MOST_COUNTED + 1}"
        counted = f"select count(*) from (select 1 from ({{}}) a(found) where found {cap}) b"
        plain = statement(found, counted) or NOTHING
        if narrowed is None:
            return RawSQL(plain.sql, plain.params, IntegerField())
        some = statement(found[:NEAR], "select count(*) from ({}) a(found) where found") or NOTHING
        indexed = statement(found.filter(narrowed), counted.replace("{}", "{} offset 0")) or NOTHING
        sql = (
            f"with sample as materialized ({some.sql}) select case"
            f" when (select * from sample) > {NEAR // COMMON} then ({plain.sql}) else ({indexed.sql}) end"
        )
        return RawSQL(sql, (*some.params, *plain.params, *indexed.params), IntegerField())


def statement(rows: QuerySet[Any], wrapped: str) -> Statement | None:
    """The SQL of a query within other SQL; None where nothing can be found."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return Statement(wrapped.format(sql), params)


def expression(key: SortKey) -> Any:
    return F(key) if isinstance(key, str) else key
