"""Reading scenario files: exact numbers, no key twice, no key unknown, no key that is not built yet.

A key of spec 5 whose part of the product is not built is named as an error, unless it holds its default
(null, false, 0, empty), which is the same as leaving it out.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from billing.scenario import keys
from m3console.core.exact import exact


class Unreadable(Exception):  # noqa: N818 (the file is at fault, not the program)
    """The file is no scenario: what is wrong, with the place in the file."""


def read_scenario(path: Path) -> dict[str, Any]:
    """The file as parsed and checked; raises Unreadable, naming the first thing that is wrong."""
    try:
        read = json.loads(
            path.read_bytes().decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
    except (OSError, ValueError, RecursionError) as problem:
        raise Unreadable(f"cannot be read: {problem}") from None
    if not isinstance(read, dict):
        raise Unreadable("does not hold a JSON object.")
    _check(read)
    return read


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(key for n, (key, _) in enumerate(pairs) if key in dict(pairs[:n]))
        raise ValueError(f"“{twice}” is given twice in one object")
    return read


def _check(scenario: Mapping[str, Any]) -> None:
    _known(scenario, keys.TOP, "the file")
    _known(scenario.get("organization", {}), keys.ORGANIZATION, "organization")
    _shaped(scenario.get("organization", {}), "organization")
    _entities(scenario, "")
    for number, step in enumerate(_list(scenario, "steps", "")):
        _step(step, f"steps[{number}]")
    _known(scenario.get("expect", {}), keys.EXPECTED, "expect")


def _entities(holder: Mapping[str, Any], where: str) -> None:
    for name, known in keys.ENTITIES.items():
        for number, item in enumerate(_list(holder, name, where)):
            _known(item, known, f"{where}{name}[{number}]")
            _shaped(item, f"{where}{name}[{number}]")


def _step(step: Any, where: str) -> None:
    if not isinstance(step, dict) or len(step) != 1:
        raise Unreadable(f"{where} is not an object with one key, the step's name.")
    _known(step, keys.STEPS, where)
    name, content = next(iter(step.items()))
    if name in ("measurements", "counterAdjustments"):
        _entities(step, f"{where}.")
    else:
        _known(content, keys.STEP_KEYS[name], f"{where}.{name}")
    if name == "create":
        _entities(content, f"{where}.create.")


def _shaped(item: Mapping[str, Any], where: str) -> None:
    for name, known in keys.SHAPES.items():
        for number, inner in enumerate(_list(item, name, f"{where}.")):
            _known(inner, known, f"{where}.{name}[{number}]")


def _known(found: Any, known: keys.Keys, where: str) -> None:
    if not isinstance(found, dict):
        raise Unreadable(f"{where} is not an object.")
    for key, value in found.items():
        if key not in known:
            raise Unreadable(f"unknown key “{key}” in {where}.")
        if not known[key] and value not in keys.LEFT_OUT:
            raise Unreadable(f"“{key}” in {where} is not built yet.")


def _list(holder: Mapping[str, Any], name: str, where: str) -> Iterable[Any]:
    found = holder.get(name) or []
    if not isinstance(found, list):
        raise Unreadable(f"{where}{name} is not a list.")
    return found


def number(value: Any, where: str = "") -> Decimal:
    """A JSON number or a string of one, as an exact decimal. Raises Unreadable."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Unreadable(f"{where}: {value!r} is not a number.")
    try:
        return exact(str(value))
    except ValueError as problem:
        raise Unreadable(f"{where}: {problem}") from None


def day(value: Any, where: str = "") -> date:
    """A date written YYYY-MM-DD. Raises Unreadable."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(f"{where}: {value!r} is not a date like 2024-07-01.") from None
