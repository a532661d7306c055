"""The geometry of bar charts, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from billing.charts import BASE, TOP, WIDTH, Value, bar_chart, period_labels, short, tick_texts, ticks


def chart_of(*amounts, places=0, label="May"):
    values = [Value(label, None if each is None else Decimal(each), "") for each in amounts]
    return bar_chart(values, places=places)


def texts(chart):
    return [tick.text for tick in chart.ticks]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("0", "1188.37", ["0", "500", "1000", "1500"]),
        ("0", "3", ["0", "1", "2", "3"]),
        ("0", "0.07", ["0.000", "0.025", "0.050", "0.075"]),
        ("-40", "80", ["-50", "0", "50", "100"]),
        ("-7", "0", ["-7.5", "-5.0", "-2.5", "0.0"]),
        ("0", "0", ["0"]),
    ],
)
def test_lines_stand_at_few_round_numbers_that_hold_all_values_and_zero(low, high, expected):
    assert ticks(Decimal(low), Decimal(high)) == [Decimal(each) for each in expected]


@pytest.mark.parametrize("power", range(-12, 40, 3))
def test_there_are_at_most_five_lines_whatever_the_size(power):
    for digits in ("1", "1.0001", "2.49", "3.3", "7.77", "9.999"):
        high = Decimal(digits).scaleb(power)
        assert 3 <= len(ticks(Decimal(0), high)) <= 5
        assert len(ticks(-high, high)) <= 6


def test_numbers_at_the_lines_have_the_same_decimals_those_of_money_if_any():
    assert tick_texts([Decimal("0"), Decimal("2.5"), Decimal("5")], 2) == ["0.00", "2.50", "5.00"]
    assert tick_texts([Decimal("0"), Decimal("2.5"), Decimal("5")], 0) == ["0.0", "2.5", "5.0"]
    assert tick_texts([Decimal("0"), Decimal("500"), Decimal("1E+3")], 2) == ["0", "500", "1,000"]
    assert tick_texts([Decimal("-5E+3"), Decimal("0"), Decimal("1E+4")], 2) == ["−5,000", "0", "10k"]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0"), ("9999", "10k"), ("1234", "1,230"), ("12345", "12.3k"), ("999999", "1M"),
        ("-18300000", "−18.3M"), ("4e9", "4bn"), ("1.5e12", "1.5tn"), ("2.345e18", "2.34e18"),
        ("1e40", "1e40"), ("0.00012", "0.00012"), ("0.000012", "1.2e−5"),
    ],
)  # fmt: skip
def test_large_and_small_numbers_are_told_shortly(amount, shown):
    assert short(Decimal(amount)) == shown


def test_bars_rise_from_the_line_of_zero_in_proportion():
    chart = chart_of("500", "1000", "1500")
    assert chart.base == BASE
    assert [bar.height for bar in chart.bars] == pytest.approx(
        [(BASE - TOP) / 3 * n for n in (1, 2, 3)], abs=1
    )
    assert all(bar.y + bar.height == chart.base for bar in chart.bars)
    assert chart.bars[2].y == TOP


def test_negative_bars_hang_below_the_line_with_room_for_their_value():
    chart = chart_of("100", "-100")
    up, down = chart.bars
    assert up.y + up.height == chart.base == down.y
    assert up.height == down.height
    assert down.y + down.height < BASE
    assert all(note.y < chart.labels - 10 for note in chart.notes)
    assert [note.text for note in chart.notes] == ["100", "−100"]


def test_zero_is_told_from_no_value_and_neither_has_a_bar():
    chart = chart_of("0", None, "8")
    assert [(bar.height, bar.sign) for bar in chart.bars][:2] == [(0, "0"), (0, "–")]
    assert chart.bars[2].sign == ""


def test_a_small_value_beside_a_large_one_is_seen():
    assert chart_of("0.01", "1000000").bars[0].height == 1
    assert chart_of("-0.01", "1000000").bars[0].height == 1


def test_nothing_but_zeros_is_a_chart_with_one_line():
    chart = chart_of("0", "0")
    assert texts(chart) == ["0"]
    assert chart.notes == []


def test_a_single_bar_is_not_wider_than_others_would_be():
    (bar,) = chart_of("12.5").bars
    assert bar.width == 48
    assert bar.x >= 0
    assert bar.x + bar.width <= WIDTH


@pytest.mark.parametrize(
    "amounts", [["1"] * 10, ["123456789012345678901234567890.12"] * 10, ["1e-30", "7e50"]]
)
def test_everything_is_drawn_within_the_chart(amounts):
    chart = chart_of(*amounts, places=2)
    for bar in chart.bars:
        assert chart.left <= bar.x
        assert bar.x + bar.width <= WIDTH
        assert bar.y >= TOP
        assert bar.y + bar.height <= BASE
    for note in chart.notes:
        assert chart.left < note.x < WIDTH
    assert max(len(text) for text in texts(chart)) <= 9


def test_the_highest_and_the_last_value_are_written_unless_they_would_touch():
    assert [note.text for note in chart_of("3", "9", "1", "2", "4").notes] == ["9", "4"]
    assert [note.text for note in chart_of("1", "2", "5", "3", "1234.5", "1100", places=2).notes] == [
        "1,234.50"
    ]
    assert [note.text for note in chart_of("5", "1", "2", None).notes] == ["5", "2"]


def test_labels_that_have_no_room_are_left_out_beginning_beside_the_last():
    labels = [bar.label for bar in chart_of(*["1"] * 10, label="28 Sept.").bars]
    assert labels == ["", "28 Sept."] * 5
    crowded = chart_of(*["1"] * 8, label="14 Jun").bars
    assert [bar.crowded for bar in crowded] == [True, False] * 4
    assert all(bar.label for bar in crowded)
    assert not any(bar.crowded for bar in chart_of(*["1"] * 10).bars)


def test_periods_are_told_by_their_last_month_with_the_year_once():
    months = [(date(2025, 11, 13), date(2025, 12, 1)), (date(2025, 12, 1), date(2026, 1, 1)),
              (date(2025, 11, 1), date(2026, 2, 1)), (date(2026, 2, 1), date(2026, 3, 1))]  # fmt: skip
    assert period_labels(months) == [("Nov", "2025"), ("Dec", ""), ("Jan", "2026"), ("Feb", "")]


def test_periods_within_months_are_told_by_their_last_day_and_whole_years_by_their_year():
    weeks = [(date(2026, 5, 26), date(2026, 6, 2)), (date(2026, 6, 2), date(2026, 6, 9))]
    assert period_labels(weeks) == [("1 Jun", "2026"), ("8 Jun", "")]
    years = [(date(2024, 1, 1), date(2025, 1, 1)), (date(2025, 1, 1), date(2026, 1, 1))]
    assert period_labels(years) == [("2024", ""), ("2025", "")]
    assert period_labels([]) == []
