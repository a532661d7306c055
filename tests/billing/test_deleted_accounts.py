"""Bills outlive their account: listed, readable, exportable, marked (spec 1, Account, Delete)."""

import csv
import io
import json
from datetime import date

import pytest

from accounts.services import delete_account
from billing.models import Bill
from plans.models import AccountPlan
from tests.accounts.pages import text
from tests.billing.make import AUGUST, bill_of, customer, run

BILLS = "/o/acme/bills/"


@pytest.fixture
def gone(shop):
    """An account with a bill, deleted; another one lives."""
    account = customer(shop, "gone", name="Gone Ltd", email_address="ap@gone.example", locality="Kiel")
    customer(shop, "kept", name="Kept Ltd")
    run(shop)
    AccountPlan.objects.filter(account=account).update(end_date=date(2024, 7, 1))
    delete_account(account)
    return account


def test_a_deleted_accounts_bills_stay_listed_and_marked(gone, sign_in):
    browser = sign_in("viewer")
    page = browser.get(BILLS)
    assert len(listed_accounts(page)) == 2
    assert text(page).count("deleted account") == 2  # in its row, for wide screens and for phones
    assert f"/accounts/{gone.pk}/" not in text(page)
    assert listed_accounts(browser.get(f"{BILLS}?account=deleted")) == ["Gone Ltd"]
    assert listed_accounts(browser.get(f"{BILLS}?account=existing")) == ["Kept Ltd"]
    assert listed_accounts(browser.get(f"{BILLS}?q={gone.pk}")) == ["Gone Ltd"]
    assert listed_accounts(browser.get(f"{BILLS}?q=gone")) == ["Gone Ltd"]
    rows = list(csv.DictReader(io.StringIO(text(browser.get(f"{BILLS}?format=csv-all")))))
    assert {row["Account"]: row["Deleted account"] for row in rows} == {"Gone Ltd": "yes", "Kept Ltd": "no"}


def listed_accounts(page):
    return [row.record.account_name for row in page.context["listing"].table.rows]


def test_a_deleted_accounts_bill_is_read_and_exported_with_its_snapshot(gone, sign_in):
    browser = sign_in("viewer")
    bill = bill_of(gone)
    page = text(browser.get(f"{BILLS}{bill.pk}/"))
    for words in ("Gone Ltd", "ap@gone.example", "Kiel", str(gone.pk), "deleted account", "not recalculated"):
        assert words in page
    assert f"/accounts/{gone.pk}/" not in page
    assert browser.get(f"{BILLS}{bill.pk}/history/").status_code == 200
    shown = json.loads(text(browser.get(f"{BILLS}{bill.pk}/export/json/")))
    assert (shown["account"], shown["total"]) == ("gone", "5.00")
    assert "gone" in text(browser.get(f"{BILLS}{bill.pk}/export/csv/"))


def test_a_run_leaves_a_deleted_accounts_bills_as_they_are(shop, gone):
    before = Bill.objects.filter(account=gone).values().get()
    run(shop)
    run(shop, AUGUST)
    assert Bill.objects.filter(account=gone).values().get() == before


def test_a_new_account_of_the_same_code_has_no_bills_and_no_usage(shop, gone, sign_in):
    new = customer(shop, "gone", gb=None, name="New Ltd")
    run(shop)
    assert new.pk != gone.pk
    assert bill_of(new).total == 0
    browser = sign_in("viewer")
    page = browser.get(f"/o/acme/accounts/{new.pk}/bills/")
    assert [row.record.pk for row in page.context["listing"].table.rows] == [bill_of(new).pk]
    assert bill_of(gone).total == 5


def test_deleting_names_usage_bills_and_what_goes_and_wants_the_code(shop, sign_in):
    account = customer(shop, "going", end=date(2024, 7, 1).isoformat())
    run(shop)
    browser = sign_in("operator")
    where = f"/o/acme/accounts/{account.pk}/delete/"
    page = text(browser.get(where))
    for words in (
        (
            "1 usage measurement will be permanently dissociated, even if an account with the same code is"
            " created again."
        ),
        "1 bill will stay viewable in Bill management.",
        "can still be approved, locked or deleted, but not recalculated",
        "1 ended plan attachment goes with it.",
        "good-practice",
    ):
        assert words in page, words
    assert browser.post(where, {"version": 1}).status_code == 422
    assert browser.post(where, {"version": 1, "typed_code": "going"}).status_code == 302
