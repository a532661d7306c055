"""History in words: what was changed, by whom, when and why; of one entity or of an organization.

Spec 1, Account page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Model, TextField
from django.http import HttpResponse

from m3console.core.fields import CustomFieldsField
from m3console.core.history.changes import (
    FieldChange,
    Position,
    RowChange,
    Source,
    Transaction,
    changes,
    transactions,
)
from m3console.core.history.filters import HistoryFilter, asked
from m3console.core.history.things import Concerned, Thing, Things, concerned, kind_and_name, thing_of
from m3console.core.history.told import NOBODYS, Names, Told
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.lists.addresses import address
from m3console.core.registry import extensions
from m3console.core.templatetags.console import day_text, spelled, zone, zone_name

PAGE = 50
NAMED = 5  # things that an entry is about, before it only counts them
OUTSIDE = "Outside the console"
BY_SQL = {"insert": "Added by SQL", "update": "Changed by SQL", "delete": "Deleted by SQL"}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A field from → to, in words; `hidden` where the values are personal and not recorded."""

    field: str
    old: str
    new: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One entry of the timeline: a transaction's changes as a person reads them.

    `about` says of what, `more` how much else; both are empty in the history of one entity.
    """

    at: datetime
    actor: str
    source: str
    sentence: str
    reason: str
    request_id: str
    changes: list[ShownChange]
    about: list[Concerned] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one billing day of the organization."""

    day: date
    events: list[ShownEvent]


def history_page(
    request: Request,
    entity: Model,
    *,
    related: Iterable[Source] = (),
    template: str = "m3console/history.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer the History tab of an entity, newest first, 50 changes a page.

    `related` adds the changes of other rows, such as a plan's pricings: Source(Pricing, {"plan_id": pk}).
    """
    sources = [Source(type(entity), {"pgh_obj_id": entity.pk}), *related]
    narrowed = asked(request.GET, request.organization)
    shown = timeline(request, sources, narrowed, of=(type(entity), entity.pk))
    return page(request, template, {**shown, **(context or {})})


def timeline(
    request: Request,
    sources: Sequence[Source],
    narrowed: HistoryFilter,
    *,
    of: Thing | None = None,
) -> dict[str, Any]:
    """The context of m3console/_history.html: a page of the sources' changes, and its neighbours.

    It is that `of` one thing, or of a whole organization, where each entry says what it is about.
    """
    before = Position.parse(request.GET.get("cursor", ""))
    rows, end = changes(sources, before=before, limit=PAGE, where=narrowed.where, among=narrowed.among)
    params = request.GET
    return {
        "looked_back_to": end.at if end and len(rows) < PAGE else None,
        "days": days(
            transactions(rows),
            whole_for="" if of else request.membership.role,
            told=Told(of, [source.sentences for source in sources]),
        ),
        "narrowed": narrowed,
        "older_url": address(params, cursor=end) if end else "",
        "newest_url": address(params) if before else "",
    }


def days(found: Sequence[Transaction], *, whole_for: str = "", told: Told = NOBODYS) -> list[Day]:
    """The transactions in words, by the organization's days; with what they are about for a role."""
    names = _names(found, told)
    things = concerned(found, whole_for) if whole_for else {}
    events = [_event(each, names, things, told) for each in found]
    by_day = groupby(events, key=lambda event: event.at.astimezone(zone()).date())
    return [Day(day, list(each)) for day, each in by_day]


def in_words(action: str) -> str:
    """A dotted action as a sentence: "child_account.removed" is "Removed child account"."""
    noun, _, verb = action.rpartition(".")
    return f"{verb.replace('_', '-')} {noun.replace('_', ' ').replace('.', ' ')}".strip().capitalize()


def _event(transaction: Transaction, names: Names, things: Things, story: Told) -> ShownEvent:
    told = transaction.context
    about = list(dict.fromkeys(things[thing_of(row)] for row in reversed(transaction.changes) if things))
    several = len(about) > 1
    kind = transaction.changes[0].kind
    return ShownEvent(
        at=transaction.at,
        actor=(told.get("actor_name") or "The system") if told else OUTSIDE,
        source=str(told.get("source") or "unknown") if told else "SQL",
        sentence=story.sentence(transaction, names)
        or (in_words(told["action"]) if told.get("action") else BY_SQL.get(kind, "Changed by SQL")),
        reason=str(told.get("reason") or ""),
        request_id=str(told.get("request") or ""),
        changes=[
            _shown(row, change, names, named=several if things else bool(row.rank))
            for row in reversed(transaction.changes)
            for change in _fields(row, whole=bool(things))
            if not story.says_already(transaction, row, change)
        ],
        about=about[:NAMED],
        more=max(0, len(about) - NAMED),
    )


def _fields(row: RowChange, *, whole: bool) -> list[FieldChange]:
    """A deleted row of a related kind is one line of its own; its values are in the lines before."""
    if row.kind == "delete" and (row.rank or whole):
        return [FieldChange(row.event.pgh_tracked_model._meta.pk, new="deleted")]
    return [part for change in row.fields for part in _parts(change)]


def _parts(change: FieldChange) -> list[FieldChange]:
    """Custom fields are told one by one, those that differ."""
    if not isinstance(change.model_field, CustomFieldsField):
        return [change]
    old, new = change.old or {}, change.new or {}
    return [
        FieldChange(TextField(f"custom field {name}"), old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _shown(row: RowChange, change: FieldChange, names: Names, *, named: bool) -> ShownChange:
    """A field's change in words; `named` says of which row, where there may be several."""
    label = str(change.model_field.verbose_name)
    if named:
        which = kind_and_name(row)
        label = which if change.model_field.primary_key else f"{which}, {label}"
    return ShownChange(
        field=label[:1].upper() + label[1:],
        old=_words(change.model_field, change.old, names),
        new=_words(change.model_field, change.new, names),
        hidden=change.hidden,
    )


def _words(field: Any, value: Any, names: Names) -> str:
    if value is None or value == "":
        return ""
    if field.is_relation:
        return names.get((field.related_model, value), str(value))
    # A part of the custom fields is a field of no model.
    model = getattr(field, "model", None)
    if words := model and extensions(model._meta.label_lower).history_words.get(field.name):
        return words(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain(field, value)


def _plain(field: Any, value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            local = value.astimezone(zone())
            return f"{day_text(local)}, {local:%H:%M} {zone_name(local)}"
        case date():
            ends = field.name.startswith("end")
            called = getattr(field.model, "LAST_DAY", "last billed day")
            last = f" ({called}: {day_text(value - timedelta(days=1))})" if ends else ""
            return day_text(value) + last
        case Decimal() | int():
            return spelled(value)
        case dict() | list():
            return _held(value)
        case _:
            return str(value)


def _held(value: Any) -> str:
    """What a list or a mapping holds: "region: eu-north", "0, 5000"."""
    match value:
        case dict():
            return ", ".join(f"{key}: {_held(each)}" for key, each in sorted(value.items()))
        case list():
            parts = "; " if any(isinstance(each, dict | list) for each in value) else ", "
            return parts.join(map(_held, value))
        case None:
            return "none"
        case _:
            return str(value)


def _names(found: Iterable[Transaction], told: Told) -> dict[tuple[type, Any], str]:
    """What the keys among the changes point to: one query for each kind; what is gone shows its key."""
    wanted: dict[Any, set[Any]] = {}
    for transaction in found:
        for row in transaction.changes:
            for change in (*row.fields, *told.named(transaction, row)):
                if change.model_field.is_relation:
                    keys = {key for key in (change.old, change.new) if key is not None}
                    wanted.setdefault(change.model_field.related_model, set()).update(keys)
    return {
        (model, key): str(getattr(one, "name", "") or getattr(one, "code", "") or one)
        for model, keys in wanted.items()
        for key, one in model._base_manager.in_bulk(keys).items()
    }
