"""Importing accounts, deleting one with bills, and erasing personal data, as a person meets them."""

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from accounts.services import create_account
from billing.models import Bill
from plans.models import AccountPlan
from tests.billing.make import JULY, customer, run, simple_shop

BASE = "/o/acme/accounts/"
pytestmark = pytest.mark.long


@pytest.fixture
def known(acme):
    given = {"name": "Borealis Analytics GmbH", "email_address": "ap@borealis.example", "locality": "Hamburg"}
    return create_account(organization=acme, code="borealis", **given)


def send(page, *lines):
    content = "\r\n".join(lines).encode()
    page.get_by_label("CSV file").set_input_files(
        {"name": "accounts.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Check file").click()


def test_a_file_is_checked_mended_looked_at_and_imported(signed_in, known, accessible):
    page = signed_in("operator", BASE)
    page.get_by_role("link", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Import accounts")).to_be_visible()
    accessible(page)
    send(page, "nonsense;file")
    expect(page.get_by_role("alert")).to_contain_text("separated by semicolons")
    head = "Name,Code,Email address,City / Town,Purchase order number"
    send(page, head, "New,new,nonsense,,", "Borealis GmbH,borealis,ap@borealis.example,Kiel,")
    expect(page.get_by_role("alert")).to_contain_text("1 row refused")
    accessible(page)
    page.get_by_role("link", name="1 row refused").click()
    expect(page.get_by_text("Email address: Enter a valid email address.")).to_be_visible()
    page.get_by_role("link", name="Upload the mended file").click()
    send(
        page,
        head,
        "New,new,ap@new.example,,+49 40 1234567",
        "Borealis GmbH,borealis,ap@borealis.example,Kiel,",
    )
    expect(page.get_by_text("Purchase order number looks like a phone number.")).to_be_visible()
    expect(page.get_by_role("row", name="borealis")).to_contain_text("Hamburg → Kiel")
    accessible(page)
    page.get_by_role("button", name="Import 2 accounts").click()
    expect(page.get_by_role("alert")).to_contain_text("confirm that none of them is")
    page.get_by_label("None of this is personal data").check()
    page.get_by_role("button", name="Import 2 accounts").click()
    expect(page.get_by_text("1 account created, 1 account changed from accounts.csv.")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="new", exact=True).click()
    expect(page.get_by_role("heading", name="New")).to_be_visible()


def test_free_text_that_looks_personal_is_asked_about_and_nothing_is_lost(signed_in, known, accessible):
    page = signed_in("operator", f"{BASE}{known.pk}/edit/")
    page.get_by_label("Purchase order number").fill("ada@lovelace.example")
    page.get_by_label("City / Town").fill("Kiel")
    page.get_by_role("button", name="Update account").click()
    expect(page.get_by_role("alert")).to_contain_text("Purchase order number looks like an email address")
    expect(page.get_by_label("City / Town")).to_have_value("Kiel")
    accessible(page)
    page.get_by_label("None of this is personal data").check()
    page.get_by_role("button", name="Update account").click()
    expect(page.get_by_text("Account “Borealis Analytics GmbH” updated.")).to_be_visible()


def test_an_account_with_bills_is_deleted_its_bills_stay_and_it_is_erased(signed_in, acme, accessible):
    shop = simple_shop(acme)
    account = customer(shop, "gone", name="Gone Ltd", end="2024-07-01")
    run(shop, JULY)
    page = signed_in("administrator", f"{BASE}{account.pk}/")
    page.get_by_text("Account actions").click()
    page.get_by_role("link", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 usage measurement will be permanently dissociated")
    expect(dialog).to_contain_text("1 bill will stay viewable in Bill management.")
    expect(dialog.get_by_role("link", name="Managing accounts: good practice")).to_be_visible()
    accessible(page)
    dialog.get_by_label("Type the account's code to delete it").fill("gone")
    dialog.get_by_role("button", name="Delete account").click()
    expect(page.get_by_text("Account “Gone Ltd” deleted.")).to_be_visible()
    page.goto("/o/acme/bills/?account=deleted")
    expect(page.get_by_role("row", name="Gone Ltd")).to_contain_text("deleted account")
    page.get_by_role("link", name="INV-").click()
    expect(page.get_by_text("ap@gone.example", exact=True)).to_be_visible()
    accessible(page)
    page.goto(BASE)
    page.get_by_role("link", name="Deleted accounts").click()
    page.get_by_label("Actions for Gone Ltd").click()
    page.get_by_role("link", name="Erase personal data").click()
    expect(dialog).to_contain_text("It cannot be undone.")
    accessible(page)
    dialog.get_by_label("Reason").fill("GDPR, art. 17, case 1234")
    dialog.get_by_label("Type the account's code").fill("gone")
    dialog.get_by_role("button", name="Erase personal data").click()
    expect(page.get_by_text("Personal data of the account with the code “gone” erased.")).to_be_visible()
    assert Account.everyone.get(pk=account.pk).name == Bill.objects.get().account_name == "erased"
    assert not AccountPlan.objects.exists()


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_these_pages_are_accessible_and_no_wider_than_the_screen(signed_in, known, accessible, scheme, width):
    page = signed_in(
        "administrator", f"{BASE}import/", color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    send(
        page,
        "Name,Code,Email address",
        f"{'Long' * 20},{'code' * 20},{'a' * 50}@example.example",
        "x,borealis,y",
    )
    for path in ("", "import/", "imports/", "deleted/", f"{known.pk}/erase/"):
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        page.goto(BASE + path)
