"""The calculation language: what calculations come to, what null does, and what is refused where."""

from decimal import Decimal

import pytest

from billing.engine.formulas import FormulaError, Kind, parse_formula

VALUES = {
    "n": Decimal(3),
    "half": Decimal("0.5"),
    "minus": Decimal("-2.5"),
    "region": "eu",
    "nothing": None,
    "customFields.factor": Decimal(4),
    "aggregation.a_sum": Decimal(100),
    "ts": Decimal("1717243200000"),
    "größe_2": Decimal(7),
    "$x": Decimal(1),
}
KINDS = {
    "n": Kind.NUMBER,
    "region": Kind.TEXT,
    "flag": Kind.TRUTH,
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 3 - 2", "5"),
        ("100 / 10 / 5", "2"),
        ("2 ^ n ^ 2", "512"),
        ("-n ^ 2 + 20", "11"),
        ("(-n) ^ 2", "9"),
        ("2 ^ -1", "0.5"),
        ("-2 ^ -2", "-0.25"),
        ("- -n", "3"),
        ("+n - +1", "2"),
        ("7 % 4", "3"),
        ("-7 % 4", "-3"),
        ("7.5 % 2 * 2", "3"),
        (".5 + 1. + 1e3 + 2E-1", "1001.7"),
        ("customFields.factor * aggregation.a_sum", "400"),
        ("ts / 1000", "1717243200"),
        ("größe_2 + $x", "8"),
        ("Math.max(1, n, 2)", "3"),
        ("Math.min(1, minus)", "-2.5"),
        ("Math.floor(minus)", "-3"),
        ("Math.ceil(minus)", "-2"),
        ("Math.round(2.5)", "3"),
        ("Math.round(minus)", "-3"),
        ("Math.round(2.4999)", "2"),
        ("Math.round(1.005, 2)", "1.01"),
        ("Math.round(7, 2)", "7"),
        ("Math.floor(1234.5, -2)", "1200"),
        ("Math.ceil(1, -3)", "1000"),
        ("Math.pow(n, 2)", "9"),
        ("Math.pow(4, half)", "2"),
        ("Math.abs(minus)", "2.5"),
        ("Math.PI", "3.141592653589793238462643383"),
        ("0 ^ 0", "1"),
        ("0 ^ 0.5", "0"),
        ("2 ^ 0.5", "1.414213562373095048801688724"),
        ("1 / 3", "0.3333333333333333333333333333"),
        ("2 / 3", "0.6666666666666666666666666667"),
        ("2 ^ 100 + 1", "1267650600228229401496703205377"),
        ("1 ^ 12345678901234567890", "1"),
        ("n > 2 ? 10 : 20", "10"),
        ("n > 3 ? 10 : n == 3 ? 20 : 30", "20"),
        ("n == 0 ? null : 6 / n", "2"),
        ("IN(region, 'us', \"eu\") ? 1 : 0", "1"),
        ("IN(n, 1, 2) ? 1 : 0", "0"),
        ("region == 'eu' AND n >= 3 OR 1 / 0 > 1 ? 1 : 0", "1"),
        ("1 < 2 AND 2 <= 2 AND 3 > 2 AND 3 != 2 ? 1 : 0", "1"),
        ("false OR n < 1 ? 1 : 0", "0"),
        ("true == (1 < 2) ? 1 : 0", "1"),
        ("1\n  + 2\t- 0", "3"),
    ],
)
def test_a_calculation_comes_to(text, result):
    assert parse_formula(text).number(VALUES) == Decimal(result)


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "null + 1",
        "-nothing",
        "n * unheard_of",
        "nothing < 1",
        "Math.max(1, nothing)",
        "Math.round(nothing, 2)",
        "nothing ^ 0",
        "isnull(nothing, null)",
        "n == 3 ? null : 1",
        "true AND nothing",
        "false OR nothing",
        "nothing AND true",
        "nothing OR false",
    ],
)
def test_null_makes_null(text):
    assert parse_formula(text).value(VALUES) is None


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("isnull(nothing, 7) + aggregation.a_sum", Decimal(107)),
        ("isnull(n, 1 / 0)", Decimal(3)),
        ("nothing == null", True),
        ("nothing != null", False),
        ("n == null", False),
        ("null == 0", False),
        ("IN(nothing, 1, null)", True),
        ("IN(nothing, 1, 2)", False),
        ("false AND nothing", False),
        ("nothing AND false", False),
        ("true OR nothing", True),
        ("nothing OR true", True),
        ("false AND 1 / 0 == 1", False),
        ("nothing ? 1 : 2", Decimal(2)),
        ("nothing > 1 ? 1 : 2", Decimal(2)),
    ],
)
def test_what_asks_for_null_gets_it(text, result):
    assert parse_formula(text).value(VALUES) == result


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Line 1, column 1: There is no calculation."),
        (" \n ", "Line 1, column 1: There is no calculation."),
        ("1 +", "Line 1, column 4: The calculation ends too early."),
        ("1 +\n(2", "Line 2, column 3: The calculation ends too early."),
        ("1 + )", "Line 1, column 5: “)” is not expected here."),
        ("n\n  * * 2", "Line 2, column 5: “*” is not expected here."),
        ("n § 2", "Line 1, column 3: “§” does not belong here."),
        ("2n", "Line 1, column 1: “2” does not belong here."),
        ("1.2.3", "Line 1, column 1: “1” does not belong here."),
        ("n and true", "Line 1, column 3: “and” is not expected here."),
        ("'a\x00'", "Line 1, column 1: “'” does not belong here."),
        ("1 + \ud800", "Line 1, column 5: “U+D800” does not belong here."),
        ("'open", "Line 1, column 1: “'” does not belong here."),
        ("Math.max(1)", "Line 1, column 1: Math.max takes 2 or more arguments, not 1."),
        ("Math.abs()", "Line 1, column 1: Math.abs takes 1 argument, not 0."),
        ("1 + Math.round(1, 2, 3)", "Line 1, column 5: Math.round takes 1 or 2 arguments, not 3."),
        ("isnull(1)", "Line 1, column 1: isnull takes 2 arguments, not 1."),
        ("Math.floor + 1", "Line 1, column 1: Math.floor needs its arguments in parentheses."),
        ("1" + "0" * 50, "Line 1, column 1: This number has too many digits."),
        ("1 + 1e-200", "Line 1, column 5: This number has too many digits."),
        ("1 + 1e9999", "Line 1, column 5: This number has too many digits."),
        ("n" * 2001, "Line 1, column 1: A calculation has at most 2,000 characters."),
    ],
)
def test_a_text_that_is_no_calculation_is_refused_with_its_place(text, message):
    with pytest.raises(FormulaError) as refused:
        parse_formula(text)
    assert str(refused.value) == message


def test_an_unknown_function_is_answered_with_those_that_there_are():
    with pytest.raises(FormulaError, match=r"column 5: There is no function “Math\.sqrt”\. There are Math"):
        parse_formula("1 + Math.sqrt(4)")


def test_a_hundred_operations_may_stand_one_in_another():
    assert parse_formula("+".join(["n"] * 100)).number(VALUES) == 300
    assert parse_formula("(" * 500 + "n" + ")" * 500).number(VALUES) == 3
    for text in ("+".join(["n"] * 101), "-" * 100 + "n", "n ? n : " * 100 + "n"):
        with pytest.raises(FormulaError, match="too deep"):
            parse_formula(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + n / (n - 3)", "Line 1, column 7: This divides by zero."),
        ("n % 0", "Line 1, column 3: This divides by zero."),
        ("0 ^ -1", "Line 1, column 3: This divides by zero."),
        ("0 ^ -0.5", "Line 1, column 3: This divides by zero."),
        ("minus ^ half", "Line 1, column 7: A negative number has no such power: its exponent is not whole."),
        (
            "9 ^ 9 ^ 9 ^ 9",
            "Line 1, column 7: A number here is too large or too fine: it needs more than 200 digits.",
        ),
        (
            "0.1 ^ 300",
            "Line 1, column 5: A number here is too large or too fine: it needs more than 200 digits.",
        ),
        (
            "1e39 ^ half ^ -9",
            "Line 1, column 6: A number here is too large or too fine: it needs more than 200 digits.",
        ),
        (
            "10 ^ 150 % 1e-60",
            "Line 1, column 10: A number here is too large or too fine: it needs more than 200 digits.",
        ),
        ("Math.round(n, half)", "Line 1, column 1: The scale is a whole number from -100 to 100."),
        ("Math.round(n, 1e30)", "Line 1, column 1: The scale is a whole number from -100 to 100."),
        ("10 ^ 40", "Line 1, column 1: The result has more than 40 digits before the point."),
        (
            "10 ^ -111",
            "Line 1, column 1: The result has more than 110 digits after the point. Round it in the calculation.",  # noqa: E501
        ),
        ("region + 1", "Line 1, column 1: This is a text, where a number is needed."),
        ("n > 1 AND n", "Line 1, column 11: This is a number, where true or false is needed."),
        ("n ? 1 : 2", "Line 1, column 1: This is a number, where true or false is needed."),
        ("region", "Line 1, column 1: The result is a text, where a number is needed."),
        ("n == 3", "Line 1, column 1: The result is true or false, where a number is needed."),
    ],
)
def test_a_calculation_without_an_answer_says_where(text, message):
    with pytest.raises(FormulaError) as refused:
        parse_formula(text).number(VALUES)
    assert str(refused.value) == message


def test_the_largest_results_are_just_within_the_limits():
    assert parse_formula("-(10 ^ 39)").number({}) == -(Decimal(10) ** 39)
    assert parse_formula("10 ^ -110").number({}) == Decimal("1e-110")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n + 1", Kind.NUMBER),
        ("n > 1", Kind.TRUTH),
        ("region", Kind.TEXT),
        ("null", Kind.NULL),
        ("flag ? n : null", Kind.NUMBER),
        ("flag ? null : region", Kind.TEXT),
        ("isnull(null, region)", Kind.TEXT),
        ("isnull(null, null)", Kind.NULL),
        ("IN(region, 'eu', null)", Kind.TRUTH),
        ("n == null", Kind.TRUTH),
        ("null * 2", Kind.NUMBER),
        ("null AND flag", Kind.TRUTH),
    ],
)
def test_the_kind_of_an_answer_is_known_beforehand(text, kind):
    assert parse_formula(text).check(KINDS) is kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n + unheard_of", "Line 1, column 5: There is no “unheard_of”."),
        ("n * region", "Line 1, column 5: This is a text, where a number is needed."),
        ("-flag", "Line 1, column 2: This is true or false, where a number is needed."),
        ("n AND flag", "Line 1, column 1: This is a number, where true or false is needed."),
        ("n == region", "Line 1, column 6: This is a text, where a number is needed."),
        ("flag ? 1 : region", "Line 1, column 12: This is a text, where a number is needed."),
        ("region ? 1 : 2", "Line 1, column 1: This is a text, where true or false is needed."),
        ("IN(region, 1)", "Line 1, column 12: This is a number, where a text is needed."),
        ("1 < 2 < 3", "Line 1, column 3: This is true or false, where a number is needed."),
    ],
)
def test_what_can_never_be_computed_is_refused_beforehand(text, message):
    with pytest.raises(FormulaError) as refused:
        parse_formula(text).check(KINDS)
    assert str(refused.value) == message


def test_a_caller_words_what_a_name_should_have_been():
    with pytest.raises(FormulaError, match=r"column 1: Meter has no m\."):
        parse_formula("m").check(KINDS, lambda name: f"Meter has no {name}.")


def test_the_names_stand_in_order_and_once():
    assert parse_formula("flag ? aggregation.b + n : n * customFields.f + ts").names == (
        "flag", "aggregation.b", "n", "customFields.f", "ts",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "written"),
    [("region", "eu"), ("n / 2", "1.5"), ("1e3", "1000"), ("n > 2", "true"), ("n < 2", "false")],
)
def test_an_answer_can_be_a_text(text, written):
    assert parse_formula(text).text(VALUES) == written


def test_no_answer_is_no_text():
    assert parse_formula("nothing").text(VALUES) is None
