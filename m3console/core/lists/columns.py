"""Columns of a list: its own and those of upper apps, which of them are shown, and in which order."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.http import HttpRequest
from django_tables2.data import TableListData
from django_tables2.utils import Sequence as Order

from m3console.core.registry import RowFacts, extensions

MAX_NAMES = 100
# In an address: no column but those that are always there.
NONE = "-"


class PageRows(TableListData):  # type: ignore[misc]
    """Rows that the database has sorted; django-tables2 would sort them again, by code point."""

    def order_by(self, aliases: object) -> None:
        return


class Table(tables.Table):  # type: ignore[misc]
    """A list's columns. Those named like a sort key can be sorted by; the others cannot.

    Columns with `visible=False` are shown to who chooses them. The column that heads its rows, and columns
    without a heading, such as a row's acts, are always there. Upper apps add theirs if it is `extended`.
    """

    row_header = "name"
    extended = True
    facts: Mapping[str, Mapping[Any, Any]] = {}

    class Meta:
        orderable = False
        attrs = {"class": "grid"}


class FactColumn(tables.Column):  # type: ignore[misc]
    """A column of an upper app: `cell` makes what the page shows of a row's fact, `value` what CSV does.

    The fact is None for a row that has none.
    """

    def __init__(
        self,
        heading: str,
        *,
        cell: Callable[[Any], Any],
        value: Callable[[Any], Any],
        **options: Any,
    ) -> None:
        super().__init__(heading, empty_values=(), **options)
        self._cell, self._value = cell, value

    def render(self, record: Any, table: Table, bound_column: Any) -> Any:
        return self._cell(table.facts[bound_column.name].get(record.pk))

    def value(self, record: Any, table: Table, bound_column: Any) -> Any:
        return self._value(table.facts[bound_column.name].get(record.pk))


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of a list, in the order in which they stand: shown, hidden and fixed ones.

    `chosen` are the names of the shown ones that can be hidden; `choosable` of all that can be.
    """

    kind: str
    table: type[Table]
    order: tuple[str, ...]
    choosable: tuple[str, ...]
    chosen: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, table: type[Table], *wanted: Collection[str]) -> "Columns":
        """The columns of a list of a kind of rows, in the first order wanted that names any of them; else
        the usual ones. Names that the list does not have are left out.
        """
        columns = _all(kind, table)
        fixed = {name for name, column in columns.items() if _fixed(table, name, column)}
        choosable = [name for name in columns if name not in fixed]
        chosen = [name for name in choosable if columns[name].visible]
        for names in wanted:
            known = list(dict.fromkeys(name for name in names if name in choosable))
            if known or NONE in names:
                chosen = known
                break
        placed = chosen + [name for name in choosable if name not in chosen]
        at = next((place for place, name in enumerate(columns) if name not in fixed), len(columns))
        before, after = list(columns)[:at], list(columns)[at:]
        order = [*before, *placed, *(name for name in after if name in fixed)]
        return cls(kind, table, tuple(order), tuple(placed), tuple(chosen))

    @property
    def hidden(self) -> list[str]:
        return [name for name in self.choosable if name not in self.chosen]

    def fill(self, rows: Sequence[Any], request: HttpRequest, *, everything: bool = False) -> Table:
        """The table of some rows; what upper apps show of them is read in one query for each set of facts."""
        added = {
            name: column for each in extensions(self.kind).columns for name, column in each.columns.items()
        }
        extra = [(name, copy.deepcopy(column)) for name, column in added.items()]
        made = self.table(PageRows(rows), request=request, extra_columns=extra, sequence=self.order)
        for name in self.choosable:
            (made.columns.show if everything or name in self.chosen else made.columns.hide)(name)
        made.facts = self._facts(rows, request, self.choosable if everything else self.chosen)
        return made

    def headings(self, request: HttpRequest) -> dict[str, str]:
        """What the columns that can be chosen are called, by name."""
        columns = self.fill([], request, everything=True).columns
        return {name: str(columns[name].header) for name in self.choosable}

    def _facts(
        self, rows: Sequence[Any], request: HttpRequest, names: Sequence[str]
    ) -> dict[str, Mapping[Any, Any]]:
        found: dict[str, Mapping[Any, Any]] = {}
        for each in extensions(self.kind).columns:
            if not set(each.columns).isdisjoint(names):
                loaded = each.load(request.organization, [row.pk for row in rows]) if rows else {}  # type: ignore[attr-defined]
                found |= dict.fromkeys(each.columns, loaded)
        return found


def names_in(text: str) -> list[str]:
    """The names of columns that an address gives, separated by commas."""
    return [name for name in text.split(",")[:MAX_NAMES] if name]


def _all(kind: str, table: type[Table]) -> dict[str, Any]:
    """Every column by name in the usual order, those of upper apps behind the ones that they name."""
    own = {name: column for name, column in table.base_columns.items() if name not in table._meta.exclude}
    order = Order(table._meta.sequence or ("...",)).expand(own)
    columns = {name: own[name] for name in order if name in own}
    for facts in extensions(kind).columns:
        columns = _with(columns, facts)
    return columns


def _with(columns: dict[str, Any], facts: RowFacts) -> dict[str, Any]:
    names = list(columns)
    at = names.index(facts.after) + 1 if facts.after in names else len(names)
    return {name: columns[name] for name in names[:at]} | dict(facts.columns) | columns


def _fixed(table: type[Table], name: str, column: Any) -> bool:
    return name == table.row_header or column.verbose_name == ""
