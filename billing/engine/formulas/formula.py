"""A calculation that has been read: what it names, whether it makes sense, and what it comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from billing.engine.formulas.errors import FormulaError, Unanswerable
from billing.engine.formulas.grammar import START, parse
from billing.engine.formulas.nodes import Node, evaluate, kind_in, names_in
from billing.engine.formulas.values import Kind, Value, bounded, kind_of, written

Explains = Callable[[str], str]
"""Why there is nothing of a name, in a sentence."""


def _unknown(name: str) -> str:
    return f"There is no “{name}”."


@dataclass(frozen=True, slots=True)
class Formula:
    """A calculation; equal texts are equal."""

    source: str
    node: Node

    @property
    def names(self) -> tuple[str, ...]:
        """What it names, each once, in the order in which they stand."""
        return tuple(dict.fromkeys(each.name for each in names_in(self.node)))

    def check(self, kinds: Mapping[str, Kind], unknown: Explains = _unknown) -> Kind:
        """The kind of its answer, if names have these kinds.

        Raises FormulaError for a name that is not there, and for what could never be computed.
        """
        for each in names_in(self.node):
            if each.name not in kinds:
                raise FormulaError(unknown(each.name), each.place)
        return kind_in(self.node, kinds)

    def value(self, values: Mapping[str, Value]) -> Value:
        """What it comes to; a name without a value is null. Raises FormulaError."""
        value = evaluate(self.node, values)
        if not isinstance(value, Decimal):
            return value
        try:
            return bounded(value)
        except Unanswerable as problem:
            raise FormulaError(str(problem), START) from None

    def number(self, values: Mapping[str, Value]) -> Decimal | None:
        """As `value`, but only a number or null will do."""
        value = self.value(values)
        if value is None or isinstance(value, Decimal):
            return value
        raise FormulaError(f"The result is {kind_of(value)}, where {Kind.NUMBER} is needed.", START)

    def text(self, values: Mapping[str, Value]) -> str | None:
        """As `value`, numbers and truths written out."""
        value = self.value(values)
        return None if value is None else written(value)


@lru_cache(maxsize=1024)
def parse_formula(text: str) -> Formula:
    """Read a calculation. Raises FormulaError."""
    return Formula(text, parse(text))
