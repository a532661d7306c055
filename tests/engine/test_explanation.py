import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.engine.explanation import quantity_step
from billing.engine.types import Method
from tests.engine.make import make_aggregation, make_attachment, make_bill, make_pricing


def test_the_working_of_a_usage_line():
    n = make_aggregation(
        per="100", rounding="UP", segmented_fields=("region",), segments=((("region", "eu"),),)
    )
    pricing = make_pricing(
        n,
        ("0", "1", "2"),
        ("2", "0", "1.50"),
        segment=(("region", "eu"),),
        start="2024-01-01",
        end="2025-01-01",
    )
    attachment = make_attachment("2024-06-01", None, pricing, code="acme-std", currency="EUR")
    bill = make_bill(
        [attachment], usage={(n, (("region", "eu"),)): "250"}, rates={("EUR", "USD"): Decimal("1.10")}
    )
    assert bill.lines[0].explanation == {
        "version": 1,
        "inputs": {
            "account": "acme",
            "attachment": "acme-std",
            "product": "Storage",
            "plan": "Standard",
            "template": "Template",
            "from": "2024-06-01",
            "to": "2024-07-01",
            "aggregation": {"code": "n_sum", "name": "n_sum"},
            "meter": {"code": "calls", "name": "Calls"},
            "field": {"code": "n", "name": "N"},
            "method": "SUM",
            "pricing": {"on": "plan", "start": "2024-01-01", "end": "2025-01-01", "description": ""},
            "segment": {"region": "eu"},
        },
        "steps": [
            {"step": "quantity", "method": "SUM", "measurements": 3, "result": "250"},
            {"step": "units", "per": "100", "rounding": "UP", "exact": "2.5", "result": "3", "unit": "call"},
            {
                "step": "bands",
                "type": "Custom tiered",
                "bands": [
                    {"lower": "0", "upper": "2", "units": "2", "fixed": "1", "price": "2", "amount": "5"},
                    {
                        "lower": "2",
                        "upper": None,
                        "units": "1",
                        "fixed": "0",
                        "price": "1.5",
                        "amount": "1.5",
                    },
                ],
                "result": "6.5",
                "unit": "EUR",
            },
            {
                "step": "rounding",
                "places": 2,
                "mode": "HALF_EVEN",
                "exact": "6.5",
                "result": "6.50",
                "unit": "EUR",
            },
            {
                "step": "conversion",
                "from": "EUR",
                "to": "USD",
                "rate": "1.1",
                "places": 2,
                "mode": "HALF_UP",
                "exact": "7.15",
                "result": "7.15",
                "unit": "USD",
            },
        ],
    }


def test_the_working_of_a_standing_charge():
    attachment = make_attachment("2022-01-01", None, code="s", anchor="2022-02-15", charge="31")
    assert make_bill([attachment], "2022-02-15").lines[0].explanation == {
        "version": 1,
        "inputs": {
            "account": "acme",
            "attachment": "s",
            "product": "Storage",
            "plan": "Standard",
            "template": "Template",
            "from": "2022-01-01",
            "to": "2022-02-15",
        },
        "steps": [
            {
                "step": "proration",
                "charge": "31",
                "factor": "45/31",
                "shares": [
                    {"from": "2022-01-01", "to": "2022-01-15", "days": 14, "of": 31},
                    {"from": "2022-01-15", "to": "2022-02-15", "days": 31, "of": 31},
                ],
                "result": "45",
                "unit": "USD",
            },
            {
                "step": "rounding",
                "places": 2,
                "mode": "HALF_UP",
                "exact": "45",
                "result": "45.00",
                "unit": "USD",
            },
        ],
    }


def test_a_negative_quantity_shows_no_fixed_price():
    n = make_aggregation()
    attachment = make_attachment("2024-06-01", None, make_pricing(n, ("0", "20", "2")))
    steps = make_bill([attachment], usage={n: "-5"}).lines[0].explanation["steps"]
    assert steps[2]["bands"][0]["fixed"] == "0"
    assert steps[2]["result"] == "-10"


def test_a_templates_pricing_and_its_missing_end_are_told():
    n = make_aggregation()
    attachment = make_attachment("2024-06-01", None, make_pricing(n, on_plan=False, description="Calls"))
    inputs = make_bill([attachment], usage={n: "1"}).lines[0].explanation["inputs"]
    assert inputs["pricing"] == {"on": "template", "start": "2020-01-01", "end": None, "description": "Calls"}
    assert "segment" not in inputs


def test_an_accounts_name_is_not_in_the_working():
    n = make_aggregation()
    bill = make_bill([make_attachment("2024-06-01", None, make_pricing(n), charge="5")], usage={n: "1"})
    assert bill.account.name == "Acme"
    assert "Acme" not in json.dumps([line.explanation for line in bill.lines])


@given(
    st.decimals(-1000, 1000, places=3),
    st.sampled_from(["1", "3", "10", "0.5"]),
    st.sampled_from(["UP", "DOWN", "NEAREST", "NONE"]),
    st.booleans(),
)
def test_the_steps_of_a_line_lead_from_its_quantity_to_its_converted_subtotal(
    quantity, per, rounding, cumulative
):
    n = make_aggregation(per=per, rounding=rounding)
    pricing = make_pricing(n, ("0", "1", "0.5"), ("10", "0", "0.25"), cumulative=cumulative)
    attachment = make_attachment("2024-06-01", None, pricing, currency="JPY")
    line = make_bill([attachment], usage={n: quantity}, rates={("JPY", "USD"): Decimal("0.0067")}).lines[0]
    stored = json.loads(json.dumps(line.explanation))
    quantity_step, units_step, bands_step, rounding_step, conversion_step = stored["steps"]
    assert Decimal(quantity_step["result"]) == line.quantity == quantity
    assert Decimal(units_step["result"]) == line.units
    assert [Decimal(band["amount"]) for band in bands_step["bands"]] == [band.subtotal for band in line.bands]
    assert bands_step["result"] == rounding_step["exact"]
    assert rounding_step["result"] == str(line.subtotal)
    assert Decimal(conversion_step["exact"]) == line.subtotal * line.rate
    assert conversion_step["result"] == str(line.converted_subtotal)


def test_a_quantity_has_its_fields_unit_unless_measurements_or_values_are_counted():
    gb = make_aggregation(field_unit="GB")
    counted = replace(gb, method=Method.COUNT)
    assert quantity_step(gb, Decimal(5), 2, False)["unit"] == "GB"
    assert "unit" not in quantity_step(counted, Decimal(5), 5, False)
    assert "unit" not in quantity_step(replace(gb, field_unit=""), Decimal(5), 2, False)
