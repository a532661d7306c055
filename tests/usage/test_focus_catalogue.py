"""What import_focus makes of the catalogue, and what it leaves alone (spec 6, import_focus)."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from billing.usage.models import EventKind, IngestEvent, Measurement
from plans.models import (
    AccountPlan,
    Aggregation,
    DataField,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)
from plans.services import (
    create_meter,
    create_plan,
    create_plan_template,
    create_product,
    update_aggregation,
    update_pricing,
)
from tests.usage.conftest import reasons
from tests.usage.focus import MADE, charge, load


def test_everything_that_a_charge_needs_is_made(organization):
    summary = load(organization, charge())
    assert summary == {"read": 1, "accepted": 1, "duplicates": 0, "rejected": 0, "created": MADE}


def test_product_meter_and_plan_have_the_service_name_as_code(organization):
    load(organization, charge(ServiceName="Amazon EC2 (Linux)"))
    for model in (Product, Meter, Plan):
        assert list(model.objects.values_list("code", "name")) == [
            ("Amazon EC2 (Linux)", "Amazon EC2 (Linux)")
        ]
    assert Aggregation.objects.get().name == "Amazon EC2 (Linux)"


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("Amazon EC2 (Linux)", "Amazon_EC2__Linux_"),
        ("3D Rendering", "_D_Rendering"),
        ("BLOCK_STORAGE", "BLOCK_STORAGE"),
        ("Überwachung $", "Überwachung_$"),
    ],
)
def test_an_aggregation_has_it_with_what_a_strict_code_forbids_replaced(organization, service, code):
    load(organization, charge(ServiceName=service))
    assert Aggregation.objects.get().code == code


def test_services_whose_aggregations_would_have_one_code_get_one_each(organization):
    load(organization, charge(ServiceName="A B"), charge(ServiceName="A.B"), charge(ServiceName="A_B"))
    codes = dict(Aggregation.objects.values_list("meter__code", "code"))
    assert codes == {"A B": "A_B", "A.B": "A_B_2", "A_B": "A_B_3"}
    again = load(organization, charge(ServiceName="A.B", SkuPriceId="other"))
    assert again["created"] == {"segments": 1, "pricings": 1}


def test_the_meter_has_the_fields_of_a_charge(organization):
    load(organization, charge())
    fields = DataField.objects.filter(meter__code="Object Storage").values_list("code", "category")
    assert dict(fields) == {
        "sku": "WHAT", "list_price": "WHAT", "resource": "WHAT", "pricing_unit": "WHAT",
        "region": "WHERE", "quantity": "MEASURE",
    }  # fmt: skip
    stored = Measurement.objects.get()
    assert stored.dims == ["ST.STD.1", "0.023", "eu-north-1", "bucket/photos", "GB-Months"]
    assert stored.vals == [Decimal(100)]


def test_the_aggregation_sums_by_sku_and_list_price_in_the_order_they_appear(organization):
    load(
        organization,
        charge(SkuPriceId="B", ListUnitPrice="0.2"),
        charge(SkuPriceId="A", ListUnitPrice="0.20"),
        charge(SkuPriceId="A", ListUnitPrice="0.1"),
        charge(SkuPriceId="B", ListUnitPrice="0.20"),
    )
    aggregation = Aggregation.objects.get()
    assert (aggregation.method, aggregation.rounding, aggregation.quantity_per_unit) == ("SUM", "NONE", 1)
    assert aggregation.segmented_fields == ["sku", "list_price"]
    assert aggregation.segments == [
        {"sku": "B", "list_price": "0.2"},
        {"sku": "A", "list_price": "0.2"},
        {"sku": "A", "list_price": "0.1"},
    ]


def test_each_segment_has_one_pricing_at_its_list_price(organization):
    load(organization, charge(), charge(ListUnitPrice="0.0000004"), charge(ListUnitPrice="0"))
    prices = {pricing.segment["list_price"]: pricing for pricing in Pricing.objects.all()}
    assert prices.keys() == {"0.023", "0.0000004", "0"}
    for text, pricing in prices.items():
        bands = (pricing.lower_limits, pricing.fixed_prices, pricing.unit_prices)
        assert bands == ([0], [0], [Decimal(text)])
        assert (pricing.plan.code, pricing.start_date, pricing.end_date) == (
            "Object Storage", date(2024, 9, 1), None,
        )  # fmt: skip


def test_the_plan_is_monthly_in_the_currency_of_the_charges(make_organization):
    organization = make_organization(currency="SEK")
    load(organization, charge(BillingCurrency="EUR"))
    template = Plan.objects.get().plan_template
    assert (template.bill_frequency, template.bill_frequency_interval) == ("MONTHLY", 1)
    assert (template.currency, template.standing_charge) == ("EUR", 0)


def test_charges_without_a_currency_are_in_the_organizations(make_organization):
    organization = make_organization(currency="SEK")
    load(organization, charge(BillingCurrency="NULL"))
    assert PlanTemplate.objects.get().currency == "SEK"


def test_the_same_file_again_makes_nothing_and_counts_duplicates(organization):
    rows = [charge(), charge(), charge(ServiceName="Queue Service", SubAccountId="2002")]
    load(organization, *rows)
    again = load(organization, *rows)
    assert again == {"read": 3, "accepted": 0, "duplicates": 3, "rejected": 0, "created": {}}


def test_a_later_file_adds_only_its_new_segments_services_and_accounts(organization):
    load(organization, charge())
    later = {"ChargePeriodStart": "2024-10-01 00:00:00", "ChargePeriodEnd": "NULL"}
    summary = load(
        organization,
        charge(**later),
        charge(SkuPriceId="ST.NEW", **later),
        charge(SubAccountId="2002", **later),
    )
    assert summary["created"] == {"accounts": 1, "segments": 1, "pricings": 1, "plan_attachments": 1}
    assert set(Pricing.objects.values_list("start_date", flat=True)) == {date(2024, 9, 1)}
    assert AccountPlan.objects.get(account__code="2002").start_date == date(2024, 10, 1)


def test_an_earlier_file_moves_what_is_there_back(organization):
    load(organization, charge())
    earlier = charge(ChargePeriodStart="2024-07-20 00:00:00")
    assert load(organization, earlier)["created"] == {}
    assert AccountPlan.objects.get().start_date == date(2024, 7, 1)
    assert Pricing.objects.get().start_date == date(2024, 7, 1)


def test_a_price_that_somebody_changed_stays_and_the_list_price_comes_before_it(organization):
    load(organization, charge())
    changed = Pricing.objects.get()
    update_pricing(changed, version=1, bands=[(Decimal(0), Decimal(0), Decimal("0.02"))])
    load(organization, charge(PricingQuantity="7"), charge(ChargePeriodStart="2024-08-01 00:00:00"))
    found = Pricing.objects.order_by("start_date").values_list("start_date", "end_date", "unit_prices")
    assert list(found) == [
        (date(2024, 8, 1), date(2024, 9, 1), [Decimal("0.023")]),
        (date(2024, 9, 1), None, [Decimal("0.02")]),
    ]


def test_a_service_in_a_second_currency_is_rejected_with_the_reason(organization):
    summary = load(organization, charge(), charge(BillingCurrency="EUR"), charge(BillingCurrency="NULL"))
    assert (summary["accepted"], summary["rejected"]) == (2, 1)
    assert reasons() == [
        "It cannot be priced: The plan “Object Storage” has prices in USD, this row has EUR."
    ]
    event = IngestEvent.objects.get()
    assert (event.kind, event.line, event.payload["BillingCurrency"]) == (EventKind.UNPRICED, 3, "EUR")


def test_a_currency_that_the_organization_does_not_have_is_rejected_with_the_reason(organization):
    summary = load(organization, charge(BillingCurrency="XTS"), charge(ServiceName="Queue Service"))
    assert (summary["accepted"], summary["rejected"]) == (1, 1)
    assert "Currency “XTS” is not among the organization’s currencies" in reasons()[0]


def test_a_service_whose_catalogue_means_something_else_is_rejected_with_the_reason(organization):
    load(organization, charge())
    aggregation = Aggregation.objects.get()
    update_aggregation(aggregation, version=aggregation.version, rounding="UP")
    summary = load(organization, charge(PricingQuantity="3"), charge(ServiceName="Queue Service"))
    assert (summary["accepted"], summary["rejected"]) == (1, 1)
    assert "is no plain sum of quantity by sku and list price" in reasons()[0]


def test_a_plan_of_the_code_for_another_product_is_rejected_with_the_reason(organization):
    product = create_product(organization=organization, name="Other", code="other")
    template = create_plan_template(organization=organization, product=product, name="Other", currency="USD")
    create_plan(organization=organization, plan_template=template, name="Other", code="Object Storage")
    summary = load(organization, charge())
    assert (summary["accepted"], summary["rejected"]) == (0, 1)
    assert "is of another product" in reasons()[0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("ServiceName", "x" * 81), ("ServiceName", "a\u200bb"), ("SubAccountName", "n" * 201)],
)
def test_names_that_the_catalogue_refuses_reject_their_rows_alone(organization, cell, value):
    summary = load(organization, charge(SubAccountId="2002", **{cell: value}), charge())
    assert (summary["accepted"], summary["rejected"]) == (1, 1)
    assert reasons()[0].startswith("It cannot be priced: ")


def test_a_rejected_row_makes_no_part_of_the_catalogue(organization):
    bad = charge(ServiceName="Ghost", SubAccountId="6666", SkuPriceId="GHOST")
    load(
        organization,
        charge(),
        bad | {"PricingQuantity": "much"},
        bad | {"ListUnitPrice": "NULL"},
        bad | {"ChargePeriodStart": "2999-01-01 00:00:00"},
        bad | {"ResourceId": "a\x07b"},
    )
    assert not Product.objects.filter(code="Ghost").exists()
    assert not Account.objects.filter(code="6666").exists()


HALVES = {
    "only a product": lambda o: create_product(organization=o, name="Object Storage", code="Object Storage"),
    "a child without a plan": lambda o: (load(o, charge()), AccountPlan.objects.all().delete()),
    "segments without prices": lambda o: (
        load(o, charge(), charge(SkuPriceId="B")),
        Pricing.objects.all().delete(),
    ),
    "one price of two": lambda o: (
        load(o, charge(), charge(SkuPriceId="B")),
        Pricing.objects.filter(segment__sku="B").delete(),
    ),
    "an aggregation without segments": lambda o: (
        load(o, charge()),
        Pricing.objects.all().delete(),
        Aggregation.objects.update(segments=[]),
    ),
    "a template without a plan": lambda o: (
        load(o, charge()),
        AccountPlan.objects.all().delete(),
        Pricing.objects.all().delete(),
        Plan.objects.all().delete(),
    ),
    "a meter without an aggregation": lambda o: (
        load(o, charge()),
        AccountPlan.objects.all().delete(),
        Pricing.objects.all().delete(),
        Aggregation.objects.all().delete(),
    ),
}


@pytest.mark.parametrize("half", HALVES)
def test_a_half_made_catalogue_is_completed(organization, half):
    HALVES[half](organization)
    rows = [charge(), charge(SkuPriceId="B")]
    load(organization, *rows)
    assert load(organization, *rows)["created"] == {}
    assert (Product.objects.count(), Meter.objects.count(), Plan.objects.count()) == (1, 1, 1)
    assert len(Aggregation.objects.get().segments) == Pricing.objects.count() == 2
    assert AccountPlan.objects.get().plan == Plan.objects.get()
    assert Account.objects.count() == 2


def test_a_meter_of_another_shape_rejects_what_does_not_fit_it(organization):
    fields = [{"category": "MEASURE", "code": "gb", "name": "GB", "unit": "GB"}]
    create_meter(organization=organization, name="Ours", code="Object Storage", data_fields=fields)
    summary = load(organization, charge(), charge(ServiceName="Queue Service"))
    assert (summary["accepted"], summary["rejected"]) == (1, 1)
    assert "has no field “quantity”" in reasons()[0]


def test_nothing_of_another_organization_is_touched_or_used(organization, make_organization):
    other = make_organization("other")
    load(other, charge())
    assert load(organization, charge())["created"] == MADE
    assert set(Pricing.objects.values_list("organization__slug", flat=True)) == {"acme", "other"}
