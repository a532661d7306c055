"""A calculation as a tree: what its parts are, which kinds they have, and what they come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import DecimalException

from billing.engine.formulas.errors import FormulaError, Place, Unanswerable
from billing.engine.formulas.functions import Function
from billing.engine.formulas.values import DIGITS, Kind, Value, kind_of

Values = Mapping[str, Value]
Kinds = Mapping[str, Kind]
TOO_LARGE = f"A number here is too large or too fine: it needs more than {DIGITS} digits."


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, true, false or null."""

    value: Value
    place: Place
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    """Something whose value is given; what is not given is null."""

    name: str
    place: Place
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator and its arguments."""

    function: Function
    arguments: "tuple[Node, ...]"
    place: Place
    depth: int


@dataclass(frozen=True, slots=True)
class Choice:
    """condition ? met : otherwise"""

    condition: "Node"
    met: "Node"
    otherwise: "Node"
    place: Place
    depth: int


Node = Constant | Name | Call | Choice


def evaluate(node: Node, values: Values) -> Value:
    """What a part comes to. Raises FormulaError."""
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Name):
        return values.get(node.name)
    if isinstance(node, Choice):
        met = _of_kind(Kind.TRUTH, node.condition, values)
        return evaluate(node.met if met else node.otherwise, values)
    return _called(node, values)


def _called(call: Call, values: Values) -> Value:
    function = call.function
    given = (_of_kind(function.takes, argument, values) for argument in call.arguments)
    try:
        if function.lazy:
            return function.act(given)
        arguments = list(given)
        if not function.nulls and any(argument is None for argument in arguments):
            return None
        return function.act(*arguments)
    except Unanswerable as problem:
        raise FormulaError(str(problem), call.place) from None
    except DecimalException:
        raise FormulaError(TOO_LARGE, call.place) from None


def _of_kind(kind: Kind | None, node: Node, values: Values) -> Value:
    value = evaluate(node, values)
    if kind is not None and value is not None and kind_of(value) is not kind:
        raise _mismatch(kind, kind_of(value), node)
    return value


def kind_in(node: Node, names: Kinds) -> Kind:
    """The kind that a part will have, whatever the values. Raises FormulaError if it never has one."""
    if isinstance(node, Constant):
        return kind_of(node.value)
    if isinstance(node, Name):
        return names[node.name]
    if isinstance(node, Choice):
        _expect(Kind.TRUTH, node.condition, names)
        return _alike((node.met, node.otherwise), names)
    function = node.function
    if function.takes is None:
        kind = _alike(node.arguments, names)
        return function.gives or kind
    for argument in node.arguments:
        _expect(function.takes, argument, names)
    assert function.gives is not None
    return function.gives


def _expect(kind: Kind, node: Node, names: Kinds) -> None:
    found = kind_in(node, names)
    if found not in (kind, Kind.NULL):
        raise _mismatch(kind, found, node)


def _alike(nodes: tuple[Node, ...], names: Kinds) -> Kind:
    common = Kind.NULL
    for node in nodes:
        kind = kind_in(node, names)
        if common is Kind.NULL:
            common = kind
        elif kind not in (common, Kind.NULL):
            raise _mismatch(common, kind, node)
    return common


def _mismatch(wanted: Kind, found: Kind, node: Node) -> FormulaError:
    return FormulaError(f"This is {found}, where {wanted} is needed.", node.place)


def names_in(node: Node) -> Iterator[Name]:
    """The names in the order in which they stand."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from names_in(argument)
    elif isinstance(node, Choice):
        for part in (node.condition, node.met, node.otherwise):
            yield from names_in(part)
