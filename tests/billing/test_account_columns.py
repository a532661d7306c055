"""What plans and bills add to lists of accounts: columns and filters, in few queries."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from billing.account_columns import last_bills
from billing.models import Bill
from plans.account_columns import active_plans
from plans.models import AccountPlan, Product
from tests.billing.make import Shop

BASE = "/o/acme/accounts/"
TODAY = date(2024, 7, 15)


@pytest.fixture(autouse=True)
def _today(on):
    on(TODAY)


@pytest.fixture
def shop(organization):
    return Shop(organization)


def billed(shop, account, bill_date, total="1.00", **fields):
    day = date.fromisoformat(bill_date)
    wanted = {
        "account_code": account.code,
        "account_name": account.name,
        "account_email": account.email_address,
        "bill_date": day,
        "frequency": "MONTHLY",
        "frequency_interval": 1,
        "start_date": day.replace(day=1),
        "end_date": day.replace(month=day.month + 1, day=1),
        "due_date": day,
        "external_invoice_date": day,
        "currency": "USD",
        "total": Decimal(total),
        "content_hash": "",
        "watermark": 0,
    }
    return shop.create(Bill, account=account, **(wanted | fields))


def names(answer):
    return [row.record.name for row in answer.context["listing"].table.rows]


def cells(answer, name):
    return [str(row.get_cell(name)) for row in answer.context["listing"].table.rows]


def test_active_plans_are_those_of_today_oldest_first(shop, sign_in):
    account, idle = shop.account("busy"), shop.account("idle")
    days = {
        "second": (date(2024, 7, 15), None),
        "first": (date(2024, 1, 1), None),
        "ended": (date(2024, 1, 1), TODAY),
        "later": (date(2024, 7, 16), None),
    }
    for code, (start, end) in days.items():
        shop.create(AccountPlan, account=account, plan=shop.plan(code), start_date=start, end_date=end)
    assert active_plans(shop.organization, [account.pk, idle.pk]) == {account.pk: ["First", "Second"]}
    answer = sign_in("viewer").get(BASE)
    assert cells(answer, "active_plans") == ['First <span class="hint" title="Second">+1</span>', ""]
    told = sign_in("operator").get(BASE, {"columns": "active_plans", "format": "csv"}).getvalue().decode()
    assert list(csv.reader(io.StringIO(told))) == [
        ["Name", "Active plans"],
        ["Busy", "First, Second"],
        ["Idle", ""],
    ]


def test_the_last_bill_is_that_of_the_latest_bill_date_made_last(shop, sign_in):
    account, none = shop.account("billed"), shop.account("unbilled")
    billed(shop, account, "2024-05-31", "9.00")
    billed(shop, account, "2024-06-30", "5.00")
    last = billed(shop, account, "2024-06-30", "1234.50", grouping_key="contract")
    assert last_bills(shop.organization, [account.pk, none.pk]) == {account.pk: last}
    answer = sign_in("viewer").get(BASE)
    assert "30 Jun 2024" in cells(answer, "last_bill_date")[0]
    assert "PENDING" in cells(answer, "last_bill_status")[0]
    assert "1,234.50" in cells(answer, "last_bill_total")[0]
    assert "no bill yet" in cells(answer, "last_bill_total")[1]
    wanted = {"columns": "last_bill_date,last_bill_status,last_bill_total,last_bill_currency"}
    told = sign_in("operator").get(BASE, wanted | {"format": "csv"}).getvalue().decode()
    assert list(csv.reader(io.StringIO(told)))[1:] == [
        ["Billed", "2024-06-30", "PENDING", "1234.50", "USD"],
        ["Unbilled", "", "", "", ""],
    ]


def test_accounts_are_filtered_by_active_plan_and_by_its_product(shop, sign_in):
    other = shop.create(Product, name="Compute", code="compute")
    with_plan, ended, never = shop.account("with"), shop.account("ended"), shop.account("never")
    shop.attach(with_plan, shop.plan("a"), start="2024-01-01", end="2024-07-16")
    shop.attach(ended, shop.plan("b"), start="2024-01-01", end="2024-07-15")
    viewer = sign_in("viewer")
    assert names(viewer.get(BASE, {"has_active_plan": "yes"})) == ["With"]
    assert names(viewer.get(BASE, {"has_active_plan": "no"})) == ["Ended", never.name]
    answer = viewer.get(BASE, {"product": str(shop.product.pk)})
    assert names(answer) == ["With"]
    assert [(chip.label, chip.value) for chip in answer.context["listing"].chips] == [("Product", "Storage")]
    assert names(viewer.get(BASE, {"product": str(other.pk)})) == []


def test_another_organizations_product_is_no_choice(shop, sign_in, make_organization):
    foreign = Shop(make_organization("other")).product
    answer = sign_in("viewer").get(BASE, {"product": str(foreign.pk)})
    assert answer.status_code == 200
    assert answer.context["listing"].empty["kind"] == "error"
    assert foreign.name not in [
        label for _, label in answer.context["listing"].filter_form.fields["product"].choices[2:]
    ]


def test_a_page_of_accounts_with_all_columns_and_filters_needs_at_most_8_queries(
    shop, sign_in, django_assert_max_num_queries
):
    plan = shop.plan()
    for number in range(30):
        account = shop.account(f"account-{number:02}")
        shop.attach(account, plan)
        billed(shop, account, "2024-06-30")
    viewer = sign_in("viewer")
    asked = {"has_active_plan": "yes", "product": str(shop.product.pk), "currency": "USD", "q": "account"}
    for query in ({}, asked, {"size": "100"}):
        with django_assert_max_num_queries(8):
            assert viewer.get(BASE, query).status_code == 200


def test_facts_of_columns_that_are_hidden_are_not_read(shop, sign_in, django_assert_max_num_queries):
    shop.account()
    viewer = sign_in("viewer")
    with django_assert_max_num_queries(5):
        viewer.get(BASE, {"columns": "code"}, headers={"HX-Request": "true"})
