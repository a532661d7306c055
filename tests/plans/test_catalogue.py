"""What the catalogue refuses, and in which words (spec 2 and 7)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.models import Currency, Organization
from m3console.core.registry import Blocker, extensions
from plans import services
from plans.models import Aggregation, DataField, Meter, Plan, Pricing, Product
from plans.segments import segment_key
from tests.plans.catalogue import (
    GB,
    REGION,
    SIZE,
    USER,
    a_meter,
    a_plan,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
    bands,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


@pytest.fixture
def product(organization: Organization) -> Product:
    return a_product(organization)


@pytest.fixture
def meter(organization: Organization, product: Product) -> Meter:
    return a_meter(organization, product=product)


@pytest.fixture
def aggregation(meter: Meter) -> Aggregation:
    return an_aggregation(meter)


@pytest.fixture
def segmented(meter: Meter) -> Aggregation:
    return an_aggregation(
        meter, "gb_by_region", segmented_fields=["region"], segments=[{"region": "eu"}, {"region": "*"}, {}]
    )


@pytest.fixture
def plan(product: Product) -> Plan:
    return a_plan(a_template(product))


def refused(field: str | None, *parts: str) -> Any:
    """Expect a refusal beside a field whose sentence holds the parts."""
    pattern = "(?is)" + ".*".join(parts)
    return pytest.raises(RuleViolation, match=pattern, check=lambda problem: problem.field == field)


# Products


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


# Meters


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
        (
            [{**GB, "category": "COST"}, REGION],
            "category.*cannot change any more.*“gb_sum” over it is priced",
        ),
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


def test_a_field_that_is_segmented_by_keeps_its_code(meter: Meter, segmented: Aggregation) -> None:
    region = meter.data_fields.get(code="region")
    fields = [GB, USER, SIZE, {**REGION, "id": str(region.pk), "code": "zone"}]
    with refused("data_fields", "“region” keeps its code.*gb_by_region"):
        services.update_meter(meter, version=1, data_fields=fields)


def test_an_unpriced_field_changes_its_category_among_its_kind(meter: Meter) -> None:
    changed = [{**GB, "category": "COST"}, {**REGION, "category": "WHO"}, USER, SIZE]
    meter = services.update_meter(meter, version=1, data_fields=changed)
    assert set(DataField.objects.values_list("code", "category")) >= {("gb", "COST"), ("region", "WHO")}


# Aggregations


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


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"method": "MAX"}, "method"),
        ({"target_field": "bytes"}, "target_field"),
        ({"segmented_fields": ["size"]}, "segmented_fields"),
    ],
)
def test_a_priced_aggregation_keeps_what_its_bills_are_made_with(
    organization: Organization, plan: Plan, fields: dict[str, Any], field: str
) -> None:
    meter = a_meter(organization, data_fields=[GB, {**GB, "code": "bytes"}, SIZE])
    aggregation = an_aggregation(meter)
    services.update_aggregation(aggregation, version=1, **fields)
    back = {"method": "SUM", "target_field": "gb", "segmented_fields": []}
    services.update_aggregation(aggregation, version=2, **{name: back[name] for name in fields})
    a_pricing(aggregation, plan)
    with refused(field, "cannot change any more.*priced on “Standard”.*new one"):
        services.update_aggregation(aggregation, version=3, **fields)
    changed = services.update_aggregation(aggregation, version=3, unit="GiB", quantity_per_unit=Decimal(1024))
    assert (changed.unit, changed.quantity_per_unit) == ("GiB", 1024)


def test_segments_can_be_added_and_ordered_but_a_priced_one_stays(segmented: Aggregation, plan: Plan) -> None:
    a_pricing(segmented, plan, segment={"region": "eu"})
    wanted = [{"region": "us"}, {"region": "eu"}]
    changed = services.update_aggregation(segmented, version=1, segments=wanted)
    assert changed.segments == wanted
    with refused("segments", "“region eu” is priced on “Standard”"):
        services.update_aggregation(segmented, version=2, segments=[{"region": "us"}])


# Templates and plans


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"currency": "XTS"}, "currency", "“XTS” is not among the organization’s currencies"),
        ({"bill_frequency": "WEEKLY"}, "bill_frequency", "WEEKLY cannot be billed yet"),
        ({"bill_frequency_interval": 0}, "bill_frequency_interval", "1 to 365"),
        ({"bill_frequency_interval": 366}, "bill_frequency_interval", "1 to 365"),
        ({"standing_charge": Decimal("-1")}, "standing_charge", "0 or more"),
        ({"standing_charge": Decimal("NaN")}, "standing_charge", "number"),
        ({"code": "monthly"}, "code", "Another plan template has the code"),
        ({"name": ""}, "name", "name is missing"),
    ],
)
def test_a_template_keeps_to_its_rules(plan: Plan, fields: dict[str, Any], field: str, sentence: str) -> None:
    with refused(field, sentence):
        a_template(plan.plan_template.product, **{"code": None, **fields})


def test_an_archived_currency_is_for_old_templates_only(product: Product) -> None:
    template = a_template(product)
    Currency.objects.filter(code="USD").update(archived=True)
    with refused("currency", "archived"):
        a_template(product, "other")
    assert services.update_plan_template(template, version=1, name="Renamed").name == "Renamed"


def test_templates_may_do_without_a_code(product: Product) -> None:
    assert [a_template(product, None).code, a_template(product, "").code] == [None, None]


def test_an_attached_plans_template_keeps_currency_and_frequency(plan: Plan, attach: Any) -> None:
    template = services.update_plan_template(plan.plan_template, version=1, bill_frequency_interval=3)
    attach(plan)
    for field, value in (("bill_frequency_interval", 2), ("currency", "GBP")):
        Currency.objects.get_or_create(organization=plan.organization, code="GBP", defaults={"name": "Pound"})
        with refused(field, "cannot change any more.*“Standard” is attached"):
            services.update_plan_template(template, version=2, **{field: value})
    assert services.update_plan_template(template, version=2, standing_charge=Decimal(5)).standing_charge == 5


def test_a_plan_says_only_what_differs_from_its_template(plan: Plan) -> None:
    assert plan.standing_charge is None
    assert services.update_plan(plan, version=1, standing_charge=Decimal(0)).standing_charge == 0
    with refused("standing_charge", "0 or more"):
        services.update_plan(plan, version=2, standing_charge=Decimal(-1))
    with refused("code", "Another plan has the code"):
        a_plan(plan.plan_template)


# Pricings


def test_a_pricing_stands_on_a_plan_or_a_template(aggregation: Aggregation, plan: Plan) -> None:
    for owner in ({}, {"plan": plan, "plan_template": plan.plan_template}):
        with refused("plan", "exactly one"):
            a_pricing(aggregation, **owner)
    assert a_pricing(aggregation, plan).owner == plan
    assert a_pricing(aggregation, plan_template=plan.plan_template).owner == plan.plan_template


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "at least one band"),
        ([("5", "0", "1")], "first band begins at 0"),
        ([("0", "0", "1"), ("100", "0", "1"), ("100", "0", "2")], "Band 3 begins at 100.*above band 2’s 100"),
        ([("0", "0", "-0.5")], "negative price"),
        ([("0", "-1", "0")], "negative price"),
        ([("0", "0", "NaN")], "not a number"),
        ([("0", "0", "1"), ("Infinity", "0", "1")], "not a number"),
    ],
)
def test_bands_begin_at_zero_rise_and_are_not_negative(
    aggregation: Aggregation, plan: Plan, rows: list[tuple[str, str, str]], sentence: str
) -> None:
    with refused("bands", sentence):
        a_pricing(aggregation, plan, bands=bands(*rows))
    pricing = a_pricing(aggregation, plan)
    with refused("bands", sentence):
        services.update_pricing(pricing, version=1, bands=bands(*rows))


def test_prices_and_limits_keep_their_last_digit(aggregation: Aggregation, plan: Plan) -> None:
    exact = "0.00000012345678901234567890123456789"
    pricing = a_pricing(aggregation, plan, bands=bands(("0", "0", exact), ("0.1", "1e3", "0")))
    pricing.refresh_from_db()
    assert pricing.unit_prices == [Decimal(exact), 0]
    assert (pricing.lower_limits, pricing.fixed_prices) == ([0, Decimal("0.1")], [0, 1000])


def test_a_pricing_ends_after_its_start(aggregation: Aggregation, plan: Plan) -> None:
    with refused("end_date", "after the start"):
        a_pricing(aggregation, plan, end_date=JAN)
    pricing = a_pricing(aggregation, plan)
    with refused("end_date", "after the start"):
        services.update_pricing(pricing, version=1, start_date=JUN, end_date=JUN)


@pytest.mark.parametrize(
    ("segment", "sentence"),
    [
        (None, "each segment has a pricing"),
        ({"region": "us"}, "no segment “region us”"),
        ({"size": "big"}, "no segment"),
    ],
)
def test_a_segmented_aggregation_is_priced_by_its_segments(
    segmented: Aggregation, plan: Plan, segment: dict[str, str] | None, sentence: str
) -> None:
    with refused("segment", sentence):
        a_pricing(segmented, plan, segment=segment)


def test_each_segment_is_priced_on_its_own(
    segmented: Aggregation, plan: Plan, aggregation: Aggregation
) -> None:
    made = [
        a_pricing(segmented, plan, segment=segment) for segment in ({"region": "eu"}, {"region": "*"}, {})
    ]
    assert [pricing.segment_key for pricing in made] == ['{"region":"eu"}', '{"region":"*"}', "{}"]
    with refused("segment", "has no segments"):
        a_pricing(aggregation, plan, segment={})


@pytest.mark.parametrize("scoped", ["meter", "aggregation"])
def test_what_belongs_to_a_product_prices_only_its_plans(
    organization: Organization, plan: Plan, scoped: str
) -> None:
    other = a_product(organization, "compute")
    meter = a_meter(organization, product=other if scoped == "meter" else None)
    aggregation = an_aggregation(meter, product=other if scoped == "aggregation" else None)
    with refused("aggregation", f"{scoped} .* belongs to Compute.*plan of Storage"):
        a_pricing(aggregation, plan)


def test_what_is_global_prices_any_plan_and_stays_global(organization: Organization, plan: Plan) -> None:
    meter = a_meter(organization)
    aggregation = an_aggregation(meter)
    a_pricing(aggregation, plan)
    other = a_product(organization, "compute")
    with refused("product", "priced on “Standard” of another product"):
        services.update_meter(meter, version=1, product=other)
    with refused("product", "priced on “Standard” of another product"):
        services.update_aggregation(aggregation, version=1, product=other)
    own = plan.plan_template.product
    assert services.update_meter(meter, version=1, product=own).product == own


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        (
            date(2024, 7, 1),
            None,
            "start_date",
            "already has a pricing of gb_sum from 1 Jun 2024.*End that one on 1 Jul 2024",
        ),
        (JAN, None, "end_date", "End this one on 1 Jun 2024 at the latest"),
        (JUN, None, "start_date", "Edit that one"),
    ],
)
def test_two_pricings_never_apply_at_once_and_the_refusal_says_what_to_do(
    aggregation: Aggregation, plan: Plan, start: date, end: date | None, field: str, sentence: str
) -> None:
    a_pricing(aggregation, plan, start_date=JUN, end_date=DEC)
    with refused(field, sentence):
        a_pricing(aggregation, plan, start_date=start, end_date=end)


def test_pricings_may_touch_and_a_plans_may_replace_its_templates(
    aggregation: Aggregation, plan: Plan
) -> None:
    first = a_pricing(aggregation, plan, end_date=JUN)
    a_pricing(aggregation, plan, start_date=JUN)
    a_pricing(aggregation, plan_template=plan.plan_template)
    with refused("start_date", "“monthly” already has"):
        a_pricing(aggregation, plan_template=plan.plan_template)
    with refused("end_date", "End this one on 1 Jun 2024"):
        services.update_pricing(first, version=1, end_date=None)
    assert Pricing.objects.count() == 3


def test_equal_segments_have_one_key_whatever_their_order() -> None:
    assert segment_key({"b": "é", "a": "*"}) == segment_key({"a": "*", "b": "é"}) == '{"a":"*","b":"é"}'
    assert (segment_key({}), segment_key(None)) == ("{}", "")


def test_nothing_is_made_of_another_organizations_things(make_organization: Any, plan: Plan) -> None:
    other = make_organization("other")
    template, product = plan.plan_template, plan.plan_template.product
    gone = "does not exist"
    with refused("product", gone):
        services.create_meter(organization=other, name="m", code="m", product=product, data_fields=[GB])
    with refused("product", gone):
        services.create_plan_template(organization=other, product=product, name="t", currency="USD")
    with refused("plan_template", gone):
        services.create_plan(organization=other, plan_template=template, name="p", code="p")
    own = an_aggregation(a_meter(other))
    for owner in ({"plan": plan}, {"plan_template": template}):
        with refused(next(iter(owner)), gone):
            a_pricing(own, **owner)
    theirs = a_plan(a_template(a_product(other)))
    foreign = an_aggregation(a_meter(plan.organization))
    with refused("aggregation", gone):
        services.create_pricing(
            organization=other,
            plan=theirs,
            aggregation=foreign,
            start_date=JAN,
            cumulative=True,
            bands=bands(("0", "0", "1")),
        )


# Deleting


@pytest.fixture
def billed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let an upper layer say that a bill was made with something of a kind."""

    def say(kind: str) -> None:
        monkeypatch.setattr(extensions(kind), "blockers", [lambda pk: [Blocker("bill INV-1", "/bill/")]])

    return say


@pytest.mark.parametrize("kind", ["product", "meter", "aggregation", "plantemplate", "plan", "pricing"])
def test_what_an_upper_layer_uses_is_not_deleted(
    kind: str, organization: Organization, plan: Plan, billed: Any
) -> None:
    alone = a_product(organization, "alone")
    aggregation = an_aggregation(a_meter(organization))
    pricing = a_pricing(aggregation, plan)
    delete = {
        "product": lambda: services.delete_product(alone),
        "meter": lambda: services.delete_meter(a_meter(organization, "unused")),
        "aggregation": lambda: services.delete_aggregation(an_aggregation(aggregation.meter, "unused")),
        "plantemplate": lambda: services.delete_plan_template(a_template(alone, "unused")),
        "plan": lambda: services.delete_plan(plan),
        "pricing": lambda: services.delete_pricing(pricing),
    }
    billed(f"plans.{kind}")
    with pytest.raises(services.InUse, match="is used: bill INV-1") as refusal:
        delete[kind]()
    assert [blocker.url for blocker in refusal.value.blockers] == ["/bill/"]


def test_a_plan_stays_while_a_bill_was_made_with_one_of_its_pricings(
    aggregation: Aggregation, plan: Plan, billed: Any
) -> None:
    a_pricing(aggregation, plan)
    billed("plans.pricing")
    with pytest.raises(services.InUse, match="bill INV-1"):
        services.delete_plan(plan)
    assert Pricing.objects.filter(plan=plan).exists()


def test_a_field_that_holds_usage_stays(meter: Meter, billed: Any) -> None:
    billed("plans.datafield")
    with refused("data_fields", "“user” cannot be removed: bill INV-1"):
        services.update_meter(meter, version=1, data_fields=[GB, REGION, SIZE])


def test_nothing_is_deleted_from_a_version_that_is_gone(product: Product) -> None:
    services.update_product(product, version=1, name="Renamed")
    with pytest.raises(StaleVersion, match="Changed by"):
        services.delete_product(product, version=1)
    services.delete_product(product, version=2)
    with pytest.raises(RuleViolation, match="does not exist any more"):
        services.delete_product(product)
