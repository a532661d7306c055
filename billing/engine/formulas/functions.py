"""Everything a calculation can call: operators by their sign, functions by their name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.engine.formulas.values import (
    EXACT,
    Kind,
    Value,
    ceil,
    divide,
    floor,
    nearest,
    power,
    remainder,
)

MANY = 1000


@dataclass(frozen=True, slots=True)
class Function:
    """An operation of `least` to `most` arguments.

    `takes` is the kind of its arguments, `gives` that of its answer; None: any, but all alike, and the same
    as the arguments. Unless it asks for nulls, null among its arguments is its answer. A lazy one gets an
    iterator that computes an argument when it is asked for.
    """

    name: str
    act: Callable[..., Value]
    least: int = 2
    most: int = 2
    takes: Kind | None = Kind.NUMBER
    gives: Kind | None = Kind.NUMBER
    nulls: bool = False
    lazy: bool = False


def _same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and one == other


def _both(truths: Iterator[Any]) -> bool | None:
    left = next(truths)
    if left is False:
        return False
    right = next(truths)
    return False if right is False else None if left is None else right


def _either(truths: Iterator[Any]) -> bool | None:
    left = next(truths)
    if left is True:
        return True
    right = next(truths)
    return True if right is True else None if left is None else right


def _first_given(values: Iterator[Any]) -> Any:
    first = next(values)
    return next(values) if first is None else first


def _is_among(value: Value, *others: Value) -> bool:
    return any(_same(value, other) for other in others)


def _truth(name: str, act: Callable[[Decimal, Decimal], bool]) -> Function:
    return Function(name, act, gives=Kind.TRUTH)


def _by_name(*functions: Function) -> dict[str, Function]:
    return {function.name: function for function in functions}


UNARY = _by_name(Function("-", EXACT.minus, 1, 1), Function("+", EXACT.plus, 1, 1))
OPERATORS = _by_name(
    Function("+", EXACT.add),
    Function("-", EXACT.subtract),
    Function("*", EXACT.multiply),
    Function("/", divide),
    Function("%", remainder),
    Function("^", power),
    _truth("<", lambda one, other: one < other),
    _truth("<=", lambda one, other: one <= other),
    _truth(">", lambda one, other: one > other),
    _truth(">=", lambda one, other: one >= other),
    Function("==", _same, takes=None, gives=Kind.TRUTH, nulls=True),
    Function("!=", lambda one, other: not _same(one, other), takes=None, gives=Kind.TRUTH, nulls=True),
    Function("AND", _both, takes=Kind.TRUTH, gives=Kind.TRUTH, nulls=True, lazy=True),
    Function("OR", _either, takes=Kind.TRUTH, gives=Kind.TRUTH, nulls=True, lazy=True),
)
FUNCTIONS = _by_name(
    Function("Math.max", max, 2, MANY),
    Function("Math.min", min, 2, MANY),
    Function("Math.floor", floor, 1, 2),
    Function("Math.ceil", ceil, 1, 2),
    Function("Math.round", nearest, 1, 2),
    Function("Math.pow", power),
    Function("Math.abs", lambda number: EXACT.abs(number), 1, 1),
    Function("isnull", _first_given, takes=None, gives=None, nulls=True, lazy=True),
    Function("IN", _is_among, 2, MANY, takes=None, gives=Kind.TRUTH, nulls=True),
)
