"""Who does what, and why: every transaction that changes something is an action with an actor.

Triggers of django-pghistory write one event per changed row, also for bulk and raw SQL. The context
is handed to them by set_config, once per transaction, which reaches COPY and pipelines too; a change
outside of any action is recorded with the context "raw SQL" by its absence.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import pghistory
import pgtrigger
from django.db import connection, models, transaction

from m3console.core.ids import uuid7

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

M = TypeVar("M", bound=type[models.Model])


@dataclass(frozen=True, slots=True)
class Actor:
    """On whose behalf rows change. `source` is console, admin, API, job or command."""

    source: str
    user_id: UUID | None = None
    name: str = ""
    request: str = ""


SYSTEM = Actor(source="command", name="command line")
_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)
_open: ContextVar[str | None] = ContextVar("action", default=None)
_done: ContextVar[int] = ContextVar("done", default=0)


def current_actor() -> Actor:
    return _actor.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Actions within the block are the actor's."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def actor_of(user: "AbstractBaseUser", source: str, request: str = "") -> Actor:
    return Actor(source=source, user_id=user.pk, name=str(user), request=request)


@contextmanager
def action(name: str, *, reason: str = "", act: UUID | None = None, **facts: Any) -> Iterator[None]:
    """One transaction, recorded under a dotted name in the past tense ("account.created").

    An action within an action keeps the outer name: what a person did is what history shows. Transactions
    with the same `act` are one act there.
    """
    if _open.get():
        with transaction.atomic():
            yield
        return
    token = _open.set(name)
    try:
        with transaction.atomic():
            open_context(name, reason=reason, act=act, **facts)
            yield
        _done.set(_done.get() + 1)
    finally:
        _open.reset(token)


def acts_done() -> int:
    """How many actions this thread has committed, ever: whoever compares knows whether one was since."""
    return _done.get()


def open_context(name: str, *, reason: str = "", act: UUID | None = None, **facts: Any) -> None:
    """Tell the triggers of this transaction the action, its actor and its reason."""
    actor = _actor.get()
    described = {
        "action": name,
        "actor": str(actor.user_id) if actor.user_id else None,
        "actor_name": actor.name,
        "source": actor.source,
        "request": actor.request,
        "reason": reason,
        **facts,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('pghistory.context_id', %s, true),"
            " set_config('pghistory.context_metadata', %s, true)",
            [str(act or uuid7()), json.dumps(described, default=str)],
        )


class PersonalChanges(pgtrigger.Trigger):
    """Before an update: the names, never the values, of the personal columns that it changes."""

    when, operation = pgtrigger.Before, pgtrigger.Update

    def __init__(self, *, personal: list[str], **kwargs: Any) -> None:
        self.personal = personal
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> str:
        columns = [model._meta.get_field(name).column for name in self.personal]
        cases = ", ".join(f'CASE WHEN OLD."{c}" IS DISTINCT FROM NEW."{c}" THEN \'{c}\' END' for c in columns)
        return f"NEW.personal_changed := array_remove(ARRAY[{cases}]::text[], NULL); RETURN NEW;"


def _by_time(model: type[models.Model]) -> list[models.Index]:
    """For the history of a whole organization, newest first."""
    if not any(field.name == "organization" for field in model._meta.fields):
        return []
    name = f"{str(model._meta.model_name)[:22]}_history"
    return [models.Index(fields=["organization", "-pgh_created_at", "-pgh_id"], name=name)]


def tracked(*, personal: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Callable[[M], M]:
    """Record every insert, change and deletion of the model's rows; personal fields only as changed.

    A deletion's event repeats the last `personal_changed`, which says nothing of the deletion.
    """

    def wrap(model: M) -> M:
        excluded = {*personal, *without}
        excluded |= {f.name for f in model._meta.fields if isinstance(f, models.GeneratedField)}
        kept = [f.name for f in model._meta.fields if f.name not in excluded and f.name != "personal_changed"]
        changed = pgtrigger.AnyChange(*kept, *personal)
        trackers = (
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(condition=changed),
            pghistory.DeleteEvent(),
        )
        track = pghistory.track(
            *trackers, exclude=sorted(excluded), level=pghistory.Statement, meta={"indexes": _by_time(model)}
        )
        return track(model)  # type: ignore[no-any-return]

    return wrap
