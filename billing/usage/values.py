"""The parts of a row: codes, instants, numbers and texts, each exactly as the rules allow it."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError

from billing.usage.models import EventKind
from m3console.core.errors import RuleViolation
from m3console.core.exact import exact
from m3console.core.text import code_valid, text_valid

MAX_UID = 50
MAX_ACCOUNT_CODE = 80
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


class Refusal(RuleViolation):
    """Why a row cannot be stored: the kind of its ingest event, and the part that it is about."""

    def __init__(self, kind: str, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason, field=field, code=kind)


def given(value: object, name: str) -> str:
    if value is None or value == "":
        raise Refusal(EventKind.MISSING_FIELD, f"The {name} is missing.", field=name)
    if type(value) is not str:
        raise Refusal(EventKind.MALFORMED_ROW, f"The {name} is not a text.", field=name)
    return value


def account_code(value: object) -> str:
    """A code that an account may have (spec 1). Raises Refusal."""
    code = given(value, "account")
    if not (code.isascii() and code.isprintable() and code[0] != " " and code[-1] != " "):
        try:
            code_valid(code)
        except ValidationError as problem:
            raise Refusal(EventKind.UNKNOWN_ACCOUNT, problem.messages[0], field="account") from None
    if len(code) > MAX_ACCOUNT_CODE:
        reason = f"An account code has at most {MAX_ACCOUNT_CODE} characters."
        raise Refusal(EventKind.UNKNOWN_ACCOUNT, reason, field="account")
    return code


def uid_text(value: object) -> str | None:
    """The sender's uid; None where there is none. Raises Refusal."""
    if value is None or value == "":
        return None
    if type(value) is not str:
        raise Refusal(EventKind.MALFORMED_ROW, "The uid is not a text.", field="uid")
    if len(value) > MAX_UID:
        raise Refusal(EventKind.MALFORMED_ROW, f"A uid has at most {MAX_UID} characters.", field="uid")
    if not value.isprintable() or value[0] == " " or value[-1] == " ":
        reason = "A uid has no invisible characters and no space at its ends."
        raise Refusal(EventKind.MALFORMED_ROW, reason, field="uid")
    return value


def instant(value: object, name: str) -> datetime:
    """An instant in UTC from ISO 8601; without an offset it is UTC, digits beyond microseconds are cut.

    Raises Refusal for anything else, or an instant before 1970.
    """
    moment = value if isinstance(value, datetime) else _parsed(given(value, name), name)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    elif moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            reason = f"{name} lies outside the calendar: {value}."
            raise Refusal(EventKind.INVALID_TIMESTAMP, reason, field=name) from None
    if moment < EARLIEST:
        raise Refusal(EventKind.INVALID_TIMESTAMP, f"{name} lies before 1970: {value}.", field=name)
    return moment


def _parsed(text: str, name: str) -> datetime:
    try:
        if not TIMESTAMP.match(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError:
        reason = f"{name} is not a date and time: {quoted(text)}. Write it like 2026-05-31T23:59:59Z."
        raise Refusal(EventKind.INVALID_TIMESTAMP, reason, field=name) from None


def number(text: str) -> str:
    """An exact number written the one way: no exponent, no needless zeros. Raises ValueError."""
    return text if PLAIN.match(text) else plain(exact(text))


def plain(value: Decimal) -> str:
    written = f"{value:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def number_value(code: str, value: object) -> str:
    """The value of a number field, as text. Raises Refusal."""
    try:
        if isinstance(value, str):
            return number(value)
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return plain(exact(str(value)))
    except ValueError as problem:
        raise Refusal(EventKind.INVALID_VALUE, f"{code}: {problem}", field=code) from None
    raise Refusal(EventKind.INVALID_VALUE, f"{code} is not a number.", field=code)


def text_value(code: str, value: object, longest: int) -> str:
    """The value of a text field of at most `longest` characters. Raises Refusal."""
    if type(value) is not str:
        raise Refusal(EventKind.INVALID_VALUE, f"{code} is not a text.", field=code)
    if len(value) > longest:
        raise Refusal(EventKind.INVALID_VALUE, f"{code} has more than {longest} characters.", field=code)
    if not value.isprintable():
        try:
            text_valid(value)
        except ValidationError as problem:
            raise Refusal(EventKind.INVALID_VALUE, f"{code}: {problem.messages[0]}", field=code) from None
    return value


def quoted(value: object) -> str:
    text = str(value)
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”"
