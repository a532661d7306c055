"""What products and meters refuse, and in which words (spec 2, Product, Meter)."""

from datetime import date
from typing import Any

import pytest

from m3console.core.errors import StaleVersion
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions
from plans import services
from plans.models import Aggregation, DataField, Meter, Plan, Product
from tests.plans.catalogue import (
    GB,
    REGION,
    SIZE,
    USER,
    a_meter,
    a_pricing,
    a_product,
    refused,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": ""}, "name", "name is missing"),
        ({"name": "x" * 201}, "name", "200"),
        ({"code": ""}, "code", "code is missing"),
        ({"code": "x" * 81}, "code", "80"),
        ({"code": " storage2"}, "code", "space"),
        ({"code": "sto\u200brage"}, "code", "invisible"),
        ({"name": "Sto\x00rage"}, "name", "control character"),
        ({"code": "storage"}, "code", "Another product has the code “storage” already"),
    ],
)
def test_a_product_has_a_name_and_a_code_of_its_own(
    product: Product, fields: dict[str, str], field: str, sentence: str
) -> None:
    with refused(field, sentence):
        a_product(product.organization, **{"code": "other", "name": "Other", **fields})


def test_codes_differ_by_case_and_are_free_in_another_organization(make_organization: Any) -> None:
    first, second = make_organization("one"), make_organization("two")
    for organization, code in ((first, "api"), (first, "API"), (second, "api")):
        a_product(organization, code)
    assert Product.objects.filter(organization=first).count() == 2


def test_a_product_changes_only_from_the_version_that_was_read(product: Product) -> None:
    services.update_product(product, version=1, name="Object storage")
    with pytest.raises(StaleVersion, match="Changed by"):
        services.update_product(product, version=1, name="Block storage")
    product.refresh_from_db()
    assert (product.name, product.version) == ("Object storage", 2)


@pytest.mark.parametrize(
    ("data_fields", "sentence"),
    [
        ([], "1 to 15 data fields.*0"),
        ([{**GB, "code": f"f{n}"} for n in range(16)], "1 to 15 data fields.*16"),
        ([{**GB, "unit": ""}], "needs a unit"),
        ([{**GB, "code": "1gb"}], "letters, digits"),
        ([{**GB, "code": ""}], "code is missing"),
        ([{**GB, "name": ""}], "name is missing"),
        ([{**GB, "category": "WHY"}], "not a valid choice"),
        ([GB, {**REGION, "code": "gb"}], "two data fields have the code “gb”"),
    ],
)
def test_a_meter_has_one_to_fifteen_sound_fields(
    organization: Organization, data_fields: list[dict[str, str]], sentence: str
) -> None:
    with refused("data_fields", sentence):
        a_meter(organization, data_fields=data_fields)
    assert not Meter.objects.exists()


def test_a_field_keeps_its_position_and_a_removed_ones_is_not_given_again(meter: Meter) -> None:
    at = {field.code: (field.numeric, field.position) for field in meter.data_fields.all()}
    assert at == {"gb": (True, 0), "region": (False, 0), "user": (False, 1), "size": (False, 2)}
    meter = services.update_meter(meter, version=1, data_fields=[GB, REGION])
    meter = services.update_meter(meter, version=2, data_fields=[SIZE, REGION, GB])
    assert {f.code: f.position for f in meter.data_fields.all()} == {"gb": 0, "region": 0, "size": 3}


def test_a_field_is_recognized_by_its_id_when_its_code_changes(meter: Meter) -> None:
    gb = meter.data_fields.get(code="gb")
    renamed = {**GB, "id": str(gb.pk), "code": "gib", "unit": "GiB"}
    services.update_meter(meter, version=1, data_fields=[renamed, REGION, USER, SIZE])
    gb.refresh_from_db()
    assert (gb.code, gb.unit, gb.position) == ("gib", "GiB", 0)


@pytest.mark.parametrize(
    ("data_fields", "sentence"),
    [
        ([REGION], "“gb” cannot be removed.*aggregation “gb_sum” uses it"),
        ([GB], "“region” cannot be removed.*aggregation “gb_by_region” uses it"),
        ([GB, {**REGION, "category": "MEASURE", "unit": "x"}], "cannot turn"),
        ([GB, {**REGION, "category": "METADATA"}], "category.*cannot change any more.*gb_by_region"),
    ],
)
def test_a_field_that_is_used_stays_what_it_is(
    meter: Meter,
    aggregation: Aggregation,
    segmented: Aggregation,
    plan: Plan,
    data_fields: list[dict[str, str]],
    sentence: str,
) -> None:
    a_pricing(aggregation, plan)
    with refused("data_fields", sentence):
        services.update_meter(meter, version=1, data_fields=data_fields)


def test_a_category_changes_until_a_bill_is_made_with_the_field(
    meter: Meter, aggregation: Aggregation, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_pricing(aggregation, plan)
    services.update_meter(meter, version=1, data_fields=[{**GB, "category": "COST"}, REGION, USER, SIZE])
    monkeypatch.setattr(extensions("plans.datafield"), "billed", [lambda pk: [Blocker("bill INV-1")]])
    with refused("data_fields", "category of data field “gb” cannot change any more.*bill INV-1.*new one"):
        services.update_meter(meter, version=2, data_fields=[GB, REGION, USER, SIZE])


def test_a_field_that_is_segmented_by_keeps_its_code(meter: Meter, segmented: Aggregation) -> None:
    region = meter.data_fields.get(code="region")
    fields = [GB, USER, SIZE, {**REGION, "id": str(region.pk), "code": "zone"}]
    with refused("data_fields", "“region” keeps its code.*gb_by_region"):
        services.update_meter(meter, version=1, data_fields=fields)


def test_an_unpriced_field_changes_its_category_among_its_kind(meter: Meter) -> None:
    changed = [{**GB, "category": "COST"}, {**REGION, "category": "WHO"}, USER, SIZE]
    meter = services.update_meter(meter, version=1, data_fields=changed)
    assert set(DataField.objects.values_list("code", "category")) >= {("gb", "COST"), ("region", "WHO")}
