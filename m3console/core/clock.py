"""The one clock. Rules take "now" and "today" from here, so that a test or a simulation can set them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _set.get() or datetime.now(UTC)  # noqa: TID251 (this is the one place)


def today(zone: str) -> date:
    """The billing day that it is in a time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime | date, zone: str = "UTC") -> Iterator[None]:
    """Set the clock within the block; a date means noon of that day in the zone."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12), ZoneInfo(zone))
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
