"""What the triggers recorded, read back as changes: who, when, from where, which fields, why.

One event row holds a row's values after a change; what it changed is its difference to the event
before it of the same row. A change outside of any action has no context and is shown as such.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value

UNREMARKABLE: Final = frozenset(
    {"id", "organization", "version", "created_at", "created_by", "updated_at", "updated_by"}
)
WINDOW: Final = 10_000
"""So many events of each kind are looked through for what no index knows."""
# What a new row need not say of itself.
UNSAID: Final[tuple[Any, ...]] = (None, "", [], {}, False)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows whose changes belong to a history: events of `model` whose values match.

    Matched are the event rows, not the rows themselves, so that deleted rows are found too. `shown` narrows
    them down to those that the reader may see. `sentences` say, by action and kind of change, what an act on
    these rows alone is to the reader: "Added child account {child}", with names of fields.
    """

    model: Any
    matching: Mapping[str, Any]
    shown: Q = field(default_factory=Q)
    sentences: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def events(self) -> models.QuerySet[Any]:
        events: models.QuerySet[Any] = self.model.pgh_event_model.objects.filter(self.shown, **self.matching)
        return events


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's stored values before and after; `hidden` for a personal one, which is not recorded."""

    model_field: Any
    old: Any = None
    new: Any = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class RowChange:
    """What happened to one row: `kind` is insert, update or delete; `rank` is its source's number."""

    rank: int
    kind: str
    event: Any
    fields: list[FieldChange]

    @property
    def at(self) -> datetime:
        return self.event.pgh_created_at  # type: ignore[no-any-return]

    @property
    def context(self) -> Mapping[str, Any]:
        """Action, actor, source, request and reason; empty for a change outside of any action."""
        context = self.event.pgh_context
        return context.metadata if context else {}


@dataclass(slots=True)
class Transaction:
    """The changes that one transaction made, newest first."""

    at: datetime
    context_id: UUID | None
    context: Mapping[str, Any]
    changes: list[RowChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of history ends, in the one order of all its sources."""

    at: datetime
    rank: int
    event_id: int

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """The position that a URL names; None where it names none."""
        at, _, rest = text.partition("~")
        rank, _, event_id = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment, int(rank), int(event_id)) if moment.tzinfo else None
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.rank}~{self.event_id}"

    @property
    def newness(self) -> tuple[datetime, int, int]:
        """The greater, the earlier in the one order."""
        return self.at, -self.rank, self.event_id

    def older(self, rank: int) -> Q:
        """The events of a source that come after this position, reading backwards in time."""
        earlier, same = Q(pgh_created_at__lt=self.at), Q(pgh_created_at=self.at)
        if rank < self.rank:
            return earlier
        return earlier | (same & Q(pgh_id__lt=self.event_id) if rank == self.rank else same)


def changes(
    sources: Sequence[Source],
    *,
    before: Position | None = None,
    limit: int,
    where: Q | None = None,
    among: Q | None = None,
) -> tuple[list[RowChange], Position | None]:
    """The newest changes of all sources, at most `limit`, and the position to go on from, if any.

    `where` narrows the event rows down by their indexes. `among` may say what no index knows: then only the
    newest WINDOW events of each source are looked through, and the position is where that ended. One query
    finds them, two for each kind among them read them.
    """
    events = [
        source.events().filter(where or Q(), before.older(rank) if before else Q())
        for rank, source in enumerate(sources)
    ]
    bound = _bound(events) if among else None
    looked_at = [_window(each).filter(among) if among else each for each in events]
    found = _places([_newest(each, rank, limit + 1) for rank, each in enumerate(looked_at)], limit + 1)
    if bound:
        found = [place for place in found if place.newness >= bound.newness]
    shown = found[:limit]
    end = shown[-1] if len(found) > limit else bound
    return _read(sources, shown), end


def _read(sources: Sequence[Source], shown: Sequence[Position]) -> list[RowChange]:
    events = _events(sources, shown)
    previous = _previous(events.values())
    return [_row_change(at.rank, events[at.rank, at.event_id], previous) for at in shown]


def transactions(rows: Iterable[RowChange]) -> list[Transaction]:
    """The changes put together by the act that made them: a transaction, or several with one context."""
    found: list[Transaction] = []
    for row in rows:
        context = row.event.pgh_context_id
        if not found or found[-1].context_id != context or (context is None and found[-1].at != row.at):
            found.append(Transaction(row.at, row.event.pgh_context_id, row.context))
        found[-1].changes.append(row)
    return found


def _window(events: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Of a source's events, those that are looked through one by one."""
    newest = events.order_by("-pgh_created_at", "-pgh_id").values("pgh_id")[:WINDOW]
    window: models.QuerySet[Any] = events.model.objects.filter(pgh_id__in=newest)
    return window


def _bound(sources: Sequence[models.QuerySet[Any]]) -> Position | None:
    """The newest end of all windows that are full: up to there every event is looked at."""
    last = [_newest(events, rank, WINDOW)[WINDOW - 1 : WINDOW] for rank, events in enumerate(sources)]
    return max(_places(last, len(last)), key=lambda place: place.newness, default=None)


def _places(parts: Sequence[models.QuerySet[Any]], limit: int) -> list[Position]:
    """The newest places of all parts, in their one order."""
    newest = parts[0]
    if len(parts) > 1:
        whole = newest.union(*parts[1:], all=True)
        newest = whole.order_by("-pgh_created_at", "rank", "-pgh_id")[:limit]
    return [Position(*row) for row in newest]


def _newest(events: models.QuerySet[Any], rank: int, limit: int) -> models.QuerySet[Any]:
    """The places of the newest events of one source: when, the source's number, which."""
    ordered = events.order_by("-pgh_created_at", "-pgh_id").annotate(rank=Value(rank))
    places: models.QuerySet[Any] = ordered.values_list("pgh_created_at", "rank", "pgh_id")[:limit]
    return places


def _events(sources: Sequence[Source], places: Sequence[Position]) -> dict[tuple[int, int], Any]:
    """The events at these places, by rank and id, each with the id of the one before it of its row."""
    wanted: dict[Any, set[int]] = {}
    for place in places:
        wanted.setdefault(sources[place.rank].model.pgh_event_model, set()).add(place.event_id)
    read: dict[tuple[Any, int], Any] = {}
    for model, ids in wanted.items():
        earlier = model.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
        last = Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1])
        rows = model.objects.filter(pgh_id__in=ids).select_related("pgh_context").annotate(previous_id=last)
        read |= {(model, event.pgh_id): event for event in rows}
    return {
        (place.rank, place.event_id): read[sources[place.rank].model.pgh_event_model, place.event_id]
        for place in places
    }


def _previous(events: Iterable[Any]) -> dict[tuple[type, int], Any]:
    """The event before each, by event model and id: one query for each model."""
    wanted: dict[Any, set[int]] = {}
    for event in events:
        if event.previous_id:
            wanted.setdefault(type(event), set()).add(event.previous_id)
    return {
        (model, pk): event
        for model, ids in wanted.items()
        for pk, event in model.objects.in_bulk(ids, field_name="pgh_id").items()
    }


def _row_change(rank: int, event: Any, previous: Mapping[tuple[type, int], Any]) -> RowChange:
    before = previous.get((type(event), event.previous_id))
    if event.pgh_label == "delete":
        return RowChange(rank, "delete", event, [])
    return RowChange(rank, event.pgh_label, event, _differences(before, event))


def _differences(before: Any, event: Any) -> list[FieldChange]:
    """What differs, the stamps left out unless nothing else does; personal fields by name only."""
    model, differing = event.pgh_tracked_model, []
    recorded = {f.name for f in event._meta.fields}
    for each in model._meta.fields:
        if each.name not in recorded or each.name == "personal_changed":
            continue
        old, new = (getattr(row, each.attname, None) for row in (before, event))
        if old != new and not (before is None and new in UNSAID):
            differing.append(FieldChange(each, old, new))
    if event.pgh_label == "update":
        named = set(getattr(event, "personal_changed", ()))
        differing += [FieldChange(f, hidden=True) for f in model._meta.fields if f.column in named]
    return [one for one in differing if one.model_field.name not in UNREMARKABLE] or (
        differing if event.pgh_label == "update" else []
    )
