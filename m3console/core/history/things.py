"""What the changes of a history are about: each thing by name, with its page if it still has one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from m3console.core import permissions
from m3console.core.history.changes import RowChange, Transaction
from m3console.core.links import reverse
from m3console.core.registry import extensions
from m3console.core.text import day_in_words

DAYS = {"bill_date": "of", "start_date": "from"}
"""The days by which something without a name is known."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Something that an entry is about; without a page there is no URL."""

    label: str
    url: str


Thing = tuple[Any, Any]  # a model and the id of a row, gone or not
Things = Mapping[Thing, Concerned]


def thing_of(row: RowChange) -> Thing:
    return row.event.pgh_tracked_model, row.event.pgh_obj_id


def concerned(found: Iterable[Transaction], role: str) -> dict[Thing, Concerned]:
    """Everything that the transactions changed, with the pages that the role may open: one query for each
    kind."""
    rows: dict[Thing, RowChange] = {}
    for transaction in found:
        for row in transaction.changes:
            rows.setdefault(thing_of(row), row)
    kept = {
        (model, key)
        for model in {model for model, _ in rows}
        for key in model._default_manager.filter(pk__in=[key for kind, key in rows if kind is model])
        .order_by()
        .values_list("pk", flat=True)
    }
    return {
        thing: Concerned(_label(row), _url(thing, role) if thing in kept else "")
        for thing, row in rows.items()
    }


def kind_and_name(row: RowChange) -> str:
    """ "plan Standard", "bill job of 1 Nov 2026": its kind, and as the change recorded them its name or code,
    or the day that stands for one."""
    kind = str(row.event.pgh_tracked_model._meta.verbose_name)
    own = getattr(row.event, "name", None) or getattr(row.event, "code", None)
    if own:
        return f"{kind} {own}"
    for field, word in DAYS.items():
        if day := getattr(row.event, field, None):
            return f"{kind} {word} {day_in_words(day)}"
    return kind


def _label(row: RowChange) -> str:
    words = kind_and_name(row)
    return words[:1].upper() + words[1:]


def _url(thing: Thing, role: str) -> str:
    model, key = thing
    page = extensions(model._meta.label_lower).page
    return reverse(page, pk=key) if permissions.allows(role, page) else ""
