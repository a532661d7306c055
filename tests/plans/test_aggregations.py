"""What aggregations refuse, and in which words (spec 2, Aggregation)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions
from plans import services
from plans.models import Aggregation, Meter, Plan
from tests.plans.catalogue import (
    GB,
    SIZE,
    a_meter,
    a_pricing,
    a_product,
    an_aggregation,
    refused,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


@pytest.mark.parametrize(
    ("target_field", "method"),
    [(f, m) for m in ("SUM", "MIN", "MAX", "LATEST", "MEAN") for f in ("region", "size", "user")]
    + [("gb", "UNIQUE"), ("user", "COUNT")],
)
def test_a_method_refuses_a_field_that_it_cannot_count(meter: Meter, target_field: str, method: str) -> None:
    with refused("method", "numbers|metadata"):
        an_aggregation(meter, target_field=target_field, method=method)


@pytest.mark.parametrize(
    ("target_field", "method"),
    [("gb", m) for m in ("SUM", "MIN", "MAX", "COUNT", "LATEST", "MEAN")]
    + [("region", "COUNT"), ("region", "UNIQUE"), ("user", "UNIQUE")],
)
def test_a_method_takes_a_field_that_it_can_count(meter: Meter, target_field: str, method: str) -> None:
    assert an_aggregation(meter, target_field=target_field, method=method).target_field.code == target_field


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"code": "gb-sum"}, "code", "letters, digits"),
        ({"unit": ""}, "unit", "unit is missing"),
        ({"method": "MEDIAN"}, "method", "not a valid choice"),
        ({"rounding": "SIDEWAYS"}, "rounding", "not a valid choice"),
        ({"quantity_per_unit": Decimal(0)}, "quantity_per_unit", "more than 0"),
        ({"quantity_per_unit": Decimal("-1")}, "quantity_per_unit", "more than 0"),
        ({"quantity_per_unit": Decimal("NaN")}, "quantity_per_unit", "number"),
        ({"default_value": Decimal("-0.1")}, "default_value", "0 or more"),
        ({"default_value": Decimal("Infinity")}, "default_value", "number"),
        ({"target_field": "mb"}, "target_field", "no field “mb”"),
        ({"segmented_fields": ["zone"]}, "segmented_fields", "no field “zone”"),
        ({"segmented_fields": ["gb"]}, "segmented_fields", "“gb” is measure"),
        ({"segmented_fields": ["user"]}, "segmented_fields", "“user” is metadata"),
        ({"segmented_fields": ["region", "region"]}, "segmented_fields", "once"),
        ({"segments": [{}]}, "segments", "need segmented fields"),
        ({"segmented_fields": ["region"], "segments": [{"size": "big"}]}, "segments", "“size”, which is not"),
        ({"segmented_fields": ["region"], "segments": [{"region": ""}]}, "segments", "needs a text"),
        ({"segmented_fields": ["region"], "segments": [{"region": 5}]}, "segments", "needs a text"),
        (
            {"segmented_fields": ["region"], "segments": [{}, {}]},
            "segments",
            "“everything else” stands there twice",
        ),
        (
            {
                "segmented_fields": ["region", "size"],
                "segments": [{"region": "eu", "size": "*"}, {"size": "*", "region": "eu"}],
            },
            "segments",
            "twice",
        ),
        ({"code": "gb_sum"}, "code", "Another aggregation has the code"),
    ],
)
def test_an_aggregation_keeps_to_its_rules(
    meter: Meter, aggregation: Aggregation, fields: dict[str, Any], field: str, sentence: str
) -> None:
    with refused(field, sentence):
        an_aggregation(meter, **{"code": "another", **fields})


def test_an_aggregation_belongs_to_its_meters_product_or_to_none(meter: Meter) -> None:
    other = a_product(meter.organization, "compute")
    with refused("product", "“Disk” belongs to Storage.*cannot belong to Compute"):
        an_aggregation(meter, product=other)
    assert an_aggregation(meter, "own", product=meter.product).product == meter.product


FIXED = [({"method": "MAX"}, "method"), ({"target_field": "bytes"}, "target_field")]


@pytest.fixture
def priced(organization: Organization, plan: Plan) -> Aggregation:
    meter = a_meter(organization, data_fields=[GB, {**GB, "code": "bytes"}, SIZE])
    aggregation = an_aggregation(meter)
    a_pricing(aggregation, plan)
    return aggregation


@pytest.mark.parametrize(("fields", "field"), FIXED)
def test_a_priced_aggregation_changes_until_a_bill_is_made_with_it(
    priced: Aggregation, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], field: str
) -> None:
    services.update_aggregation(priced, version=1, **fields)
    services.update_aggregation(priced, version=2, method="SUM", target_field="gb")
    monkeypatch.setattr(extensions("plans.aggregation"), "billed", [lambda pk: [Blocker("bill INV-1")]])
    with refused(field, "cannot change any more.*made with it: bill INV-1.*new one"):
        services.update_aggregation(priced, version=3, **fields)
    changed = services.update_aggregation(priced, version=3, unit="GiB", quantity_per_unit=Decimal(1024))
    assert (changed.unit, changed.quantity_per_unit) == ("GiB", 1024)


def test_what_is_priced_without_segments_gets_none(priced: Aggregation) -> None:
    with refused("segmented_fields", "priced on “Standard” without segments"):
        services.update_aggregation(priced, version=1, segmented_fields=["size"], segments=[{}])


def test_what_is_priced_by_segments_keeps_them_and_may_get_finer_ones(
    segmented: Aggregation, plan: Plan
) -> None:
    a_pricing(segmented, plan, segment={"region": "eu"})
    with refused("segments", "“region eu” is priced"):
        services.update_aggregation(segmented, version=1, segmented_fields=[], segments=[])
    finer = [{"region": "eu", "size": "big"}, {"region": "eu"}]
    fields = {"segmented_fields": ["region", "size"], "segments": finer}
    assert services.update_aggregation(segmented, version=1, **fields).segments == finer


def test_a_priced_aggregation_does_not_move_to_a_meter_of_another_product(
    priced: Aggregation, organization: Organization
) -> None:
    other = a_meter(organization, "cpu", product=a_product(organization, "compute"))
    with refused("meter", "priced on “Standard” of another product.*its meter must be global"):
        services.update_aggregation(priced, version=1, meter=other)


def test_segments_can_be_added_and_ordered_but_a_priced_one_stays(segmented: Aggregation, plan: Plan) -> None:
    a_pricing(segmented, plan, segment={"region": "eu"})
    wanted = [{"region": "us"}, {"region": "eu"}]
    changed = services.update_aggregation(segmented, version=1, segments=wanted)
    assert changed.segments == wanted
    with refused("segments", "“region eu” is priced on “Standard”"):
        services.update_aggregation(segmented, version=2, segments=[{"region": "us"}])
