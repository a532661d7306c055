"""Derived fields: calculated once, as a measurement comes in, and stored with it (spec 2, Meter; spec 7)."""

from decimal import Decimal

import pytest

from billing.usage.ingest import Counts
from billing.usage.models import IngestEvent, Measurement
from m3console.core.errors import RuleViolation
from plans import services
from plans.models import DataField
from plans.services.meters import create_meter
from tests.usage.conftest import FIELDS, reasons, row


def derived(code, calculation, category="MEASURE"):
    unit = "unit" if category in ("MEASURE", "COST", "INCOME") else ""
    return {"category": category, "code": code, "name": code, "unit": unit, "calculation": calculation}


@pytest.fixture
def meter_with(organization):
    def make(*derived_fields, **fields):
        return create_meter(
            organization=organization, name="Disk", code="disk", data_fields=FIELDS,
            derived_fields=derived_fields, **fields,
        )  # fmt: skip

    return make


def stored():
    return list(Measurement.objects.order_by("uid").values_list("vals", "dims"))


def test_a_measurement_is_stored_with_its_derived_fields(take, meter_with):
    meter_with(derived("half", "gb / 2"), derived("where", "region == 'eu' ? 'home' : 'away'", "WHERE"))
    assert take(row("u1", gb="3", region="eu"), row("u2", gb="1", cost="7")) == Counts(read=2, accepted=2)
    assert stored() == [
        ([Decimal(3), None, Decimal("1.5")], ["eu", None, "home"]),
        ([Decimal(1), Decimal(7), Decimal("0.5")], [None, None, "away"]),
    ]


def test_a_calculation_that_comes_to_null_leaves_no_value(take, meter_with):
    meter_with(derived("ratio", "cost / gb"), derived("label", "note", "WHAT"), derived("gone", "null"))
    assert take(row("u1", gb="3")).accepted == 1
    assert stored() == [([Decimal(3)], [])]


def test_a_quotient_keeps_28_digits_and_products_all_of_theirs(take, meter_with):
    meter_with(derived("third", "gb / 3"), derived("square", "gb ^ 2"))
    take(row("u1", gb="1.0000000000000000000000000000000000001"))
    third, square = stored()[0][0][2:]
    assert third == Decimal("0.3333333333333333333333333333")
    assert square == Decimal("1.00000000000000000000000000000000000020000000000000000000000000000000000001")


def test_the_timestamp_counts_milliseconds(take, meter_with):
    meter_with(derived("at", "ts"))
    take(row("u1", ts="1970-01-02T00:00:00Z"), row("u2", ts="2026-06-10T12:00:00.000250Z"))
    assert [vals[2] for vals, _ in stored()] == [Decimal(86_400_000), Decimal("1781092800000.25")]


def test_custom_fields_are_the_meters_before_its_products_before_the_organizations(
    take, meter_with, organization
):
    product = services.create_product(
        organization=organization, name="P", code="p", custom_fields={"a": Decimal(2), "b": Decimal(3)}
    )
    meter_with(
        derived("x", "gb * customFields.a + customFields.b"),
        product=product,
        custom_fields={"a": Decimal(10)},
    )
    take(row("u1", gb="5"))
    assert stored()[0][0][2] == 53


NO_ANSWER = "Derived field x cannot be calculated. Line 1, column "


@pytest.mark.parametrize(
    ("calculation", "category", "reason"),
    [
        ("gb / (gb - 3)", "MEASURE", f"{NO_ANSWER}4: This divides by zero."),
        ("10 ^ (gb * 14)", "MEASURE", f"{NO_ANSWER}1: The result has more than 40 digits before the point."),
        (f"gb == 3 ? '{'y' * 501}' : null", "WHAT", "x has more than 500 characters."),
    ],
)
def test_a_row_whose_derived_field_has_no_answer_is_refused_and_kept(
    take, meter_with, calculation, category, reason
):
    meter_with(derived("x", calculation, category))
    bad = row("u1", gb="3", note="n")
    counts = take(bad, row("u2", gb="2"))
    assert counts == Counts(read=2, accepted=1, rejected=1)
    event = IngestEvent.objects.get()
    assert (event.kind, event.reason) == ("INVALID_VALUE", reason)
    assert event.payload["gb"] == "3"


def test_a_derived_field_is_not_sent(take, meter_with):
    meter_with(derived("half", "gb / 2"))
    assert take(row("u1", gb="3", half="1")) == Counts(read=1, rejected=1)
    assert reasons() == ["half of meter disk is calculated from other fields. Leave it out."]


def test_a_repeat_is_told_by_what_was_sent_though_the_calculation_has_changed(take, meter_with):
    meter = meter_with(custom_fields={"factor": Decimal(2)})
    assert take(row("u1", gb="3")).accepted == 1
    services.create_derived_field(
        meter, category="MEASURE", code="x", name="X", unit="u", calculation="gb * customFields.factor"
    )
    assert take(row("u1", gb="3"), row("u2", gb="3")) == Counts(read=2, accepted=1, duplicates=1)
    meter.refresh_from_db()
    services.update_meter(meter, version=meter.version, custom_fields={"factor": Decimal(5)})
    assert take(row("u2", gb="3"), row("u3", gb="3")) == Counts(read=2, accepted=1, duplicates=1)
    assert not IngestEvent.objects.exists()
    assert [vals[2:] for vals, _ in stored()] == [[], [Decimal(6)], [Decimal(15)]]


def test_equal_content_has_one_uid_of_its_own_whatever_is_derived_from_it(take, meter_with):
    meter = meter_with()
    assert take(row(None, gb="3"), uid_from_content=True).accepted == 1
    services.create_derived_field(
        meter, category="MEASURE", code="x", name="X", unit="u", calculation="gb + 1"
    )
    assert take(row(None, gb="3"), uid_from_content=True).duplicates == 1


def test_a_custom_field_that_is_gone_refuses_rows_rather_than_counting_nothing(
    take, meter_with, organization
):
    meter = meter_with(derived("x", "isnull(customFields.rate, 1) * gb"), custom_fields={"rate": Decimal(2)})
    type(meter).objects.filter(pk=meter.pk).update(custom_fields={})
    assert take(row("u1", gb="3")) == Counts(read=1, rejected=1)
    assert reasons() == ["Derived field x cannot be calculated: there is no customFields.rate any more."]


def test_a_calculation_stays_once_usage_was_measured_with_it(take, meter_with):
    meter = meter_with(derived("half", "gb / 2"))
    field = meter.data_fields.get(code="half")
    wanted = {"category": "MEASURE", "code": "half", "name": "Half", "unit": "u"}
    field = services.update_derived_field(field, version=field.version, calculation="gb / 3", **wanted)
    take(row("u1", gb="6"))
    with pytest.raises(
        RuleViolation, match="calculation of derived field “half” cannot change any more: usage"
    ):
        services.update_derived_field(field, version=field.version, calculation="gb / 4", **wanted)
    services.update_derived_field(
        field, version=field.version, calculation="gb / 3", **(wanted | {"name": "H"})
    )
    with pytest.raises(RuleViolation, match="cannot be removed: usage that was measured with it"):
        services.delete_derived_field(DataField.objects.get(pk=field.pk))
    assert stored() == [([Decimal(6), None, Decimal(2)], [])]
