"""From a text to a tree: the grammar, loosest operator first, and what is wrong with a text."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from billing.engine.formulas.errors import FormulaError, Place, Unanswerable
from billing.engine.formulas.functions import FUNCTIONS, MANY, OPERATORS, UNARY, Function
from billing.engine.formulas.nodes import Call, Choice, Constant, Name, Node
from billing.engine.formulas.values import PI, Value, bounded

MOST_CHARACTERS = 2000
MOST_DEPTH = 100
START = Place(1, 1)
CONSTANTS: dict[str, Value] = {"null": None, "true": True, "false": False, "Math.PI": PI}

# `^` binds tighter than a sign before it, and its exponent may have a sign (spec 7, Lines and bills).
GRAMMAR = r"""
?start: choice
?choice: either | either QUESTION choice ":" choice -> choose
?either: both | either OR both -> operate
?both: equal | both AND equal -> operate
?equal: ordered | equal EQUAL ordered -> operate
?ordered: sum | ordered ORDER sum -> operate
?sum: product | sum SIGN product -> operate
?product: signed | product TIMES signed -> operate
?signed: power | SIGN signed -> sign
?power: atom | atom POWER signed -> operate
?atom: NUMBER -> number
  | TEXT -> text
  | NAME -> name
  | NAME "(" [choice ("," choice)*] ")" -> call
  | "(" choice ")"

QUESTION: "?"
OR.2: /OR(?![\w$.])/
AND.2: /AND(?![\w$.])/
EQUAL: "==" | "!="
ORDER: "<=" | ">=" | "<" | ">"
SIGN: "+" | "-"
TIMES: "*" | "/" | "%"
POWER: "^"
NUMBER: /([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?(?![\w$.])/
TEXT: /"[^"\x00-\x1f\x7f\ud800-\udfff]*"|'[^'\x00-\x1f\x7f\ud800-\udfff]*'/
NAME: /([^\W\d]|\$)([\w$]|\.(?=[\w$]))*/
%ignore /[ \t\r\n]+/
"""


def parse(text: str) -> Node:
    """The tree of a calculation. Raises FormulaError, for what is too long or too deep too."""
    if not text.strip():
        raise FormulaError("There is no calculation.", START)
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(f"A calculation has at most {MOST_CHARACTERS:,} characters.", START)
    try:
        node: Node = _parser().parse(text)  # type: ignore[assignment] # the transformer makes nodes of it
    except UnexpectedInput as problem:
        raise _unexpected(problem, text) from None
    return node


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Nodes())


def _unexpected(problem: UnexpectedInput, text: str) -> FormulaError:
    place = Place(problem.line, problem.column)
    if isinstance(problem, UnexpectedCharacters):
        seen = problem.char if problem.char.isprintable() else f"U+{ord(problem.char):04X}"
        return FormulaError(f"“{seen}” does not belong here.", place)
    assert isinstance(problem, UnexpectedToken)
    if problem.token.type == "$END":
        lines = text.split("\n")
        return FormulaError("The calculation ends too early.", Place(len(lines), len(lines[-1]) + 1))
    return FormulaError(f"“{problem.token}” is not expected here.", place)


def _place(token: Token) -> Place:
    assert token.line is not None
    assert token.column is not None
    return Place(token.line, token.column)


@v_args(inline=True)
class _Nodes(Transformer[Token, Node]):
    """Makes the nodes while the text is read, so that no depth of nesting can exhaust the stack."""

    def number(self, token: Token) -> Node:
        try:
            return Constant(bounded(Decimal(str(token))), _place(token))
        except Unanswerable:
            raise FormulaError("This number has too many digits.", _place(token)) from None

    def text(self, token: Token) -> Node:
        return Constant(str(token)[1:-1], _place(token))

    def name(self, token: Token) -> Node:
        name = str(token)
        if name in CONSTANTS:
            return Constant(CONSTANTS[name], _place(token))
        if name in FUNCTIONS:
            raise FormulaError(f"{name} needs its arguments in parentheses.", _place(token))
        return Name(name, _place(token))

    def sign(self, token: Token, argument: Any) -> Node:
        return _call(UNARY[token], (argument,), token)

    def operate(self, left: Any, token: Token, right: Any) -> Node:
        return _call(OPERATORS[token], (left, right), token)

    def call(self, token: Token, *arguments: Any) -> Node:
        function = FUNCTIONS.get(str(token))
        if function is None:
            known = ", ".join(FUNCTIONS)
            raise FormulaError(f"There is no function “{token}”. There are {known}.", _place(token))
        given = tuple(argument for argument in arguments if argument is not None)
        if not function.least <= len(given) <= function.most:
            raise FormulaError(f"{function.name} takes {_count(function)}, not {len(given)}.", _place(token))
        return _call(function, given, token)

    def choose(self, condition: Any, token: Token, met: Any, otherwise: Any) -> Node:
        depth = _deeper((condition, met, otherwise), token)
        return Choice(condition, met, otherwise, _place(token), depth)


def _call(function: Function, arguments: tuple[Node, ...], token: Token) -> Node:
    return Call(function, arguments, _place(token), _deeper(arguments, token))


def _deeper(parts: tuple[Node, ...], token: Token) -> int:
    depth = 1 + max(part.depth for part in parts)
    if depth > MOST_DEPTH:
        raise FormulaError(
            f"The calculation is too deep: at most {MOST_DEPTH} operations stand one in another.",
            _place(token),
        )
    return depth


def _count(function: Function) -> str:
    least, most = function.least, function.most
    if most == MANY:
        return f"{least} or more arguments"
    return f"{least} argument{'s' if least > 1 else ''}" if least == most else f"{least} or {most} arguments"
