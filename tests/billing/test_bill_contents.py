"""What a bill is made of."""

from datetime import date
from decimal import Decimal

from billing.models import Bill, BillRevision
from m3console.core.models import CurrencyConversion
from plans.models import Plan
from tests.billing.make import JULY, bill_of, customer, lines_of, run


def test_a_bill_says_whose_what_and_when(shop):
    account = customer(
        shop,
        name="Acme Ltd",
        address_line_1="1 High St",
        locality="York",
        country="UK",
        purchase_order_number="PO 7",
    )
    assert run(shop) == {"billed": 1}
    bill = bill_of(account)
    assert (bill.start_date, bill.end_date, bill.bill_date) == (date(2024, 6, 1), JULY, JULY)
    assert (bill.account_code, bill.account_name, bill.account_email) == (
        "acme",
        "Acme Ltd",
        "ap@acme.example",
    )
    assert bill.account_address == "1 High St\nYork\nUK"
    assert (bill.currency, bill.total, bill.status, bill.locked_at) == (
        "USD",
        Decimal("5.00"),
        "PENDING",
        None,
    )
    assert (bill.due_date, bill.external_invoice_date) == (date(2024, 7, 31), JULY)
    assert (bill.purchase_order_number, bill.revision, bill.version, bill.watermark) == ("PO 7", 1, 1, 1)
    revision = BillRevision.objects.get(bill=bill)
    assert (revision.number, revision.total, revision.content_hash) == (1, bill.total, bill.content_hash)
    assert (revision.watermark, revision.job) == (1, bill.job)


def test_a_line_keeps_its_working_and_the_names_of_what_it_refers_to(shop):
    account = customer(shop, gb=50)
    run(shop)
    (line,) = lines_of(bill_of(account))
    assert (line.position, line.type, line.description) == (1, "USAGE", "gb_sum")
    assert (line.quantity, line.units, line.unit, line.subtotal) == (50, 50, "GB", Decimal("5.00"))
    assert (line.service_start, line.service_end) == (date(2024, 6, 1), JULY)
    assert (line.product_id, line.pricing_id, line.meter_id) == (
        shop.product.pk,
        shop.pricing.pk,
        shop.disk.pk,
    )
    assert line.labels["product"] == {"code": "storage", "name": "Storage"}
    assert line.labels["account"] == {"code": "acme"}
    assert line.bands == [
        {"lower": "0", "upper": None, "units": "50", "fixed": "0", "price": "0.1", "amount": "5"}
    ]
    steps = [step["step"] for step in line.explanation["steps"]]
    assert steps == ["quantity", "units", "bands", "rounding"]


def test_the_working_of_a_line_shows_no_personal_data(shop):
    account = customer(shop, name="Ada Lovelace", email_address="ada@lovelace.example")
    run(shop)
    (line,) = lines_of(bill_of(account))
    assert "Lovelace" not in str(line.explanation) + str(line.labels)


def test_the_accounts_own_due_days_currency_and_first_bill_date_count(shop):
    CurrencyConversion.objects.create(
        organization=shop.organization, from_currency="USD", to_currency="EUR", multiplier=Decimal("0.9")
    )
    account = customer(shop, currency="EUR", days_before_bill_due=0, bill_epoch=date(2024, 6, 15))
    assert run(shop, until=date(2024, 6, 20)) == {"billed": 1}
    bill = bill_of(account, date(2024, 6, 15))
    assert (bill.currency, bill.total, bill.due_date) == ("EUR", Decimal("4.50"), date(2024, 6, 15))


def test_an_attachments_cycle_date_comes_before_the_accounts(shop):
    account = shop.account(bill_epoch=date(2024, 6, 15))
    shop.attach(account, shop.std, bill_epoch=date(2024, 6, 20))
    run(shop, until=date(2024, 6, 30))
    assert bill_of(account, date(2024, 6, 20)).start_date == date(2024, 6, 1)


def test_the_plans_charge_replaces_its_templates(shop):
    template = shop.create(
        type(shop.std.plan_template), product=shop.product, name="T", currency="USD",
        standing_charge=Decimal(20), standing_charge_description="Basic fee",
    )  # fmt: skip
    plans = {
        "own": Plan(standing_charge=Decimal(25), standing_charge_description="Own fee"),
        "free": Plan(standing_charge=Decimal(0)),
        "base": Plan(),
    }
    for code, plan in plans.items():
        plan.organization, plan.plan_template, plan.name, plan.code = shop.organization, template, code, code
        plan.save()
        customer(shop, code, gb=None, plan=plan)
    run(shop)
    found = {b.account_code: [(x.description, x.subtotal) for x in lines_of(b)] for b in Bill.objects.all()}
    assert found == {"own": [("Own fee", Decimal(25))], "base": [("Basic fee", Decimal(20))], "free": []}


def test_an_organization_may_date_invoices_on_the_last_day(shop):
    shop.organization.external_invoice_date = "LAST_DAY_OF_ARREARS"
    shop.organization.save()
    account = customer(shop)
    run(shop)
    assert bill_of(account).external_invoice_date == date(2024, 6, 30)


def test_a_childs_own_attachment_bills_the_child(shop):
    parent = shop.account("parent")
    child = customer(shop, "child", parent_account=parent)
    assert run(shop) == {"billed": 1}
    assert bill_of(child).total == 5
