"""A table's body, made in Python: a page has hundreds of cells, which a template takes far longer for."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import A
from django_tables2.utils import signature

from m3console.core.templatetags.console import icon

register = template.Library()


@register.simple_tag
def body_rows(table: Any, pickable: object = None) -> SafeString:
    """Every row as <tr>; the column that heads its rows is <th scope="row">. `pickable` rows have a box."""
    rows = list(table.data)
    cells = [_Cells(column, table, rows[0]) for column in table.columns] if rows else []
    boxes = [_box(row) if pickable else "" for row in rows]
    lines = [
        f"<tr>{box}{''.join([each.html(row) for each in cells])}</tr>"
        for box, row in zip(boxes, rows, strict=True)
    ]
    return mark_safe("".join(lines))  # noqa: S308 (cells and attributes are escaped below)


def _box(record: Any) -> SafeString:
    """The box that chooses a row for the form of the bar above the table."""
    return format_html(
        '<td class="pick"><input class="form-check-input" type="checkbox" form="bulk" name="pk" value="{}"'
        ' data-pick autocomplete="off" aria-label="Select {}"></td>',
        record.pk,
        record,
    )


class _Cells:
    """The cells of a column: what is the same in every row is found out once, by the first of them."""

    def __init__(self, column: Any, table: Any, first: Any) -> None:
        self.column, self.read = column, _reader(column, first)
        takes, takes_all = signature(column.render)
        same = {"column": column.column, "bound_column": column, "table": table}
        self.same = same if takes_all else {name: same[name] for name in takes if name in same}
        self.value, self.record = (takes_all or name in takes for name in ("value", "record"))
        self.linked = same if column.link else None
        self.empty = column.column.empty_values
        self.tag = "th" if column.name == getattr(table, "row_header", "") else "td"
        self.varies = any(callable(value) for value in column.column.attrs.get("td", {}).values())
        self.open = "" if self.varies else self._open()

    def html(self, record: Any) -> str:
        value = self.read(record)
        cell = self.column.default if value in self.empty else self._rendered(value, record)
        if self.varies:
            self.column.current_value, self.column.current_record = cell, record
        text = cell if type(cell) is SafeString else conditional_escape(cell)
        return f"{self._open() if self.varies else self.open}{text}</{self.tag}>"

    def _rendered(self, value: Any, record: Any) -> Any:
        given = dict(self.same)
        if self.value:
            given["value"] = value
        if self.record:
            given["record"] = record
        content = self.column.render(**given)
        return (
            self.column.link(content, value=value, record=record, **self.linked) if self.linked else content
        )

    def _open(self) -> str:
        attributes = self.column.attrs["td"].as_html()
        scope = ' scope="row"' if self.tag == "th" else ""
        return f"<{self.tag}{scope}{' ' if attributes else ''}{attributes}>"


def row_menu(label: str, items: Iterable[Mapping[str, Any]]) -> SafeString:
    """The acts on one row: each with label and URL, `dialog` if it opens one, `danger` if it takes away."""
    entries = format_html_join(
        "",
        '<li><a class="dropdown-item{}" href="{}"{}>{}</a></li>',
        (
            (" text-danger" if item.get("danger") else "", item["url"], _opening(item), item["label"])
            for item in items
        ),
    )
    return format_html(
        '<details class="dropdown"><summary class="btn btn-icon" aria-label="{}">{}</summary>'
        '<ul class="dropdown-menu dropdown-menu-end">{}</ul></details>',
        label,
        icon("more"),
        entries,
    )


def _opening(item: Mapping[str, Any]) -> SafeString | str:
    if not item.get("dialog"):
        return ""
    return format_html(' hx-get="{}" hx-target="#dialog-body" hx-swap="innerHTML"', item["url"])


def _reader(column: Any, first: Any) -> Callable[[Any], Any]:
    """How a column's value is read from rows like the first one; None where there is none."""
    accessor = A(column.accessor)
    *path, name = accessor.bits
    display = f"get_{name}_display"

    def read(row: Any) -> Any:
        for bit in path:
            row = getattr(row, bit, None)
        shown = getattr(row, display, None)
        value = shown() if shown else getattr(row, name, None)
        return value() if callable(value) else value

    return partial(accessor.resolve, quiet=True) if isinstance(first, dict) else read
