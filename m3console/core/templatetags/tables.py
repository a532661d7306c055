"""A table's body, made in Python: a page has hundreds of cells, which a template takes far longer for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_tables2.utils import signature

from m3console.core.templatetags.console import icon

register = template.Library()
Render = Callable[..., Any]


@register.simple_tag
def body_rows(table: Any) -> SafeString:
    """Every row as <tr>; the column that heads its rows is <th scope="row">."""
    columns = list(table.columns)
    renders = {column.name: _render(column) for column in columns}
    attributes: dict[str, str] = {}
    lines = []
    for row in table.rows:
        cells = []
        for column in columns:
            cell = row._get_and_render_with(column, renders[column.name](row), column.default)
            column.current_value, column.current_record = cell, row.record
            given = attributes.get(column.name) or _attributes(column)
            if not _varies(column):
                attributes[column.name] = given
            tag = 'th scope="row"' if column.name == getattr(table, "row_header", "") else "td"
            cells.append(f"<{tag}{given}>{conditional_escape(cell)}</{tag[:2]}>")
        lines.append(f"<tr {row.attrs.as_html()}>{''.join(cells)}</tr>")
    return mark_safe("".join(lines))  # noqa: S308 (cells and attributes are escaped above)


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


def _render(column: Any) -> Callable[[Any], Render]:
    """How a column's cells are made: what its method takes is looked at once, not for every row."""
    takes, takes_all = signature(column.render)

    def of_row(row: Any) -> Render:
        def render(bound: Any, value: Any = None) -> Any:
            given = row._optional_cell_arguments(bound, value)
            content = bound.render(**(given if takes_all else {name: given[name] for name in takes}))
            return bound.link(content, **given) if bound.link else content

        return render

    return of_row


def _varies(column: Any) -> bool:
    """Whether the attributes of a column's cells are worked out for each row."""
    return any(callable(value) for value in column.column.attrs.get("td", {}).values())


def _attributes(column: Any) -> str:
    html = column.attrs["td"].as_html()
    return f" {html}" if html else " "
