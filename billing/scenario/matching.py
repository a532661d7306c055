"""Comparing what a scenario came to with what it expects (spec 5, Matching)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

# Lists whose elements are found by a key of theirs rather than by position.
FOUND_BY = {
    "bands": "lowerLimit",
    "errors": "step",
    "failures": "account",
    "commitments": "code",
    "balances": "code",
}
SUBSTRINGS = ("reason", "contains")


def differences(
    expected: Mapping[str, Any], actual: Mapping[str, Any], path: str = "expect"
) -> Iterator[str]:
    """One sentence a difference, each beginning with its JSON path; keys left out are not compared."""
    for key, value in expected.items():
        if key == "partial":
            continue
        here = f"{path}.{key}"
        if isinstance(value, list):
            yield from _list_differences(
                value, actual.get(key) or [], here, key, partial=bool(expected.get("partial"))
            )
        elif isinstance(value, dict) and key != "segment":
            yield from differences(value, actual.get(key) or {}, here)
        elif not _equal(key, value, actual):
            shown = actual.get("message") if key == "contains" else actual.get(key)
            yield f"{here}: expected {_shown(value)}, found {_shown(shown)}"


def _list_differences(
    expected: Sequence[Any], actual: Sequence[Any], path: str, name: str, *, partial: bool
) -> Iterator[str]:
    if partial:
        for number, element in enumerate(expected):
            if not any(_matches(element, other) for other in actual):
                here = f"{path}[{number}]"
                nearest = min(
                    (list(differences(element, other, here)) for other in actual), key=len, default=[]
                )
                yield f"{here}: matches none of {len(actual)}; nearest: {'; '.join(nearest) or 'none'}"
        return
    if len(expected) != len(actual):
        yield f"{path}: expected {len(expected)} element(s), found {len(actual)}: {_shown(_brief(actual))}"
        return
    key = FOUND_BY.get(name)
    for number, element in enumerate(expected):
        if not isinstance(element, dict):
            if element != actual[number]:
                yield f"{path}[{number}]: expected {_shown(element)}, found {_shown(actual[number])}"
            continue
        other = actual[number] if key is None else _found(element, actual, key)
        if other is None:
            yield f"{path}[{number}]: nothing has {key} {_shown(element.get(key))}"
        else:
            yield from differences(element, other, f"{path}[{number}]")


def _found(element: Mapping[str, Any], actual: Sequence[Any], key: str) -> Any:
    """The first element with this key that matches, else the first with this key."""
    same = [other for other in actual if _same(element.get(key), other.get(key))]
    return next((other for other in same if _matches(element, other)), same[0] if same else None)


def _matches(element: Any, other: Any) -> bool:
    return next(differences(element, other), None) is None if isinstance(element, dict) else element == other


def _equal(key: str, value: Any, actual: Mapping[str, Any]) -> bool:
    if key in SUBSTRINGS:
        return str(value).lower() in str(actual.get("message" if key == "contains" else key, "")).lower()
    return key in actual and _same(value, actual[key])


def _same(value: Any, other: Any) -> bool:
    if value == other and type(value) is type(other):
        return True
    if isinstance(value, bool) or isinstance(other, bool) or value is None or other is None:
        return False
    try:
        return Decimal(str(value)) == Decimal(str(other))
    except InvalidOperation:
        return False


def _brief(actual: Sequence[Any]) -> list[Any]:
    keys = ("account", "billDate", "type", "subtotal", "total", "reason", "message", "lowerLimit")
    return [{k: e[k] for k in keys if k in e} if isinstance(e, dict) else e for e in actual[:8]]


def _shown(value: Any) -> str:
    return repr(str(value)) if isinstance(value, Decimal) else repr(value)
