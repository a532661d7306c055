"""The calculation language against an evaluator of its own kind, and against nonsense."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.engine.formulas import FormulaError, Kind, parse_formula

# How tightly operators bind, as spec 7 has it: a sign stands between products and powers.
BINDS = {"+": 1, "-": 1, "*": 2, "%": 2, "sign": 3, "^": 4}


@dataclass(frozen=True)
class Leaf:
    number: int


@dataclass(frozen=True)
class Signed:
    part: object


@dataclass(frozen=True)
class Pair:
    operator: str
    left: object
    right: object


trees = st.recursive(
    st.integers(0, 9).map(Leaf),
    lambda parts: st.one_of(
        parts.map(Signed),
        st.builds(Pair, st.sampled_from("+-*%"), parts, parts),
        st.builds(Pair, st.just("^"), parts, st.integers(0, 3).map(Leaf)),
    ),
    max_leaves=12,
)


def written(tree, room=0):
    """The tree with as few parentheses as precedence allows; `room` is how tightly its place binds."""
    if isinstance(tree, Leaf):
        return str(tree.number)
    if isinstance(tree, Signed):
        binds, text = BINDS["sign"], f"-{written(tree.part, BINDS['sign'])}"
    elif tree.operator == "^":
        binds, text = BINDS["^"], f"{written(tree.left, 5)} ^ {written(tree.right, BINDS['sign'])}"
    else:
        binds = BINDS[tree.operator]
        text = f"{written(tree.left, binds)} {tree.operator} {written(tree.right, binds + 1)}"
    return f"({text})" if binds < room else text


def worth(tree):
    """What the tree comes to, in fractions."""
    if isinstance(tree, Leaf):
        return Fraction(tree.number)
    if isinstance(tree, Signed):
        return -worth(tree.part)
    left, right = worth(tree.left), worth(tree.right)
    if tree.operator == "+":
        return left + right
    if tree.operator == "-":
        return left - right
    if tree.operator == "*":
        return left * right
    if tree.operator == "^":
        return left ** int(right)
    size = abs(left) % abs(right)
    return size if left >= 0 else -size


def answered(text, values=None):
    """A calculation's answer, or why there is none."""
    try:
        return parse_formula(text).number(values or {}), ""
    except FormulaError as refused:
        return None, str(refused)


@given(trees)
def test_precedence_and_exactness_are_those_of_fractions(tree):
    try:
        expected = worth(tree)
    except ZeroDivisionError:
        with pytest.raises(FormulaError, match="divides by zero"):
            parse_formula(written(tree)).number({})
        return
    assume(abs(expected) < 10**40)
    found, refused = answered(written(tree))
    assert "more than 200 digits" in refused or Fraction(found) == expected


ALPHABET = [
    "1", "0", "2.5", "9", "1e9", ".", "n", "ts", "aggregation.a", "customFields.b", "null", "true", "false",
    "Math.PI", "Math.max", "Math.round", "Math.pow", "isnull", "IN", "(", ")", ",", "+", "-", "*", "/", "^",
    "%", "==", "!=", "<", ">=", " AND ", " OR ", "?", ":", "'", '"x"', "\n", "§", "$", "é",
]  # fmt: skip
VALUES = {"n": Decimal("1e-30"), "ts": Decimal(10) ** 39, "aggregation.a": None, "customFields.b": "text"}


@given(st.one_of(st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join), st.text(max_size=60)))
def test_nonsense_is_refused_or_has_an_answer(text):
    try:
        formula = parse_formula(text)
        formula.check(dict.fromkeys(VALUES, Kind.NUMBER))
        formula.value(VALUES)
    except FormulaError as refused:
        place = refused.place
    else:
        place = formula.node.place
    assert 1 <= place.line <= text.count("\n") + 1
    assert place.column >= 1


numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal("-1e39"), max_value=Decimal("1e39")
)


@given(st.sampled_from([*"+-*/^%", "Math.round", "Math.floor", "Math.ceil", "Math.pow"]), numbers, numbers)
def test_no_operation_on_any_numbers_hangs(operation, one, other):
    text = f"{operation}(a, b)" if "." in operation else f"a {operation} b"
    try:
        result = parse_formula(text).number({"a": one, "b": other})
    except FormulaError:
        return
    assert result is not None
    assert abs(result) < 10**40


@given(numbers, st.integers(-5, 5))
def test_rounding_stays_within_its_step(number, scale):
    step = Fraction(10) ** -scale
    found = {}
    for name in ("floor", "ceil", "round"):
        try:
            answer = parse_formula(f"Math.{name}(x, {scale})").number({"x": number})
        except FormulaError:
            return
        found[name] = Fraction(answer)
    assert found["floor"] <= Fraction(number) <= found["ceil"]
    assert found["ceil"] - found["floor"] in (0, step)
    assert abs(found["round"] - Fraction(number)) <= step / 2
    assert all((value / step).denominator == 1 for value in found.values())
