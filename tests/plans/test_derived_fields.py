"""What derived fields of a meter may be, and what refuses to change or go (spec 2, Meter)."""

from decimal import Decimal

import pytest

from m3console.core.errors import StaleVersion
from m3console.core.links import reverse
from plans import services
from plans.models import DataField
from tests.plans.catalogue import GB, REGION, a_meter, an_aggregation, refused

HALF = {"category": "MEASURE", "code": "half", "name": "Half", "unit": "GB", "calculation": "gb / 2"}


def test_a_derived_field_stands_behind_the_data_fields_with_a_position_of_its_own(organization):
    meter = a_meter(organization, data_fields=[GB, REGION], derived_fields=[HALF])
    assert [(f.code, f.position, f.calculation) for f in meter.data_fields.all()] == [
        ("gb", 0, ""), ("region", 0, ""), ("half", 1, "gb / 2"),
    ]  # fmt: skip
    assert [f.code for f in meter.measured_fields] == ["gb", "region"]
    assert [f.code for f in meter.derived_fields] == ["half"]
    meter.refresh_from_db()
    assert (meter.number_positions, meter.text_positions) == (2, 1)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        (
            {"calculation": "gb /"},
            "calculation",
            "Derived field “half”: Line 1, column 5: The calculation ends",
        ),
        ({"calculation": "mb / 2"}, "calculation", "column 1: Meter “Disk” has no data field “mb”"),
        ({"calculation": "half / 2"}, "calculation", "“half” is a derived field; calculations are over data"),
        ({"calculation": "customFields.x"}, "calculation", "no custom field “x” of the meter, its product"),
        ({"calculation": "gb > 1"}, "calculation", "The result is true or false, where a number is needed"),
        ({"calculation": "region + 1"}, "calculation", "This is a text, where a number is needed"),
        ({"calculation": ""}, "calculation", "needs a calculation"),
        ({"calculation": "gb" + " " * 2000}, "calculation", "at most 2,000 characters"),
        ({"code": "gb"}, "code", "Two fields of the meter have the code “gb”"),
        ({"code": "1half"}, "data_fields", "letters, digits"),
        ({"unit": ""}, "data_fields", "Derived field “half” holds numbers, so it needs a unit"),
    ],
)
def test_a_derived_field_that_makes_no_sense_is_refused(organization, changed, field, sentence):
    with refused(field, sentence):
        a_meter(organization, derived_fields=[HALF | changed])
    assert not DataField.objects.exists()


def test_a_meter_has_at_most_fifteen_derived_fields(organization):
    many = [HALF | {"code": f"f{n}"} for n in range(16)]
    with refused("derived_fields", "at most 15 derived fields; this one would have 16"):
        a_meter(organization, derived_fields=many)
    meter = a_meter(organization, derived_fields=many[:15])
    with refused("derived_fields", "would have 16"):
        services.create_derived_field(meter, **HALF)


def test_a_derived_field_can_be_counted_and_segmented_by(organization):
    size = {"category": "WHAT", "code": "size_class", "name": "Class", "calculation": "gb > 10 ? 'l' : 's'"}
    meter = a_meter(organization, derived_fields=[HALF, size])
    aggregation = an_aggregation(
        meter, target_field="half", segmented_fields=["size_class"], segments=[{"size_class": "l"}, {}]
    )
    half = meter.data_fields.get(code="half")
    with refused("data_fields", "Derived field “half” cannot be removed: aggregation “gb_sum” uses it"):
        services.delete_derived_field(half)
    assert aggregation.target_field == half


def test_a_data_field_that_is_calculated_with_neither_goes_nor_changes_its_code(organization):
    meter = a_meter(organization, data_fields=[GB, REGION], derived_fields=[HALF])
    gb = meter.data_fields.get(code="gb")
    with refused(
        "calculation", "Derived field “half”: Line 1, column 1: Meter “Disk” has no data field “gb”"
    ):
        services.update_meter(meter, version=1, data_fields=[REGION])
    with refused("calculation", "no data field “gb”"):
        services.update_meter(meter, version=1, data_fields=[GB | {"id": str(gb.pk), "code": "gib"}, REGION])
    services.update_meter(meter, version=1, data_fields=[GB | {"name": "Gigs"}, REGION])
    assert [f.code for f in meter.data_fields.all()] == ["gb", "region", "half"]


def test_a_custom_field_that_is_calculated_with_stays(organization):
    rated = HALF | {"calculation": "gb * customFields.rate"}
    meter = a_meter(organization, derived_fields=[rated], custom_fields={"rate": Decimal(2)})
    with refused("calculation", "no custom field “rate”"):
        services.update_meter(meter, version=1, custom_fields={})


def test_a_derived_field_changes_from_the_version_that_was_read(organization):
    meter = a_meter(organization, derived_fields=[HALF])
    field = meter.data_fields.get(code="half")
    services.update_derived_field(field, version=1, **(HALF | {"calculation": "gb / 4", "name": "Quarter"}))
    with pytest.raises(StaleVersion):
        services.update_derived_field(field, version=1, **HALF)
    field = DataField.objects.get(pk=field.pk)
    assert (field.calculation, field.name, field.version) == ("gb / 4", "Quarter", 2)
    services.delete_derived_field(field)
    assert not DataField.objects.filter(pk=field.pk).exists()


def test_one_makes_changes_and_deletes_a_derived_field_on_its_pages(organization, manager):
    meter = a_meter(organization)
    create = reverse("plans:derived_field_create", organization=organization, pk=meter.pk)
    shown = manager.get(create)
    assert "Values for what the calculation will name." in shown.content.decode()
    answer = manager.post(create, HALF | {"calculation": "gb / zero"})
    assert answer.status_code == 422
    assert "Meter “Disk” has no data field “zero”" in answer.content.decode()
    assert manager.post(create, HALF).status_code == 302
    field = DataField.objects.get(code="half")
    page = manager.get(reverse("plans:meter_detail", organization=organization, pk=meter.pk)).content.decode()
    assert "gb / 2" in page
    edit = reverse("plans:derived_field_edit", organization=organization, pk=field.pk)
    assert "gb / 2" in manager.get(edit).content.decode()
    assert manager.post(edit, HALF | {"name": "Halved", "version": "2"}).status_code == 302
    stale = manager.post(edit, HALF | {"name": "Other", "version": "2"})
    assert stale.status_code == 409
    assert "Halved" in stale.content.decode()
    delete = reverse("plans:derived_field_delete", organization=organization, pk=field.pk)
    assert "Its history stays." in manager.get(delete).content.decode()
    assert manager.post(delete).status_code == 302
    assert not DataField.objects.filter(code="half").exists()


def test_the_sample_answers_as_one_types(organization, manager):
    meter = a_meter(organization)
    create = reverse("plans:derived_field_create", organization=organization, pk=meter.pk)

    def typed(calculation, part="", **sample):
        sent = HALF | {"calculation": calculation} | {f"sample-{name}": text for name, text in sample.items()}
        return manager.post(f"{create}?words={part}", sent, headers={"HX-Request": "true"}).content.decode()

    assert '<strong class="num">5</strong>' in typed("gb / 2")
    assert 'name="sample-gb"' in typed("gb / 2")
    answer = typed("gb / 2", "answer", gb="30")
    assert "15</strong>" in answer
    assert "sample-gb" not in answer
    assert "null: no value" in typed("gb / 2", gb="")
    assert "is not a number" in typed("gb / 2", gb="x")
    assert "Line 1, column 4: This divides by zero." in typed("gb / 0")
    assert "The calculation ends too early." in typed("gb +")
    assert "is not a date and time" in typed("ts + 1", ts="yesterday")
    assert "86,400,000" in typed("ts", ts="1970-01-02")
    assert not DataField.objects.filter(code="half").exists()


def test_without_scripts_a_button_tries_the_calculation(organization, manager):
    meter = a_meter(organization)
    create = reverse("plans:derived_field_create", organization=organization, pk=meter.pk)
    shown = manager.post(create, HALF | {"rows": "show", "sample-gb": "8"}).content.decode()
    assert "4</strong>" in shown
    assert "<h1" in shown
