"""The values of calculations, and their arithmetic: exact, and bounded so that no calculation hangs."""

from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Subnormal,
)
from enum import StrEnum

from billing.engine.formulas.errors import Unanswerable
from billing.engine.money import plain, quotient

Value = Decimal | str | bool | None
DIGITS = 200
MOST_BEFORE_POINT, MOST_AFTER_POINT = 40, 110
"""Of a result: with these its sums and prices stay within the digits in which bills are computed exactly."""
MOST_SCALE = 100
ZERO, ONE = Decimal(0), Decimal(1)
PI = Decimal("3.141592653589793238462643383")

_FAULTS: list[type[DecimalException]] = [InvalidOperation, DivisionByZero, Overflow, Subnormal]
EXACT = Context(prec=DIGITS, Emax=DIGITS - 1, Emin=1 - DIGITS, traps=[*_FAULTS, Inexact])
_ROUNDING = Context(prec=DIGITS, Emax=DIGITS - 1, Emin=1 - DIGITS, traps=_FAULTS)
# A root is computed with more digits than are kept, so that one that is exact comes out exactly.
_ROOTS = Context(prec=60, Emax=DIGITS - 1, Emin=1 - DIGITS, traps=_FAULTS)
_KEPT = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=_FAULTS)


class Kind(StrEnum):
    """What a value is, as sentences say it; null is of every kind."""

    NUMBER = "a number"
    TEXT = "a text"
    TRUTH = "true or false"
    NULL = "null"


def kind_of(value: Value) -> Kind:
    if value is None:
        return Kind.NULL
    if isinstance(value, bool):
        return Kind.TRUTH
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER


def written(value: Decimal | str | bool) -> str:
    """A value as a text: numbers without exponent and needless zeros, true and false as they are typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else plain(value)


def bounded(number: Decimal) -> Decimal:
    """A number that others may count on. Raises Unanswerable if it is too large or too fine for that."""
    before, _, after = plain(number).partition(".")
    if len(before.lstrip("-")) > MOST_BEFORE_POINT:
        raise Unanswerable(f"The result has more than {MOST_BEFORE_POINT} digits before the point.")
    if len(after) > MOST_AFTER_POINT:
        raise Unanswerable(
            f"The result has more than {MOST_AFTER_POINT} digits after the point."
            " Round it in the calculation."
        )
    return number


def divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise Unanswerable("This divides by zero.")
    return EXACT.plus(quotient(dividend, divisor))


def remainder(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What whole divisions leave, with the dividend's sign."""
    if not divisor:
        raise Unanswerable("This divides by zero.")
    return EXACT.remainder(dividend, divisor)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Exact for whole exponents from 0 up; else a division or a root, which keeps 28 significant digits."""
    whole = exponent.to_integral_value()
    if whole == exponent:
        result = _whole_power(base, abs(int(whole)))
        return result if exponent >= 0 else divide(ONE, result)
    if base < 0:
        raise Unanswerable("A negative number has no such power: its exponent is not whole.")
    if not base:
        return ZERO if exponent > 0 else divide(ONE, base)
    return EXACT.plus(_KEPT.plus(_ROOTS.power(base, exponent)).normalize(_KEPT))


def _whole_power(base: Decimal, exponent: int) -> Decimal:
    """By squaring; the first square that is too large, or too fine, ends it."""
    result = ONE
    while exponent:
        if exponent & 1:
            result = EXACT.multiply(result, base)
        exponent >>= 1
        if exponent:
            base = EXACT.multiply(base, base)
    return result


def floor(number: Decimal, scale: Decimal = ZERO) -> Decimal:
    return _rounded(number, scale, ROUND_FLOOR)


def ceil(number: Decimal, scale: Decimal = ZERO) -> Decimal:
    return _rounded(number, scale, ROUND_CEILING)


def nearest(number: Decimal, scale: Decimal = ZERO) -> Decimal:
    """Halves away from zero, like the units of an aggregation (spec 7, Lines and bills)."""
    return _rounded(number, scale, ROUND_HALF_UP)


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """To so many decimals; a negative scale counts tens."""
    if not -MOST_SCALE <= scale <= MOST_SCALE or scale != scale.to_integral_value():
        raise Unanswerable(f"The scale is a whole number from -{MOST_SCALE} to {MOST_SCALE}.")
    places = int(scale)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # a calculation knows neither NaN nor infinity
    if -exponent <= places:
        return number
    return number.quantize(ONE.scaleb(-places), rounding, _ROUNDING)
