"""The dialog in which a person chooses a list's columns and their order."""

from dataclasses import dataclass

from django.http import HttpResponse

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.lists.addresses import address
from m3console.core.lists.columns import Columns, names_in


@dataclass(frozen=True, slots=True)
class Choice:
    """A column to choose: `at` is its place, from 1."""

    name: str
    heading: str
    chosen: bool
    at: int


def columns_dialog(request: Request, title: str, columns: Columns) -> HttpResponse:
    """The columns that the list can show. `order` in the address is an order that is not kept yet."""
    headings = columns.headings(request)
    order = [name for name in dict.fromkeys(names_in(request.GET.get("order", ""))) if name in headings]
    names = order + [name for name in headings if name not in order]
    choices = [Choice(name, headings[name], name in columns.chosen, at) for at, name in enumerate(names, 1)]
    # Once columns were moved, the address says what is chosen in the dialog, not what the list shows.
    here = address(request.GET, *(["columns"] if order else []))
    context = {
        "title": f"Columns of {title[:1].lower()}{title[1:]}",
        "choices": choices,
        "at": request.path + here,
        "cancel_url": here,
    }
    return page(request, "m3console/columns.html", context, partial="columns")
