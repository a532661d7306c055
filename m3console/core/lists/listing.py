"""One mechanism for every list: search, chips, columns, sort, paging, count, CSV, all in the URL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse

from m3console.core import permissions
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.addresses import SAVED, address, cleared
from m3console.core.lists.around import Around
from m3console.core.lists.asked import SIZES, Asked, pages_of
from m3console.core.lists.columns import NONE, Columns, FactColumn, PageRows, Table, names_in
from m3console.core.lists.dialog import columns_dialog
from m3console.core.lists.exporting import EVERYTHING, SHOWN, csv_answer
from m3console.core.lists.filters import Chip, ListFilter, chips, problems, with_added
from m3console.core.lists.keyset import Slice, SortKey
from m3console.core.lists.menu import Views, views_of
from m3console.core.lists.selection import EVERYTHING as ALL_OF_THEM
from m3console.core.lists.selection import Bar, ListRows, bar_of, picked_rows

__all__ = ["FactColumn", "ListFilter", "Listing", "PageRows", "Table", "listing"]

# What the filter form sends along beside sort and size.
KEPT = ("columns", SAVED)


@dataclass(slots=True)
class Listing:
    """What the list templates show. URLs keep everything else that the page's URL says."""

    title: str
    noun: str
    count: str
    range: str
    table: Table
    filter_form: Any
    chips: list[Chip]
    search: dict[str, str] | None
    kept: dict[str, str]
    views: Views
    sort: str
    sorts: dict[str, dict[str, str]]
    next_url: str | None
    previous_url: str | None
    first_url: str
    size: int
    sizes: list[tuple[int, str]]
    csv_url: str
    csv_all_url: str
    clear_url: str
    create: dict[str, str] | None
    actions: list[dict[str, str]]
    empty: dict[str, str]
    bulk: Bar | None


def listing(
    request: Request,
    *,
    title: str,
    rows: QuerySet[Any],
    table: type[Table],
    sorts: Mapping[str, SortKey],
    default: str,
    filters: type[ListFilter] = ListFilter,
    search: str = "",
    create: tuple[str, ...] | None = None,
    actions: Sequence[tuple[str, str, str]] = (),
    noun: str = "row",
    empty: str | tuple[str, str] = "",
    context: Mapping[str, Any] | None = None,
    template: str = "m3console/list.html",
    selection: ListRows | None = None,
) -> HttpResponse | StreamingHttpResponse:
    """Answer a list page, its table as a partial for htmx, or its rows as CSV.

    `sorts` maps a column's name to an indexed key; `default` is one of them, "-" before it for
    descending. `search` is the search box's placeholder; the query set then has `.search(text)`. `create`
    and `actions` are buttons, shown to those who may: label, URL name, icon (for `create` a plus if none).
    `?format=csv` has the columns that are shown, `?format=csv-all` every one; posted, of the rows ticked.
    `empty` says what to do where there is no row yet; as two texts, the first says it in place of "No … yet".
    Rows can be chosen where `selection` is given, which the rest comes from by its `shown()`.
    """
    params, kind = request.GET, rows.model._meta.label_lower if table.extended else ""
    asked = Asked.of(params, sorts, default, search=bool(search))
    filters = with_added(filters, kind, request)
    around = Around.read(request, request.resolver_match.view_name, filters.offered)  # type: ignore[union-attr]
    columns = Columns.of(kind, table, names_in(params.get("columns", "")), around.columns)
    if params.get("show") == "columns":
        return columns_dialog(request, title, columns)
    filterset = filters(params, queryset=rows, request=request, choices=around.choices)
    # Filters that make no sense leave no rows, rather than all.
    pages = pages_of(filterset.qs if filterset.is_valid() else rows.none(), rows, asked)
    wrong = problems(filterset)
    if params.get("format") in (SHOWN, EVERYTHING) and not wrong:
        if request.method == "POST" and not request.POST.get(ALL_OF_THEM):
            pages = pages_of(picked_rows(rows, request.POST), rows, replace(asked, text=""))
        return csv_answer(request, pages, columns, name=noun)
    part = pages(cursor=params.get("cursor", ""), size=asked.size, counted=True)
    on = chips(filterset, params)
    shown = Listing(
        title=title,
        noun=noun,
        count=part.counted,
        range=_range(part),
        table=columns.fill(part.rows, request),
        filter_form=filterset.form,
        chips=on,
        search={"name": "q", "value": asked.text, "placeholder": search} if search else None,
        kept={name: params[name] for name in KEPT if params.get(name)},
        views=views_of(request, around.saved, ",".join(columns.chosen) or NONE),
        sort=asked.sort if asked.chosen else "",
        sorts=_sorts(params, sorts, asked.sort if asked.chosen or not asked.text else ""),
        next_url=address(params, cursor=part.after) if part.after else None,
        previous_url=address(params, cursor=part.before) if part.before else None,
        first_url=address(params),
        size=asked.size,
        sizes=[(n, address(params, size=n)) for n in SIZES] if _over_one_page(part, asked) else [],
        csv_url=address(params, format=SHOWN),
        csv_all_url=address(params, format=EVERYTHING),
        clear_url=cleared(params),
        create=_create(request, create),
        actions=[
            {"label": label, "url": reverse(name), "icon": icon}
            for label, name, icon in actions
            if permissions.allows(request.membership.role, name)
        ],
        empty=_empty(part, noun, empty, wrong=wrong, narrowed=bool(asked.text or on)),
        bulk=_bar(request, selection, part),
    )
    return page(request, template, {"listing": shown, **(context or {})}, partial="table")


def _bar(request: Request, selection: ListRows | None, part: Slice) -> Bar | None:
    if selection is None or not part.rows:
        return None
    csv_url = address(request.GET, format=SHOWN)
    return bar_of(request, selection, part, csv_url=csv_url)


def _over_one_page(part: Slice, asked: Asked) -> bool:
    """Whether a smaller or larger page would show anything else."""
    return bool(part.after or part.before or asked.size > SIZES[0])


def _range(part: Slice) -> str:
    """Which of all rows a page shows: 26–50 of 312."""
    shown, of = len(part.rows), part.counted
    if part.first is None:
        return f"{shown} of {of}"
    return f"{part.first:,}–{part.first + shown - 1:,} of {of}"


def _sorts(params: QueryDict, sorts: Mapping[str, SortKey], sort: str) -> dict[str, dict[str, str]]:
    """For each column that can be sorted by: its state for screen readers, and the URL of a click on it."""
    state = {True: "descending", False: "ascending"}
    return {
        name: {
            "url": address(params, sort=f"-{name}" if sort == name else name),
            "aria": state[sort.startswith("-")] if sort.removeprefix("-") == name else "",
        }
        for name in sorts
    }


def _create(request: Request, create: tuple[str, ...] | None) -> dict[str, str] | None:
    if create is None or not permissions.allows(request.membership.role, create[1]):
        return None
    label, name, *icon = create
    return {"label": label, "url": reverse(name), "icon": icon[0] if icon else "plus"}


def _empty(
    part: Slice, noun: str, first_run: str | tuple[str, str], *, wrong: str, narrowed: bool
) -> dict[str, str]:
    if part.rows:
        return {}
    if wrong:
        return {"kind": "error", "title": "This filter cannot be used", "text": wrong}
    if narrowed:
        return {
            "kind": "no-match",
            "title": f"No {noun} matches",
            "text": "Change the search or clear the filters.",
        }
    title, text = (f"No {noun} yet", first_run) if isinstance(first_run, str) else first_run
    return {"kind": "first-run", "title": title, "text": text}
