"""One mechanism for every list: search, filters as chips, sort, paging, count, CSV, all in the URL."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django_tables2.data import TableListData

from m3console.core import permissions
from m3console.core.csv_cells import Echo, cell
from m3console.core.htmx import page
from m3console.core.keyset import Slice, SortKey, capped_count, in_chunks, keyset
from m3console.core.links import reverse
from m3console.core.text import day_in_words

SIZES = (25, 50, 100, 250)
CSV_CHUNK = 2_000
MAX_SEARCH = 200


class PageRows(TableListData):  # type: ignore[misc]
    """Rows that the database has sorted; django-tables2 would sort them again, by code point."""

    def order_by(self, aliases: object) -> None:
        return


class Table(tables.Table):  # type: ignore[misc]
    """A list's columns. Those named like a sort key can be sorted by; the others cannot."""

    class Meta:
        orderable = False
        attrs = {"class": "grid"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on: what it says, and the page without it."""

    label: str
    value: str
    remove_url: str


@dataclass(slots=True)
class Listing:
    """What the list templates show. URLs keep everything else that the page's URL says."""

    title: str
    noun: str
    count: str
    table: Table
    filter_form: Any
    chips: list[Chip]
    search: dict[str, str] | None
    sort: str
    sorts: dict[str, dict[str, str]]
    next_url: str | None
    previous_url: str | None
    size: int
    sizes: list[tuple[int, str]]
    csv_url: str
    clear_url: str
    create: dict[str, str] | None
    actions: list[dict[str, str]]
    empty: dict[str, str]


def listing(
    request: HttpRequest,
    *,
    title: str,
    rows: QuerySet[Any],
    table: type[Table],
    sorts: Mapping[str, SortKey],
    default: str,
    filters: type[django_filters.FilterSet] | None = None,
    search: str = "",
    create: tuple[str, str] | None = None,
    actions: Sequence[tuple[str, str, str]] = (),
    noun: str = "row",
    empty: str = "",
    context: Mapping[str, Any] | None = None,
    template: str = "m3console/list.html",
) -> HttpResponse | StreamingHttpResponse:
    """Answer a list page, its table as a partial for htmx, or its rows as CSV (`?format=csv`).

    `sorts` maps a column's name to an indexed key; `default` is one of them, "-" before it for
    descending. `search` is the search box's placeholder; the query set then has `.search(text)`. `create`
    and `actions` are buttons, shown to those who may: label and URL name, actions with an icon.
    """
    params = request.GET
    text = params.get("q", "").strip()[:MAX_SEARCH] if search else ""
    narrowed = rows.search(text) if text else rows  # type: ignore[attr-defined]
    filterset = filters(params, queryset=narrowed, request=request) if filters else None
    if filterset is not None and filterset.is_valid():
        narrowed = filterset.qs
    sort = params.get("sort", default)
    sort = sort if sort.removeprefix("-") in sorts else default
    key, descending = sorts[sort.removeprefix("-")], sort.startswith("-")
    if params.get("format") == "csv":
        return _csv(request, narrowed, table, key, descending=descending, name=noun)
    size = next((n for n in SIZES if str(n) == params.get("size")), SIZES[0])
    part = keyset(narrowed, rows, key, descending=descending, cursor=params.get("cursor", ""), size=size)
    chips = _chips(filterset, params) if filterset is not None else []
    shown = Listing(
        title=title,
        noun=noun,
        count=capped_count(narrowed),
        table=table(PageRows(part.rows), request=request),
        filter_form=filterset.form if filterset is not None else None,
        chips=chips,
        search={"name": "q", "value": text, "placeholder": search} if search else None,
        sort=sort,
        sorts=_sorts(params, sorts, sort),
        next_url=_url(params, cursor=part.after) if part.after else None,
        previous_url=_url(params, cursor=part.before) if part.before else None,
        size=size,
        sizes=[(n, _url(params, size=n)) for n in SIZES],
        csv_url=_url(params, format="csv"),
        clear_url=_url(params, *(chip_name for chip_name in params if chip_name not in ("sort", "size"))),
        create=_create(request, create),
        actions=[
            {"label": label, "url": reverse(name), "icon": icon}
            for label, name, icon in actions
            if permissions.allows(request.membership.role, name)  # type: ignore[attr-defined]
        ],
        empty=_empty(part, noun, empty, narrowed=bool(text or chips)),
    )
    return page(request, template, {"listing": shown, **(context or {})}, partial="table")


def _url(params: QueryDict, *without: str, **changes: Any) -> str:
    """This page's query with some parameters changed or gone; a cursor holds for one order only."""
    kept = params.copy()
    for name in (*without, "cursor", "format"):
        kept.pop(name, None)
    for name, value in changes.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"


def _sorts(params: QueryDict, sorts: Mapping[str, SortKey], sort: str) -> dict[str, dict[str, str]]:
    """For each column that can be sorted by: its state for screen readers, and the URL of a click on it."""
    state = {True: "descending", False: "ascending"}
    return {
        name: {
            "url": _url(params, sort=f"-{name}" if sort == name else name),
            "aria": state[sort.startswith("-")] if sort.removeprefix("-") == name else "",
        }
        for name in sorts
    }


def _chips(filterset: django_filters.FilterSet, params: QueryDict) -> list[Chip]:
    chips = []
    for name, field in filterset.form.fields.items():
        value = filterset.form.cleaned_data.get(name) if filterset.is_valid() else None
        if value in (None, "", [], slice(None)):
            continue
        names = [p for p in params if p == name or p.startswith(f"{name}_")]
        chips.append(Chip(field.label or name, _value_in_words(field, value), _url(params, *names)))
    return chips


def _value_in_words(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, slice):
        return " – ".join(f"{end:%Y-%m-%d}" if end else "…" for end in (value.start, value.stop))
    if isinstance(value, date):
        return day_in_words(value)
    choices = {
        str(k): str(label) for k, label in getattr(field, "choices", []) if not isinstance(label, list)
    }
    return choices.get(str(value), str(value))


def _create(request: HttpRequest, create: tuple[str, str] | None) -> dict[str, str] | None:
    if create is None or not permissions.allows(request.membership.role, create[1]):  # type: ignore[attr-defined]
        return None
    return {"label": create[0], "url": reverse(create[1])}


def _empty(part: Slice, noun: str, first_run: str, *, narrowed: bool) -> dict[str, str]:
    if part.rows:
        return {}
    if narrowed:
        return {
            "kind": "no-match",
            "title": f"No {noun} matches",
            "text": "Change the search or clear the filters.",
        }
    return {"kind": "first-run", "title": f"No {noun} yet", "text": first_run}


def _csv(
    request: HttpRequest,
    rows: QuerySet[Any],
    table: type[Table],
    key: SortKey,
    *,
    descending: bool,
    name: str,
) -> StreamingHttpResponse:
    """Exactly what is filtered, in its order, streamed; text cells cannot become formulas."""

    def lines() -> Iterator[str]:
        writer = csv.writer(Echo())
        header = True
        chunks = in_chunks(
            rows,
            key,
            descending=descending,
            size=CSV_CHUNK,
            each=lambda part: table(PageRows(part), request=request),
        )
        for chunk in chunks:
            for number, values in enumerate(chunk.as_values()):
                if number or header:
                    yield writer.writerow([cell(value) for value in values])
            header = False

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}s.csv"'
    return answer
