"""The one door through which exact amounts become money.

Everything before the door is exact: arithmetic is done by EXACT (never by the ambient context), which raises
decimal.Inexact rather than round. Time and other factors are Fractions; an amount is multiplied first and
divided last, inside the door.
"""

from decimal import (
    ROUND_05UP,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
)
from enum import StrEnum
from fractions import Fraction

DIGITS = 200
ONE = Fraction(1)

EXACT = Context(prec=DIGITS, traps=[Inexact, InvalidOperation, DivisionByZero])
# ROUND_05UP leaves a last digit that tells "exactly a half" from "a little more", so that rounding again is
# not rounding twice.
_STICKY = Context(prec=DIGITS, rounding=ROUND_05UP, traps=[InvalidOperation, DivisionByZero])
_MEAN = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero])


class RoundingMode(StrEnum):
    """The rounding modes of a currency. UNNECESSARY states that amounts never need rounding."""

    UP = "UP"
    DOWN = "DOWN"
    CEILING = "CEILING"
    FLOOR = "FLOOR"
    HALF_UP = "HALF_UP"
    HALF_DOWN = "HALF_DOWN"
    HALF_EVEN = "HALF_EVEN"
    UNNECESSARY = "UNNECESSARY"


_MODES: dict[str, str | None] = {mode.value: f"ROUND_{mode.value}" for mode in RoundingMode}
_MODES[RoundingMode.UNNECESSARY] = None
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(6))


def money(amount: Decimal, places: int, mode: str, factor: Fraction = ONE) -> Decimal:
    """amount × factor rounded once to 0–5 places, never as -0.

    Raises decimal.Inexact when the mode is UNNECESSARY and rounding is necessary, KeyError for an unknown
    mode.
    """
    if factor != 1:
        product = EXACT.multiply(amount, Decimal(factor.numerator))
        amount = _STICKY.divide(product, Decimal(factor.denominator))
    rounding = _MODES[mode]
    if rounding is None:
        rounded = amount.quantize(_STEPS[places], context=EXACT)
    else:
        rounded = amount.quantize(_STEPS[places], rounding, _STICKY)
    return rounded if rounded else rounded.copy_abs()


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """A mean or other division, kept to 28 significant digits, half even (spec 7, Lines and bills)."""
    return _MEAN.divide(dividend, divisor)


def shown(amount: Decimal, factor: Fraction = ONE) -> Decimal:
    """amount × factor for people to read: exact where its digits end, else cut at 28 significant ones."""
    if factor == 1:
        return amount
    return divided(EXACT.multiply(amount, Decimal(factor.numerator)), Decimal(factor.denominator))


def divided(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend ÷ divisor, exact where its digits end, else 28 significant ones."""
    try:
        return EXACT.divide(dividend, divisor)
    except Inexact:
        return quotient(dividend, divisor)


def plain(number: Decimal) -> str:
    """The shortest way to write a number: no exponent, no trailing zeros, no -0."""
    text = str(number)
    if "E" in text:  # several times slower, and rare
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
