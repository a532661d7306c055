"""Rows of usage as they come in, and what a row that can be stored looks like.

Each row is checked by itself: a known meter, only that meter's fields, exact numbers, clean text and
sane instants (spec 3, Usage; spec 6, In particular). What a row breaks is said in one sentence.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from billing.usage.derived import derive
from billing.usage.meters import MeterShape
from billing.usage.models import EventKind
from billing.usage.values import (
    Refusal,
    account_code,
    given,
    instant,
    number_value,
    quoted,
    text_value,
    uid_text,
)
from billing.usage.written import content, digest

CLOCK_SKEW = timedelta(minutes=5)


class Row(NamedTuple):
    """One measurement as it was sent. Instants are text or datetimes, values are by data-field code.

    `categories` says under which category each value was sent, in formats that say so. `payload` is
    what an ingest event shows; without one it is made of the other parts. `line` counts from 1 in
    the file, `size` is the row's length there in bytes.
    """

    uid: str | None
    account: object
    meter: object
    ts: object
    ets: object
    values: Mapping[str, object]
    line: int | None = None
    payload: Mapping[str, object] | None = None
    categories: Mapping[str, str] | None = None
    size: int = 0

    def as_sent(self) -> dict[str, object]:
        if self.payload is not None:
            return dict(self.payload)
        head = {"uid": self.uid, "account": self.account, "meter": self.meter, "ts": self.ts, "ets": self.ets}
        return {name: value for name, value in head.items() if value is not None} | dict(self.values)


class Refused(NamedTuple):
    """A row that is not stored, with the reason as a sentence."""

    kind: str
    reason: str
    line: int | None
    payload: Mapping[str, object]
    account: str = ""
    meter: str = ""
    size: int = 0


class Checked(NamedTuple):
    """A row that can be stored once its account is known; `content` is the rest of it, written one way.

    `sent` is the content without what was derived from it: what is sent again is told by that.
    """

    row: Row
    account: str
    meter: MeterShape
    uid: str | None
    ts: datetime
    content: str
    sent: str

    def with_uid(self) -> "Checked":
        """The row with a uid made of its content, unless it was sent with one."""
        made = digest(f"{self.account}\t{self.meter.code}\t{self.sent}")
        return self if self.uid else self._replace(uid=made)


class Prepared(NamedTuple):
    """A chunk of rows, checked against the meters as they were."""

    meters: dict[str, MeterShape]
    checked: list[Checked]
    refused: list[Refused]


def refused(row: Row, refusal: Refusal) -> Refused:
    account = row.account if isinstance(row.account, str) else ""
    meter = row.meter if isinstance(row.meter, str) else ""
    return Refused(refusal.code, refusal.message, row.line, row.as_sent(), account, meter, row.size)


def prepare(rows: Iterable[Row | Refused], meters: dict[str, MeterShape], now: datetime) -> Prepared:
    """Check every row by itself."""
    checked, turned_away = [], []
    for row in rows:
        if isinstance(row, Refused):
            turned_away.append(row)
            continue
        try:
            checked.append(check(row, meters, now))
        except Refusal as refusal:
            turned_away.append(refused(row, refusal))
    return Prepared(meters, checked, turned_away)


def check(row: Row, meters: Mapping[str, MeterShape], now: datetime) -> Checked:
    """The row, ready to be stored. Raises Refusal."""
    meter = meters.get(given(row.meter, "meter"))
    if meter is None:
        raise Refusal(EventKind.UNKNOWN_METER, f"There is no meter {quoted(row.meter)}.", field="meter")
    account = account_code(row.account)
    ts = instant(row.ts, "ts")
    if ts > now + CLOCK_SKEW:
        reason = f"ts lies in the future, by more than five minutes: {row.ts}."
        raise Refusal(EventKind.INVALID_TIMESTAMP, reason, field="ts")
    ets = None if row.ets in (None, "") else instant(row.ets, "ets")
    if ets is not None and ets < ts:
        raise Refusal(EventKind.INVALID_TIMESTAMP, "The end, ets, lies before ts.", field="ets")
    dims, vals = _values(row, meter)
    uid = uid_text(row.uid)
    stored = sent = content(ts, ets, dims, vals)
    if meter.derived:
        stored = content(ts, ets, *derive(meter, ts, dims, vals))
    return Checked(row, account, meter, uid, ts, stored, sent)


def _values(row: Row, meter: MeterShape) -> tuple[list[str | None], list[str | None]]:
    dims: list[str | None] = [None] * meter.texts
    vals: list[str | None] = [None] * meter.numbers
    empty = True
    for code, value in row.values.items():
        if value is None or value == "":
            continue
        field = meter.fields.get(code)
        if field is None:
            raise _unknown(code, meter)
        if row.categories is not None and row.categories[code] != field.category:
            raise Refusal(
                EventKind.UNKNOWN_FIELD,
                f"{code} of meter {meter.code} is {field.category}, not {row.categories[code]}.",
            )
        if field.numeric:
            vals[field.position] = number_value(code, value)
        else:
            dims[field.position] = text_value(code, value, field.longest)
        empty = False
    if empty:
        raise Refusal(EventKind.MISSING_FIELD, f"There is no value for any data field of {meter.code}.")
    return dims, vals


def _unknown(code: str, meter: MeterShape) -> Refusal:
    if code in meter.derived:
        reason = f"{code} of meter {meter.code} is calculated from other fields. Leave it out."
    else:
        reason = f"{quoted(code)} is no data field of meter {meter.code}."
    return Refusal(EventKind.UNKNOWN_FIELD, reason, field=code)
