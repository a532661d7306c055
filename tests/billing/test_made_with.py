"""What bills were made with stays as it is (spec 7, Changing what bills were made with)."""

from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction

from billing.models import Bill
from m3console.core.billed import bills_made_with
from m3console.core.errors import RuleViolation
from m3console.core.links import reverse
from m3console.core.models import Currency
from plans import services
from plans.models import AccountPlan, Aggregation, PlanTemplate, Pricing
from tests.billing.make import bill_of, customer, run, simple_shop
from tests.billing.programs import wait_until
from tests.billing.test_workers import in_threads


def used(thing, kind=None):
    kind = kind or thing._meta.label_lower
    return {blocker.text.split(" ")[1] for blocker in bills_made_with(kind, thing.pk)}


def test_nothing_is_used_before_a_bill_is_made(shop):
    customer(shop)
    template, field = shop.std.plan_template, shop.disk.data_fields.get()
    for thing in (shop.organization, template, shop.stored, field, Currency.objects.get(code="USD")):
        assert used(thing) == set()


def test_a_bill_uses_all_that_its_lines_were_made_with(shop):
    bill = bill_of_run(shop)
    template, field = shop.std.plan_template, shop.disk.data_fields.get()
    for thing in (shop.organization, template, shop.stored, field, Currency.objects.get(code="USD")):
        assert used(thing) == {bill.reference}
    other = shop.aggregation(shop.disk, code="other", method="MAX")
    assert used(other) == used(shop.plan("other").plan_template) == used(currency("EUR")) == set()


def test_a_field_that_lines_are_segmented_by_is_used(organization):
    shop = simple_shop(organization)
    meter = shop.meter("cpu", hours="MEASURE", region="WHERE", size="WHAT")
    segments = {"segmented_fields": ["region"], "segments": [{"region": "eu"}]}
    aggregation = shop.aggregation(meter, "hours", **segments)
    shop.price(shop.std, aggregation, "1", segment={"region": "eu"})
    account = customer(shop)
    shop.use(meter, (account, "2024-06-10T00:00Z", {"hours": 2, "region": "eu", "size": "big"}))
    run(shop)
    fields = {field.code: bool(used(field)) for field in meter.data_fields.all()}
    assert fields == {"hours": True, "region": True, "size": False}


def test_a_template_is_used_by_a_bill_without_a_line_of_it(shop):
    """An empty bill too was made on its date because of the template's frequency."""
    account = customer(shop, gb=None)
    run(shop)
    assert used(shop.std.plan_template) == {bill_of(account).reference}


def test_a_template_stays_used_once_the_attachment_is_gone(shop):
    bill = bill_of_run(shop)
    AccountPlan.objects.all().delete()
    assert used(shop.std.plan_template) == {bill.reference}


def test_lines_of_an_earlier_revision_count(shop):
    bill = bill_of_run(shop)
    AccountPlan.objects.update(end_date=date(2024, 6, 5))
    run(shop)
    assert Bill.objects.get().revision == 2
    assert used(shop.stored) == {bill.reference}


def test_a_price_that_was_billed_is_ended_rather_than_deleted(shop, sign_in):
    bill = bill_of_run(shop)
    pricing = Pricing.objects.get()
    told = sign_in("catalogue").get(reverse("plans:pricing_delete", pk=pricing.pk)).content.decode()
    assert "It cannot be deleted, as bills have lines priced by it. End it by an end date instead." in told
    assert bill.reference in told


def test_a_currency_is_used_by_bills_in_it_and_by_prices_in_it(shop):
    euro = currency("EUR")
    plan = shop.plan("euro", standing_charge=10, currency="EUR")
    shop.organization.conversions.create(from_currency="EUR", to_currency="USD", multiplier=2)
    bill = bill_of(made(shop, plan=plan))
    assert used(euro) == used(currency("USD")) == {bill.reference}


def test_what_is_billed_is_refused_with_the_bill_and_the_way_out(shop):
    bill = bill_of_run(shop)
    sentence = f"any more: made with it: bill {bill.reference} of Acme, 1 Jul 2024. Make a new one instead."
    with pytest.raises(RuleViolation, match=f"The currency cannot change {sentence}"):
        services.update_plan_template(shop.std.plan_template, version=1, currency="EUR")
    with pytest.raises(RuleViolation, match=f"The method cannot change {sentence}"):
        services.update_aggregation(shop.stored, version=1, method="MAX")
    fields = [{"category": "COST", "code": "gb", "name": "GB", "unit": "GB"}]
    with pytest.raises(RuleViolation, match=f"The category of data field “gb” cannot change {sentence}"):
        services.update_meter(shop.disk, version=1, data_fields=fields)
    services.update_plan_template(shop.std.plan_template, version=1, standing_charge=5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("field", ["currency", "method"])
def test_a_change_waits_for_the_run_that_is_going_on_and_is_refused(shop, field):
    customer(shop)
    rated = Event()
    refusals = []

    def bill():
        with transaction.atomic():
            run(shop)
            rated.set()
            wait_until(somebody_waits)

    def change():
        rated.wait(30)
        try:
            change_(shop, field)
        except RuleViolation as refusal:
            refusals.append(refusal.message)

    in_threads(bill, change)
    (message,) = refusals
    assert f"The {field} cannot change any more: made with it: bill" in message
    assert PlanTemplate.objects.get().currency == "USD"
    assert Aggregation.objects.get().method == "SUM"


@pytest.mark.django_db(transaction=True)
def test_a_run_waits_for_a_change_and_bills_by_it(shop):
    account = customer(shop)
    shop.organization.conversions.create(from_currency="EUR", to_currency="USD", multiplier=2)
    changed = Event()

    def change():
        with transaction.atomic():
            change_(shop, "currency")
            changed.set()
            wait_until(somebody_waits)

    def bill():
        changed.wait(30)
        run(shop)

    in_threads(change, bill)
    assert bill_of(account).total == 10


def change_(shop, field):
    if field == "currency":
        services.update_plan_template(shop.std.plan_template, version=1, currency="EUR")
    else:
        services.update_aggregation(shop.stored, version=1, method="MAX")


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_locks where locktype = 'advisory' and not granted")
        return cursor.fetchone() is not None


def made(shop, **fields):
    account = customer(shop, **fields)
    run(shop)
    return account


def bill_of_run(shop):
    return bill_of(made(shop))


def currency(code):
    return Currency.objects.get(code=code)
