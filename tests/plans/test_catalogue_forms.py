"""Forms with rows: data fields, segments, bands, as they are typed, drawn anew and saved."""

from typing import Any

import pytest
from django.test import Client

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.models import Aggregation, Meter, Plan, Pricing
from tests.plans.catalogue import (
    GB,
    REGION,
    a_meter,
    an_aggregation,
    rows,
)


def test_a_meter_is_made_with_rows_that_are_added_and_removed(
    manager: Client, organization: Organization
) -> None:
    url = reverse("plans:meter_create")
    typed = {"name": "Disk", "code": "disk", "product": "", **rows({**GB, "id": ""})}
    answer = manager.post(url, {**typed, "rows": "add"})
    assert answer.status_code == 200
    assert 'name="row-1-code"' in answer.text
    assert 'value="Disk"' in answer.text
    assert "Enter a code" not in answer.text
    typed |= rows(
        {**GB, "id": ""}, {**REGION, "id": ""}, {"category": "MEASURE", "code": "", "name": "", "unit": ""}
    )
    answer = manager.post(url, {**typed, "rows": "remove-0"})
    assert 'value="gb"' not in answer.text
    assert 'value="region"' in answer.text
    assert not Meter.objects.exists()
    manager.post(url, typed)
    assert [field.code for field in Meter.objects.get().data_fields.all()] == ["gb", "region"]


def test_what_is_wrong_in_a_row_is_said_with_its_number(manager: Client, organization: Organization) -> None:
    wrong = rows(GB, {**GB, "code": "1st", "unit": ""}, {**REGION, "code": ""})
    answer = manager.post(reverse("plans:meter_create"), {"name": "Disk", "code": "disk", **wrong})
    assert answer.status_code == 422
    for sentence in (
        "Field 2, code: Use letters",
        "Field 2, unit: Numbers need a unit",
        "Field 3, code: Enter a code",
    ):
        assert sentence in answer.text


def test_a_meters_fields_are_changed_in_the_browser(manager: Client, things: dict[str, Any]) -> None:
    meter = things["meter"]
    url = reverse("plans:meter_edit", pk=meter.pk)
    page = manager.get(url).text
    gb, region = (meter.data_fields.get(code=code) for code in ("gb", "region"))
    assert f'value="{gb.pk}"' in page
    kept = rows({**GB, "id": str(gb.pk), "name": "GiB"}, {**REGION, "id": str(region.pk)})
    manager.post(
        url, {"name": "Disk", "code": "disk", "product": str(meter.product_id), "version": "1", **kept}
    )
    assert {f.code: f.name for f in meter.data_fields.all()} == {"gb": "GiB", "region": "Region"}
    answer = manager.post(
        url, {"name": "Disk", "code": "disk", "product": str(meter.product_id), "version": "2", **rows(GB)}
    )
    assert "“region” cannot be removed: aggregation “gb_sum” uses it" in answer.text


def test_an_aggregation_is_made_step_by_step(manager: Client, organization: Organization) -> None:
    meter = a_meter(organization)
    url = reverse("plans:aggregation_create")
    typed: dict[str, Any] = {
        "name": "Stored", "code": "stored", "product": "", "meter": str(meter.pk), "method": "SUM",
        "quantity_per_unit": "1", "rounding": "NONE", "unit": "GB", "default_value": "", "target_field": "",
    }  # fmt: skip
    answer = manager.post(url, {**typed, **rows(), "rows": "show"})
    assert "Gigabytes (gb, Measure)" in answer.text
    assert "segmented_fields" in answer.text
    typed |= {"target_field": "gb", "segmented_fields": ["region", "size"]}
    answer = manager.post(url, {**typed, **rows(), "rows": "add"})
    assert 'name="row-0-of-region"' in answer.text
    assert 'name="row-0-of-size"' in answer.text
    sent = rows(
        {"of-region": "eu", "of-size": "*"},
        {"of-region": "eu", "of-size": "big"},
        {"of-region": "", "of-size": ""},
    )
    manager.post(url, {**typed, **sent, "default_segment": "on"})
    made = Aggregation.objects.get()
    assert made.segments == [{"region": "eu", "size": "*"}, {"region": "eu", "size": "big"}, {}]
    assert (made.target_field.code, made.segmented_fields) == ("gb", ["region", "size"])


def test_editing_an_aggregation_leaves_its_segments_as_they_are(
    manager: Client, organization: Organization
) -> None:
    segments = [{}, {"region": " eu "}, {"size": "big", "region": "*"}]
    made = an_aggregation(a_meter(organization), segmented_fields=["region", "size"], segments=segments)
    page = manager.get(reverse("plans:aggregation_edit", pk=made.pk))
    form = page.context["form"]
    sent = {name: "" if value is None else str(value) for name, value in form.initial.items()}
    sent |= {
        "segmented_fields": ["region", "size"],
        "meter": str(made.meter_id),
        "product": "",
        "version": "1",
    }
    sent |= rows(*[{name: row[name].value() or "" for name in row.fields} for row in form.rows.forms])
    answer = manager.post(reverse("plans:aggregation_edit", pk=made.pk), {**sent, "name": "Renamed"})
    made.refresh_from_db()
    assert (answer.status_code, made.name, made.segments) == (302, "Renamed", segments)


TYPES = {
    "TIERED": (True, ("", "2"), ("0", "2")),
    "VOLUME": (False, ("", "2"), ("0", "2")),
    "STAIRSTEP": (False, ("5", ""), ("5", "0")),
    "CUSTOM_TIERED": (True, ("5", "2"), ("5", "2")),
    "CUSTOM_VOLUME": (False, ("5", "2"), ("5", "2")),
}


@pytest.mark.parametrize("kind", TYPES)
def test_each_pricing_type_is_saved_and_shown_again_as_itself(
    kind: str, manager: Client, things: dict[str, Any]
) -> None:
    cumulative, typed, saved = TYPES[kind]
    url = reverse("plans:pricing_create", pk=things["plan"].pk)
    fixed, unit = typed
    sent = {
        "aggregation": str(things["aggregation"].pk), "segment": "{}", "pricing_type": kind,
        "start_date": "2024-06-01", "end_date": "", "description": "",
        **rows(
            {"lower_limit": "0", "fixed_price": fixed, "unit_price": unit},
            {"lower_limit": "1e3", "fixed_price": fixed, "unit_price": unit},
            {"lower_limit": "", "fixed_price": "", "unit_price": ""},
        ),
    }  # fmt: skip
    assert manager.post(url, sent).status_code == 302
    made = Pricing.objects.get(segment_key="{}")
    assert (made.cumulative, made.lower_limits) == (cumulative, [0, 1000])
    assert [str(made.fixed_prices[1]), str(made.unit_prices[1])] == list(saved)
    edit = manager.get(reverse("plans:pricing_edit", pk=made.pk))
    assert edit.context["form"].kind == kind
    sent["version"] = "1"
    again = manager.post(reverse("plans:pricing_edit", pk=made.pk), {**sent, "description": "Changed"})
    assert again.status_code == 302
    made.refresh_from_db()
    assert (made.description, made.cumulative, made.version) == ("Changed", cumulative, 2)


@pytest.mark.parametrize(
    ("kind", "row", "sentence"),
    [
        ("VOLUME", {"lower_limit": "0", "fixed_price": "5", "unit_price": "1"}, "Volume has no fixed prices"),
        (
            "STAIRSTEP",
            {"lower_limit": "0", "fixed_price": "5", "unit_price": "1"},
            "Stairstep has no unit prices",
        ),
        ("TIERED", {"lower_limit": "0", "unit_price": ""}, "Band 1 has no price. Enter 0 if it is free."),
        (
            "TIERED",
            {"lower_limit": "", "unit_price": "1"},
            "Band 1, lower limit, over: Enter where it begins",
        ),
        ("TIERED", {"lower_limit": "0", "unit_price": "1,5"}, "is not a number"),
        ("TIERED", {"lower_limit": "0", "unit_price": "-1"}, "Band 1 has a negative price"),
        ("TIERED", {"lower_limit": "7", "unit_price": "1"}, "The first band begins at 0"),
    ],
)
def test_the_price_editor_refuses_with_a_sentence(
    kind: str, row: dict[str, str], sentence: str, manager: Client, things: dict[str, Any]
) -> None:
    url = reverse("plans:pricing_create", pk=things["plan"].pk)
    sent = {
        "aggregation": str(things["aggregation"].pk),
        "segment": "{}",
        "pricing_type": kind,
        "start_date": "2024-06-01",
        **rows(row),
    }
    answer = manager.post(url, sent)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_price_editor_draws_itself_anew_and_says_the_bands_in_words(
    manager: Client, things: dict[str, Any]
) -> None:
    url = reverse("plans:pricing_create", pk=things["plan"].pk)
    sent = {
        "aggregation": str(things["aggregation"].pk),
        "pricing_type": "TIERED",
        **rows({"lower_limit": "0", "unit_price": "0.15"}, {"lower_limit": "500", "unit_price": "0.1"}),
    }
    drawn = manager.post(url, {**sent, "rows": "show"}).text
    assert "The first 500 GB: 0.15 USD each." in drawn
    assert "Over 500 GB: 0.10 USD each." in drawn
    assert "Choose a segment" in drawn
    words = manager.post(f"{url}?words", sent, headers={"HX-Request": "true"}).text
    assert words.lstrip().startswith('<div id="words"')
    assert "The first 500 GB" in words
    stairs = manager.post(url, {**sent, "pricing_type": "STAIRSTEP", "rows": "show"}).text
    assert "Stairstep has no unit prices" in stairs
    assert Pricing.objects.count() == 2


def test_an_overlap_is_answered_with_the_pricing_in_the_way(manager: Client, things: dict[str, Any]) -> None:
    url = reverse("plans:pricing_create", pk=things["plan"].pk)
    sent = {
        "aggregation": str(things["aggregation"].pk),
        "segment": '{"region":"eu"}',
        "pricing_type": "TIERED",
        "start_date": "2024-06-01",
        **rows({"lower_limit": "0", "unit_price": "1"}),
    }
    answer = manager.post(url, sent)
    assert answer.status_code == 422
    assert "already has a pricing of gb_sum, segment region eu from 1 Jan 2024" in answer.text
    assert "End that one on 1 Jun 2024 first." in answer.text


def test_a_charge_that_is_not_said_to_be_in_advance_names_what_it_inherits(
    manager: Client, organization: Organization, plan: Plan
) -> None:
    template, field = plan.plan_template, "standing_charge_bill_in_advance"
    url = reverse("plans:plan_template_edit", pk=template.pk)
    assert "As the organization: in arrears" in manager.get(url).text
    terms = {"name": "Monthly", "currency": "USD", "bill_frequency": "MONTHLY", "standing_charge": "5"}
    terms |= {"version": "1", "bill_frequency_interval": "1", field: "true", "standing_charge_interval": "3"}
    assert manager.post(url, terms).status_code == 302
    template.refresh_from_db()
    assert (template.standing_charge_bill_in_advance, template.standing_charge_interval) == (True, 3)
    assert '<option value="true" selected>In advance</option>' in manager.get(url).text
    shown = manager.get(reverse("plans:plan_detail", pk=plan.pk)).text
    assert "every 3 periods, in advance" in shown
    assert "from the template" in shown
    url = reverse("plans:plan_edit", pk=plan.pk)
    assert "As the template: in advance" in manager.get(url).text
    own = {"name": plan.name, "code": plan.code, "version": "1", field: "false"}
    assert manager.post(url, own).status_code == 302
    plan.refresh_from_db()
    assert plan.standing_charge_bill_in_advance is False
    assert '<option value="false" selected>In arrears</option>' in manager.get(url).text
    assert manager.post(url, {**own, "version": "2", field: ""}).status_code == 302
    plan.refresh_from_db()
    assert plan.standing_charge_bill_in_advance is None
    assert manager.post(url, {**own, "version": "3", field: "maybe"}).status_code == 422
