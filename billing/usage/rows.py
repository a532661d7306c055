"""Rows of usage as they come in, and what a row that can be stored looks like.

Each row is checked by itself: a known meter, only that meter's fields, exact numbers, clean text and
sane instants (spec 3, Usage; spec 6, In particular). What a row breaks is said in one sentence.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from django.core.exceptions import ValidationError

from billing.usage.meters import MeterShape
from billing.usage.models import EventKind
from m3console.core.forms import exact
from m3console.core.text import code_valid, text_valid

MAX_UID = 50
MAX_ACCOUNT_CODE = 80
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,20})?)?(Z|[+-]\d\d(:?\d\d)?)?)?\Z"
    r"|\d{8}T\d{4}(\d\d)?(Z|[+-]\d{4})?\Z",
    re.ASCII,
)
# Numbers that are written the one way in which we keep them; nearly all are.
PLAIN = re.compile(r"(?!-0\Z)-?(?:0|[1-9]\d{0,17})(?:\.\d{0,17}[1-9])?\Z", re.ASCII)


class NumberText(str):
    """A number's text that came as a number, not in quotes: no value of a text field."""

    __slots__ = ()


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
    """A row that can be stored once its account is known. `vals` are numbers written the one way."""

    row: Row
    account: str
    meter: MeterShape
    uid: str | None
    ts: datetime
    ets: datetime | None
    dims: list[str | None]
    vals: list[str | None]

    def with_uid(self) -> "Checked":
        """The row with a uid made of its content, unless it was sent with one."""
        return self if self.uid else self._replace(uid=self.content(self.account).hex())

    def content(self, account: object) -> bytes:
        """A digest of everything but the uid, in which equal numbers and equal instants are equal."""
        parts = (account, self.meter.id, self.ts, self.ets, self.dims, self.vals)
        return blake2b(repr(parts).encode(), digest_size=16).digest()


class Prepared(NamedTuple):
    """A chunk of rows, checked against the meters as they were."""

    meters: dict[str, MeterShape]
    checked: list[Checked]
    refused: list[Refused]


class Refusal(Exception):
    """Why a row cannot be stored."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason

    def of(self, row: Row) -> Refused:
        account = row.account if isinstance(row.account, str) else ""
        meter = row.meter if isinstance(row.meter, str) else ""
        return Refused(self.kind, self.reason, row.line, row.as_sent(), account, meter, row.size)


def prepare(rows: Iterable[Row | Refused], meters: dict[str, MeterShape], now: datetime) -> Prepared:
    """Check every row by itself."""
    checked, refused = [], []
    for row in rows:
        if isinstance(row, Refused):
            refused.append(row)
            continue
        try:
            checked.append(check(row, meters, now))
        except Refusal as refusal:
            refused.append(refusal.of(row))
    return Prepared(meters, checked, refused)


def check(row: Row, meters: Mapping[str, MeterShape], now: datetime) -> Checked:
    """The row, ready to be stored. Raises Refusal."""
    meter = meters.get(_given(row.meter, "meter"))
    if meter is None:
        raise Refusal(EventKind.UNKNOWN_METER, f"There is no meter {_quoted(row.meter)}.")
    account = _account(row.account)
    ts = instant(row.ts, "ts", now)
    ets = None if row.ets is None else instant(row.ets, "ets", now)
    if ets is not None and ets < ts:
        raise Refusal(EventKind.INVALID_TIMESTAMP, "The end, ets, lies before ts.")
    dims, vals = _values(row, meter)
    return Checked(row, account, meter, _uid(row.uid), ts, ets, dims, vals)


def instant(value: object, name: str, now: datetime) -> datetime:
    """An instant in UTC from ISO 8601; without an offset it is UTC, digits beyond microseconds are cut.

    Raises Refusal for anything else, before 1970, or more than five minutes ahead of `now`.
    """
    if isinstance(value, datetime):
        moment = value
    else:
        moment = _parsed(_given(value, name), name)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elif moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            raise Refusal(EventKind.INVALID_TIMESTAMP, f"{name} lies outside the calendar.") from None
    if moment > now + CLOCK_SKEW:
        raise Refusal(
            EventKind.INVALID_TIMESTAMP, f"{name} lies in the future, by more than five minutes: {value}"
        )
    if moment < EARLIEST:
        raise Refusal(EventKind.INVALID_TIMESTAMP, f"{name} lies before 1970: {value}")
    return moment


def number(text: str) -> str:
    """An exact number written the one way: no exponent, no needless zeros. Raises ValueError."""
    if PLAIN.match(text):
        return text
    return plain(exact(text))


def plain(value: Decimal) -> str:
    written = f"{value:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _given(value: object, name: str) -> str:
    if value is None or value == "":
        raise Refusal(EventKind.MISSING_FIELD, f"The {name} is missing.")
    if type(value) is not str:
        raise Refusal(EventKind.MALFORMED_ROW, f"The {name} is not a text.")
    return value


def _account(value: object) -> str:
    code = _given(value, "account")
    if not (code.isascii() and code.isprintable() and code[0] != " " and code[-1] != " "):
        try:
            code_valid(code)
        except ValidationError as problem:
            raise Refusal(EventKind.UNKNOWN_ACCOUNT, problem.messages[0]) from None
    if len(code) > MAX_ACCOUNT_CODE:
        raise Refusal(
            EventKind.UNKNOWN_ACCOUNT, f"An account code has at most {MAX_ACCOUNT_CODE} characters."
        )
    return code


def _uid(value: object) -> str | None:
    if value is None or value == "":
        return None
    if type(value) is not str:
        raise Refusal(EventKind.MALFORMED_ROW, "The uid is not a text.")
    if len(value) > MAX_UID:
        raise Refusal(EventKind.MALFORMED_ROW, f"A uid has at most {MAX_UID} characters.")
    if not value.isprintable() or value[0] == " " or value[-1] == " ":
        raise Refusal(
            EventKind.MALFORMED_ROW, "A uid has no invisible characters and no space at its ends."
        )
    return value


def _parsed(text: str, name: str) -> datetime:
    try:
        if not TIMESTAMP.match(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            EventKind.INVALID_TIMESTAMP,
            f"{name} is not a date and time: {_quoted(text)}. Write it like 2026-05-31T23:59:59Z.",
        ) from None


def _values(row: Row, meter: MeterShape) -> tuple[list[str | None], list[str | None]]:
    dims: list[str | None] = [None] * meter.texts
    vals: list[str | None] = [None] * meter.numbers
    empty = True
    for code, value in row.values.items():
        if value is None or value == "":
            continue
        field = meter.fields.get(code)
        if field is None:
            raise Refusal(EventKind.UNKNOWN_FIELD, f"{_quoted(code)} is no data field of meter {meter.code}.")
        if row.categories is not None and row.categories[code] != field.category:
            raise Refusal(
                EventKind.UNKNOWN_FIELD,
                f"{code} of meter {meter.code} is {field.category}, not {row.categories[code]}.",
            )
        if field.numeric:
            vals[field.position] = _number(code, value)
        else:
            dims[field.position] = _text(code, value, field.longest)
        empty = False
    if empty:
        raise Refusal(EventKind.MISSING_FIELD, f"There is no value for any data field of {meter.code}.")
    return dims, vals


def _number(code: str, value: object) -> str:
    try:
        if isinstance(value, str):
            return number(value)
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return plain(exact(str(value)))
    except ValueError as problem:
        raise Refusal(EventKind.INVALID_VALUE, f"{code}: {problem}") from None
    raise Refusal(EventKind.INVALID_VALUE, f"{code} is not a number.")


def _text(code: str, value: object, longest: int) -> str:
    if type(value) is not str:
        raise Refusal(EventKind.INVALID_VALUE, f"{code} is not a text.")
    if len(value) > longest:
        raise Refusal(EventKind.INVALID_VALUE, f"{code} has more than {longest} characters.")
    if not value.isprintable():
        try:
            text_valid(value)
        except ValidationError as problem:
            raise Refusal(EventKind.INVALID_VALUE, f"{code}: {problem.messages[0]}") from None
    return value


def _quoted(value: object) -> str:
    text = str(value)
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”"
