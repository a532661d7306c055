"""Search as one types: what begins with the text first, then what holds it, at a million rows.

Beginnings are ranges of indexes on (organization, lower(field), id). What holds the text is looked for among
the next rows in order first, where it is if it is common; if it is rare, an index of its trigrams finds it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, F, Func, Q, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Collate, Concat, Lower
from django.db.models.sql.compiler import SQLCompiler

SHORTEST_INSIDE = 3
SHORTEST_ID = 8
LONGEST = 200
LAST = "\U0010ffff"
NOWHERE = Q(pk__in=())
Compiled = tuple[str, tuple[Any, ...]]
M = TypeVar("M", bound=models.Model)


def cleaned(text: str) -> str:
    """What is looked for, however it was typed: trimmed, not endless, without what no row can hold."""
    kept = (c for c in text[: 4 * LONGEST] if unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip()[:LONGEST]


def id_in(text: str) -> UUID | None:
    """The id that a text is, with or without its hyphens."""
    try:
        return UUID(text) if len(text) in (32, 36) else None
    except ValueError:
        return None


def key_of(field: str) -> Collate:
    """A field as its beginnings are looked up and as names are sorted: in small letters, by code point."""
    return Collate(Lower(field), "C")


def grams_of(document: Any) -> Func:
    """The trigrams of a text, by a function of the database, so that an index can have them."""
    return Func(document, function="search_grams", output_field=ArrayField(TextField()))


def by_grams(document: str = "search_text") -> Callable[[str], Q]:
    """Narrow down by the index on the trigrams of a document."""
    return lambda text: Q(ArrayContains(grams_of(F(document)), grams_of(Lower(Value(text)))))


class Begins(Func):
    """A field's `key_of` begins with a text. One node of SQL: searches hold dozens of them."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, field: str, text: str) -> None:
        super().__init__(F(field))
        self.text = text

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Compiled:  # type: ignore[override]
        sql, params = compiler.compile(self.source_expressions[0])
        key = f'(lower({sql})) COLLATE "C"'
        return f"({key} >= lower(%s) and {key} < lower(%s) || %s)", (
            *params,
            self.text,
            *params,
            self.text,
            LAST,
        )


class Holds(Func):
    """A document, in small letters already, holds a text."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, document: Any, text: str) -> None:
        super().__init__(document)
        self.text = text

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Compiled:  # type: ignore[override]
        sql, params = compiler.compile(self.source_expressions[0])
        return f"(strpos({sql}, lower(%s)) > 0)", (*params, self.text)


@dataclass(frozen=True, slots=True)
class LookIn:
    """What rows of a kind are searched by.

    `document` is all the text of a row, in small letters, a line for each field. `beginnings` are fields
    with an index on (organization, their `key_of`, id). `narrow` makes of a text a condition that an index
    answers and that holds for every row which holds the text; small tables need none. `also` are further
    conditions that an index answers, `ids` the columns in which a whole id is looked for.
    """

    document: Expression | F
    beginnings: tuple[str, ...] = ()
    narrow: Callable[[str], Q] | None = None
    also: Callable[[str], Q] = lambda text: NOWHERE
    ids: tuple[str, ...] = ("pk",)

    @classmethod
    def fields(cls, *paths: str, beginnings: tuple[str, ...] = ()) -> "LookIn":
        """Look in fields of a small table, its own or those of what it refers to."""
        lines = [part for path in paths for part in (Coalesce(path, Value("")), Value("\n"))]
        return cls(Lower(Concat(*lines, output_field=TextField())), beginnings)

    def begins(self, field: str, text: str) -> Q:
        return Q(Begins(field, text))

    def begins_id(self, text: str) -> Q:
        """The text is the beginning of the row's id, and long enough not to be of everybody's."""
        digits = text.replace("-", "")
        if not SHORTEST_ID <= len(digits) < 32 or set(digits.lower()) - set("0123456789abcdef"):
            return NOWHERE
        return Q(pk__gte=UUID(digits.ljust(32, "0")), pk__lte=UUID(digits.ljust(32, "f")))

    def holds(self, text: str) -> Q:
        """The document holds the text; one too short for that begins one of its lines."""
        if len(text) >= SHORTEST_INSIDE:
            return Q(Holds(self.document, text))
        lines = Concat(Value("\n"), self.document, output_field=TextField())
        return Q(Holds(lines, f"\n{text}"))

    def narrowed(self, text: str) -> Q | None:
        """A condition by indexes alone that leaves out no match, if there is one."""
        if len(text) < SHORTEST_INSIDE and self.beginnings:
            ranges = Q()
            for field in self.beginnings:
                ranges |= self.begins(field, text)
            return ranges
        return self.narrow(text) | self.begins_id(text) | self.also(text) if self.narrow else None

    def matches(self, text: str) -> Q:
        """Row by row, whether the text finds it. Over a large table, `narrowed` must go first."""
        return self.holds(text) | self.begins_id(text) | self.also(text)

    def is_id(self, found: UUID) -> Q:
        whole = NOWHERE
        for column in self.ids:
            whole |= Q(**{column: found})
        return whole


class Searchable(models.QuerySet[M]):
    """Rows that can be searched; `look` says by what."""

    look: ClassVar[LookIn]

    def search(self, text: str) -> "Searchable[M]":
        """The row of that id; else all that the text finds, in no order."""
        text = cleaned(text)
        if found := id_in(text):
            return self.filter(self.look.is_id(found))
        narrowed, matches = self.look.narrowed(text), self.look.matches(text)
        if narrowed is None:
            return self.filter(matches)
        # Fenced, or the planner may compare trigrams row by row, which only an index does fast.
        model = self.model._base_manager.filter(narrowed).order_by().annotate(found=matches)
        fence = fenced(model.values_list("pk", "found"), "id, found", "found")
        return self.filter(pk__in=fence)


def fenced(rows: models.QuerySet[Any], columns: str, condition: str) -> RawSQL:
    """The ids of rows that the database takes by their own conditions first, and by the condition after."""
    sql, params = rows.query.sql_with_params()
    taken = f"select id from ({sql} offset 0) taken({columns}) where {condition}"  # noqa: S608 (our own)
    return RawSQL(taken, params)  # noqa: S611
