"""Compound aggregations: base quantities in a calculation, priced like any other (spec 2; spec 7)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bill import compute_bill, due_bills, windows_wanted
from billing.engine.types import Compound, UnitRounding
from tests.engine.make import (
    day,
    make_aggregation,
    make_attachment,
    make_bill,
    make_id,
    make_input,
    make_pricing,
)


def make_compound(calculation, *inputs, per="1", rounding="NONE", **more):
    return Compound(
        make_id(),
        "compound",
        "Compound",
        calculation,
        inputs,
        Decimal(per),
        UnitRounding(rounding),
        "unit",
        **more,
    )


def bill_of(compound, usage=(), *bands):
    return make_bill([make_attachment("2024-06-01", None, make_pricing(compound, *bands))], usage=usage)


A = make_aggregation("a_sum", per="10", rounding="UP")
B = make_aggregation("b_sum")
ZERO = make_aggregation("b_zero", default_value=Decimal(0))


def test_base_quantities_are_calculated_with_and_the_compounds_own_units_priced():
    compound = make_compound("aggregation.a_sum + aggregation.b_sum / 4", A, B, per="100", rounding="UP")
    draft = bill_of(compound, {A: "95", B: "50"})
    [line] = draft.lines
    assert (line.quantity, line.units, line.subtotal) == (Decimal("107.5"), Decimal(2), Decimal("2.00"))
    assert (line.aggregation.code, line.meter, line.unit) == ("compound", None, "unit")
    assert line.description == "Compound"
    assert draft.problems == ()


def test_its_working_shows_each_input_and_the_calculation():
    compound = make_compound(
        "aggregation.a_sum * customFields.f + aggregation.b_zero", A, ZERO,
        custom=(("customFields.f", Decimal("1.50")), ("customFields.t", "text")),
    )  # fmt: skip
    [line] = bill_of(compound, {A: "4"}).lines
    explanation = line.explanation
    assert explanation["inputs"]["calculation"] == compound.calculation
    assert "meter" not in explanation["inputs"]
    first, second, calculation, units, bands, rounding = explanation["steps"]
    assert first == {
        "step": "input",
        "method": "SUM",
        "measurements": 3,
        "result": "4",
        "aggregation": {"code": "a_sum", "name": "a_sum"},
        "meter": {"code": "calls", "name": "Calls"},
        "field": {"code": "n", "name": "N"},
    }
    assert (second["result"], second["default"], second["measurements"]) == ("0", True, 0)
    assert calculation == {
        "step": "calculation",
        "calculation": compound.calculation,
        "custom": {"customFields.f": "1.5", "customFields.t": "text"},
        "result": "6",
    }
    assert [step["step"] for step in (units, bands, rounding)] == ["units", "bands", "rounding"]


def test_a_missing_input_without_default_means_no_line():
    compound = make_compound("isnull(aggregation.b_sum, 7) + aggregation.a_sum", A, B)
    assert bill_of(compound, {A: "100"}).lines == ()


def test_a_compound_that_evaluates_null_gets_it():
    compound = make_compound("isnull(aggregation.b_sum, 7) + aggregation.a_sum", A, B, evaluates_null=True)
    [line] = bill_of(compound, {A: "100"}).lines
    assert line.quantity == 107
    assert line.explanation["steps"][1]["result"] is None
    assert bill_of(make_compound("aggregation.a_sum", A, evaluates_null=True)).lines == ()


def test_a_compound_without_inputs_has_a_value_without_usage():
    [line] = bill_of(
        make_compound("customFields.seats * 2", custom=(("customFields.seats", Decimal(4)),))
    ).lines
    assert line.subtotal == Decimal("8.00")


def test_of_a_segmented_aggregation_it_takes_the_total():
    segmented = make_aggregation(
        "n_seg", segmented_fields=("region",), segments=((("region", "eu"),), (("region", "us"),))
    )
    compound = make_compound("aggregation.n_seg / 7", segmented)
    pricing = make_pricing(compound, ("0", "0", "7"))
    [due] = due_bills([make_attachment("2024-06-01", None, pricing)], day("2024-07-01"))
    [window] = windows_wanted(due)
    assert window.aggregation_id == segmented.id
    draft = compute_bill(make_input(due, {segmented: "90"}))
    assert draft.total == Decimal("90.00")


def test_windows_that_several_pricings_need_are_measured_once():
    compound = make_compound("aggregation.a_sum + aggregation.b_sum", A, B)
    attachment = make_attachment("2024-06-01", None, make_pricing(compound), make_pricing(A))
    [due] = due_bills([attachment], day("2024-07-01"))
    assert sorted(window.aggregation_id for window in windows_wanted(due)) == sorted([A.id, B.id])


@pytest.mark.parametrize(
    ("calculation", "sentence"),
    [
        ("1 / aggregation.b_zero", "Line 1, column 3: This divides by zero."),
        ("isnull(customFields.gone, 1)", "Line 1, column 8: There is no “customFields.gone” any more."),
        (
            "aggregation.b_zero + customFields.t",
            "Line 1, column 22: This is a text, where a number is needed.",
        ),
        (
            "aggregation.b_zero == 0",
            "Line 1, column 1: The result is true or false, where a number is needed.",
        ),
    ],
)
def test_a_calculation_without_an_answer_fails_the_bill_with_the_place(calculation, sentence):
    draft = bill_of(make_compound(calculation, ZERO, custom=(("customFields.t", "text"),)))
    [problem] = draft.problems
    assert problem.code == "calculation"
    assert problem.message == (
        f"Compound aggregation “Compound” cannot be calculated. {sentence} Change its calculation so that"
        " it has an answer here too, or null for no line."
    )
    assert draft.lines == ()


quantities = st.decimals("-1e12", "1e12", allow_nan=False, places=6)


@given(
    quantities,
    st.sampled_from(["1", "3", "0.07", "1000"]),
    st.sampled_from(["UP", "DOWN", "NEAREST", "NONE"]),
    st.booleans(),
)
def test_a_compound_of_one_aggregation_costs_what_the_aggregation_costs(quantity, per, rounding, cumulative):
    bands = ("0", "5", "0.37"), ("10", "0", "0.11"), ("5000", "2", "0.013")
    plain = make_aggregation("a_sum", per, rounding)
    compound = make_compound("aggregation.a_sum", A, per=per, rounding=rounding)
    costs = {}
    for priced, measured in ((plain, plain), (compound, A)):
        pricing = make_pricing(priced, *bands, cumulative=cumulative)
        draft = make_bill([make_attachment("2024-06-01", None, pricing)], usage={measured: str(quantity)})
        [line] = draft.lines
        costs[priced] = (line.quantity, line.units, line.subtotal, line.bands, draft.total)
    assert costs[plain] == costs[compound]


@given(quantities, quantities)
def test_the_sum_of_two_aggregations_is_billed_as_their_sum(one, other):
    compound = make_compound("aggregation.a_sum + aggregation.b_sum", A, B)
    [line] = bill_of(compound, {A: str(one), B: str(other)}).lines
    assert line.quantity == one + other
