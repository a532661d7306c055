"""Measurements as JSON (spec 5): values under their lower-case category. A line of JSON Lines is one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from billing.usage.models import EventKind
from billing.usage.rows import Refused, Row
from billing.usage.values import NumberText, Refusal, quoted
from m3console.core.csv_files.lines import Lines
from plans.models import Category, Meter

HEAD = ("uid", "account", "meter", "ts", "ets")
CATEGORIES = {str(category).lower(): str(category) for category in Category.values}


class JsonRows:
    """The measurements of a JSON Lines file, of one meter if one is given."""

    columns: Sequence[str] = ()

    def __init__(self, lines: Lines, meter: Meter | None) -> None:
        self._lines = lines
        self._meter = meter.code if meter else None

    def __iter__(self) -> Iterator[Row | Refused]:
        for line in self._lines:
            if line.blank:
                continue
            payload = {"row": line.shown()}
            try:
                if line.too_long:
                    raise Refusal(EventKind.MALFORMED_ROW, "The line is longer than a measurement can be.")
                row = measurement_row(read_json(line.raw), meter=self._meter)
            except Refusal as refusal:
                yield Refused(refusal.code, refusal.message, line.number, payload, size=line.size)
            else:
                yield row._replace(line=line.number, payload=payload, size=line.size)


def measurement_row(found: object, *, meter: str | None = None) -> Row:
    """A measurement's JSON object as a row; numbers may be decimals, or text that is one.

    With `meter` it need not name its meter, and must not name another. Raises Refusal.
    """
    if not isinstance(found, dict):
        raise Refusal(EventKind.MALFORMED_ROW, "A measurement is a JSON object.")
    for key in found:
        if key not in HEAD and key not in CATEGORIES:
            raise Refusal(EventKind.UNKNOWN_FIELD, f"{quoted(key)} is no part of a measurement.", field=key)
    if meter is not None and found.get("meter") not in (None, meter):
        raise Refusal(EventKind.UNKNOWN_METER, f"The measurement is not one of meter {meter}.", field="meter")
    values: dict[str, object] = {}
    categories: dict[str, str] = {}
    for key, category in CATEGORIES.items():
        for code, value in _group(found.get(key), key).items():
            if code in values:
                raise Refusal(
                    EventKind.UNKNOWN_FIELD,
                    f"{quoted(code)} stands under both {categories[code].lower()} and {key}.",
                    field=code,
                )
            values[code], categories[code] = value, category
    uid, account, own_meter, ts, ets = (found.get(name) for name in HEAD)
    return Row(uid, account, own_meter or meter, ts, ets, values, categories=categories)


def _group(found: object, key: str) -> Mapping[str, object]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refusal(EventKind.MALFORMED_ROW, f"{key} is not a JSON object of values by field.", field=key)
    return found


def read_json(raw: bytes) -> Any:
    """A JSON text with its numbers as they were written. Raises Refusal, saying what is wrong.

    NaN and infinity are no JSON, though Python would read them; a name that comes twice is refused,
    where Python would keep the last.
    """
    try:
        return json.loads(
            raw.decode(),
            parse_float=NumberText,
            parse_int=NumberText,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        raise Refusal(EventKind.MALFORMED_ROW, "The line is not UTF-8.") from None
    except json.JSONDecodeError as problem:
        reason = f"The line is not JSON: {problem.msg} at character {problem.pos + 1}."
        raise Refusal(EventKind.MALFORMED_ROW, reason) from None
    except RecursionError:
        raise Refusal(EventKind.MALFORMED_ROW, "The JSON is nested too deeply.") from None


def _refuse_constant(name: str) -> object:
    raise Refusal(EventKind.INVALID_VALUE, f"{name} is not a number.")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refusal(EventKind.MALFORMED_ROW, f"{quoted(twice)} stands twice in one object.")
    return found
