"""The oracle's compound aggregations: trees worked out leaf by leaf (spec 2, Aggregation; spec 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.engine.oracle_prices import rounded
from tests.engine.oracle_terms import Aggregation

Tree = tuple[Any, ...]
DIGITS = 28


@dataclass(frozen=True)
class Compound(Aggregation):
    """`tree` is ("of", code), ("number", n), or an operation and its parts: + - * / isnull."""

    inputs: tuple[Aggregation, ...] = ()
    tree: Tree = ("number", Fraction(0))
    evaluates_null: bool = False

    @property
    def calculation(self) -> str:
        return written(self.tree)

    def quantity(self, measured: Mapping[str, Fraction | None]) -> Fraction | None:
        """Base values, or their defaults, in the calculation; none if one is missing, unless null counts."""
        values = {
            each.code: each.default if measured[each.code] is None else measured[each.code]
            for each in self.inputs
        }
        if not self.evaluates_null and None in values.values():
            return None
        return worth(self.tree, values)


def written(tree: Tree) -> str:
    """With a pair of parentheses around every operation."""
    operation, *parts = tree
    if operation == "of":
        return f"aggregation.{parts[0]}"
    if operation == "number":
        return str(parts[0])
    texts = [written(part) for part in parts]
    return f"isnull({', '.join(texts)})" if operation == "isnull" else f"({f' {operation} '.join(texts)})"


def worth(tree: Tree, values: Mapping[str, Fraction | None]) -> Fraction | None:
    """What a tree comes to; an operation on nothing is nothing."""
    operation, *parts = tree
    if operation == "of":
        return values[parts[0]]
    if operation == "number":
        return Fraction(parts[0])
    one, other = (worth(part, values) for part in parts)
    if operation == "isnull":
        return other if one is None else one
    if one is None or other is None:
        return None
    if operation == "/":
        return significant(one / other)
    return {"+": one + other, "-": one - other, "*": one * other}[operation]


def significant(number: Fraction) -> Fraction:
    """A quotient keeps 28 significant digits, half even."""
    if not number:
        return number
    step = Fraction(1)
    while abs(number) / step >= 10**DIGITS:
        step *= 10
    while abs(number) / step < 10 ** (DIGITS - 1):
        step /= 10
    return rounded(number / step, 0, "HALF_EVEN") * step
