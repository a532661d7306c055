from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.money import EXACT, RoundingMode, divided, money, plain, quotient, shown

AMOUNTS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=7)
FACTORS = st.fractions(0, 3, max_denominator=400)
PLACES = st.integers(0, 5)


def whole(number, mode):
    """A Fraction rounded to an integer by the definition of each mode."""
    low, high = floor(number), ceil(number)
    nearer = {True: high, False: low}
    half = number - low == Fraction(1, 2)
    away, toward = (high, low) if number > 0 else (low, high)
    return {
        "UP": away,
        "DOWN": toward,
        "CEILING": high,
        "FLOOR": low,
        "HALF_UP": away if half else nearer[number - low > Fraction(1, 2)],
        "HALF_DOWN": toward if half else nearer[number - low > Fraction(1, 2)],
        "HALF_EVEN": (low if low % 2 == 0 else high) if half else nearer[number - low > Fraction(1, 2)],
    }[mode]


@given(AMOUNTS, PLACES, st.sampled_from(sorted(set(RoundingMode) - {"UNNECESSARY"})), FACTORS)
def test_money_is_the_exact_product_rounded_once(amount, places, mode, factor):
    expected = Fraction(whole(Fraction(amount) * factor * 10**places, mode), 10**places)
    rounded = money(amount, places, mode, factor)
    assert Fraction(rounded) == expected
    assert rounded.as_tuple().exponent == -places


@given(st.integers(-(10**6), 10**6), PLACES, st.sampled_from(sorted(set(RoundingMode) - {"UNNECESSARY"})))
def test_exact_halves_are_rounded_by_their_mode(halves, places, mode):
    amount = Decimal(halves) / 2 / 10**places
    expected = Fraction(whole(Fraction(halves, 2), mode), 10**places)
    assert Fraction(money(amount, places, mode)) == expected


@pytest.mark.parametrize(
    ("amount", "places", "mode", "expected"),
    [
        ("2.345", 2, "HALF_EVEN", "2.34"),
        ("2.355", 2, "HALF_EVEN", "2.36"),
        ("1234.5", 0, "HALF_UP", "1235"),
        ("1.2345", 3, "DOWN", "1.234"),
        ("2.341", 2, "CEILING", "2.35"),
        ("2.349", 2, "FLOOR", "2.34"),
        ("-2.349", 2, "FLOOR", "-2.35"),
        ("-2.341", 2, "CEILING", "-2.34"),
        ("-2.345", 2, "HALF_UP", "-2.35"),
        ("-2.345", 2, "HALF_DOWN", "-2.34"),
        ("2.341", 2, "UP", "2.35"),
        ("-2.341", 2, "UP", "-2.35"),
        ("7", 5, "HALF_UP", "7.00000"),
        ("1.23", 2, "UNNECESSARY", "1.23"),
        ("1.2300", 2, "UNNECESSARY", "1.23"),
    ],
)
def test_rounding_modes(amount, places, mode, expected):
    assert str(money(Decimal(amount), places, mode)) == expected


def test_rounding_where_none_should_be_necessary_is_refused():
    with pytest.raises(Inexact):
        money(Decimal("1.234"), 2, "UNNECESSARY")
    with pytest.raises(Inexact):
        money(Decimal(1), 2, "UNNECESSARY", Fraction(1, 3))
    assert str(money(Decimal(1), 2, "UNNECESSARY", Fraction(1, 4))) == "0.25"


def test_an_unknown_mode_is_an_error():
    with pytest.raises(KeyError):
        money(Decimal(1), 2, "HALF_ODD")


def test_a_negative_amount_that_rounds_to_nothing_is_plain_zero():
    assert str(money(Decimal("-0.004"), 2, "HALF_UP")) == "0.00"


def test_a_little_more_than_a_half_is_not_taken_for_a_half():
    # 10^199 / (2 × 10^201 - 1) differs from 0.005 in the 205th place, beyond the division's digits.
    assert str(money(Decimal("1E199"), 2, "HALF_EVEN", Fraction(1, 2 * 10**201 - 1))) == "0.01"
    assert str(money(Decimal("1E199"), 2, "HALF_EVEN", Fraction(1, 2 * 10**201 + 1))) == "0.00"
    assert str(money(Decimal(1), 2, "HALF_EVEN", Fraction(1, 200))) == "0.00"


@given(AMOUNTS, st.lists(st.integers(1, 30), min_size=1, max_size=6), PLACES)
def test_parts_of_an_amount_differ_from_the_whole_by_less_than_a_half_each(amount, days, places):
    parts = [money(amount, places, "HALF_UP", Fraction(part, sum(days))) for part in days]
    difference = abs(Fraction(sum(parts, Decimal(0))) - Fraction(amount))
    assert difference <= Fraction(len(days), 2 * 10**places)


def test_a_tiny_price_of_a_huge_number_of_units_loses_nothing():
    with localcontext(EXACT):
        product = Decimal("0.000000000001") * Decimal("1000000000000000.000000000001")
    assert product == Decimal("1000.000000000000000000000001")


def test_arithmetic_that_would_have_to_round_is_refused():
    with localcontext(EXACT), pytest.raises(Inexact):
        Decimal(1) / Decimal(3)


def test_the_door_does_not_care_about_the_ambient_context():
    with localcontext(prec=3, rounding="ROUND_UP"):
        assert str(money(Decimal("123456.785"), 2, "HALF_EVEN", Fraction(1, 1))) == "123456.78"
        assert str(shown(Decimal("123456.785"))) == "123456.785"


def test_a_mean_keeps_28_digits_half_even():
    assert str(quotient(Decimal(10), Decimal(3))) == "3." + "3" * 27
    assert str(quotient(Decimal(20), Decimal(3))) == "6." + "6" * 26 + "7"
    assert str(quotient(Decimal("1" + "0" * 27 + "5"), Decimal(10))) == "1" + "0" * 27
    assert str(quotient(Decimal("1" + "0" * 26 + "15"), Decimal(10))) == "1" + "0" * 26 + "2"


def test_a_division_that_ends_is_exact_beyond_28_digits():
    long = Decimal("1234567890123456789012345678901234567.5")
    assert divided(long, Decimal(2)) == Decimal("617283945061728394506172839450617283.75")
    assert str(divided(Decimal(2), Decimal(3))) == "0." + "6" * 27 + "7"


def test_what_is_shown_of_a_prorated_amount():
    assert shown(Decimal(20), Fraction(1, 2)) == 10
    assert str(shown(Decimal(20), Fraction(10, 31))) == "6.451612903225806451612903226"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+3", "1000"),
        ("20.00", "20"),
        ("0.10", "0.1"),
        ("-0.00", "0"),
        ("-0", "0"),
        ("1E-7", "0.0000001"),
        ("100", "100"),
    ],
)
def test_numbers_are_written_without_exponent_or_trailing_zeros(number, text):
    assert plain(Decimal(number)) == text
