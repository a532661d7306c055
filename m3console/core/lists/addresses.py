"""Addresses of a list: everything that it shows is in its query."""

from typing import Any

from django.http import QueryDict

# What holds for one answer only, or for one order of the rows.
PASSING = ("cursor", "format", "show")
# How the rows are shown, not which ones.
MANNER = ("sort", "size", "columns")


def address(params: QueryDict, *without: str, **changes: Any) -> str:
    """This page's query with some parameters changed or gone; a cursor holds for one order only."""
    kept = params.copy()
    for name in (*without, *PASSING):
        kept.pop(name, None)
    for name, value in changes.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"


def cleared(params: QueryDict) -> str:
    """The query without search and filters, in the same order and columns."""
    return address(params, *(name for name in params if name not in MANNER))
