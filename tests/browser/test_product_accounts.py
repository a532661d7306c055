"""Accounts and child accounts from creation to deletion, under the labels of the product documents.

The same steps by mouse on a large screen, and by keyboard alone on a phone and at a zoom of 200 %.
"""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import Account, ChildMembership
from accounts.services import create_account, remove_child
from billing.usage.models import Measurement
from m3console.core.custom_fields.definitions import create_custom_field
from tests.billing.make import Shop
from tests.browser.hands import Hand

pytestmark = pytest.mark.long
LIST = "/o/acme/accounts/"


@pytest.fixture
def borealis(acme):
    """Two accounts, and a custom field that accounts have from the organization."""
    create_custom_field(
        organization=acme, entity_type="ACCOUNT", name="segment", value_type="STRING", default_value="smb"
    )
    create_account(organization=acme, name="Arctic Oslo", code="oslo", email_address="ap@oslo.example")
    return create_account(
        organization=acme, name="Borealis GmbH", code="borealis", email_address="ap@borealis.example"
    )


def test_an_account_is_created_edited_and_deleted_as_documented(come, acme, borealis, accessible):
    hand = come("operator", "/o/acme/bills/")
    create(hand, accessible)
    made = Account.objects.get(code="nordlicht")
    assert (made.parent_account, made.currency, made.bill_epoch) == (borealis, "EUR", date(2024, 1, 14))
    assert made.custom_fields == {"segment": "enterprise", "renewal": "automatic"}
    review(hand, made)
    edit(hand)
    shop = Shop(acme)
    shop.use(shop.meter(), (made, "2024-06-10T00:00Z", {"gb": Decimal(1)}))
    delete(hand, accessible)
    assert not Account.objects.filter(code="nordlicht").exists()
    assert Measurement.objects.get().account_id == made.pk


def create(hand: Hand, accessible) -> None:
    page = hand.page
    hand.select("Accounts")
    hand.press(page.get_by_role("main").get_by_role("link", name="Create account").first)
    expect(page.get_by_role("heading", name="Create account", level=1)).to_be_visible()
    for card in ("Account details", "Address", "Bill settings", "Custom fields"):
        expect(page.get_by_role("heading", name=card, exact=True)).to_be_visible()
    hand.fits()
    typed = {"Name": "Nordlicht AG", "Code": "nordlicht", "Email address": "ap@nordlicht.example"}
    for label, text in typed.items():
        hand.write(label, text)
    hand.choose_account("Parent account", "boreal", "borealis")
    address = {
        "Address line 1": "Werftstraße 4",
        "Address line 2": "Hof 2",
        "City / Town": "Kiel",
        "Region / Province": "Schleswig-Holstein",
        "Postcode / Zip": "24143",
        "Country": "Germany",
    }
    for label, text in address.items():
        hand.write(label, text)
    hand.choose("Currency", "EUR")
    hand.day("First bill date", "2024-01-14")
    expect(page.get_by_text("Sunday, 14 Jan 2024")).to_be_visible()
    hand.write("Days before bill due", "14")
    hand.write("Purchase order number", "PO-7")
    hand.write("segment, value", "enterprise")
    hand.press(page.get_by_role("button", name="Add custom field"))
    hand.write("Custom field 2, name", "renewal")
    hand.write("Custom field 2, value", "automatic")
    hand.fits()
    accessible(page)
    hand.press(page.get_by_role("main").get_by_role("button", name="Create account"))
    hand.said("Account “Nordlicht AG” created.")


def review(hand: Hand, made: Account) -> None:
    """Overview is selected; the id can be copied; what overrides the organization is said."""
    page = hand.page
    expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    hand.press(page.get_by_role("button", name="Copy account id"))
    expect(page.locator("#announce")).to_have_text("Copied")
    expect(page.get_by_role("main")).to_contain_text(str(made.pk))
    details = page.get_by_role("region", name="Account details")
    for words in ("24143 Kiel", "Borealis GmbH", "overrides organization", "14 Jan 2024", "PO-7"):
        expect(details).to_contain_text(words)
    fields = page.get_by_role("region", name="Custom fields", exact=True)
    expect(fields.locator("s")).to_have_text("smb")
    expect(fields).to_contain_text("automatic")
    hand.fits()


def edit(hand: Hand) -> None:
    page = hand.page
    find(hand)
    hand.press(page.get_by_role("main").get_by_role("link", name="Nordlicht AG"))
    details = page.get_by_role("region", name="Account details")
    hand.press(details.get_by_role("link", name="Edit"))
    expect(page.get_by_role("heading", name="Edit account Nordlicht AG")).to_be_visible()
    hand.write("City / Town", "Flensburg")
    hand.fits()
    hand.press(page.get_by_role("button", name="Update account"))
    hand.said("Account “Nordlicht AG” updated.")
    expect(details).to_contain_text("Flensburg")


def find(hand: Hand) -> None:
    hand.select("Accounts")
    hand.reach(hand.page.get_by_role("searchbox", name="Search accounts"))
    hand.page.keyboard.type("nordl")
    expect(hand.page.get_by_role("main").get_by_role("link", name="Borealis GmbH")).to_have_count(0)


def delete(hand: Hand, accessible) -> None:
    page = hand.page
    find(hand)
    hand.press(page.get_by_label("Actions for Nordlicht AG"))
    hand.press(page.get_by_role("link", name="Delete", exact=True))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Delete account Nordlicht AG?")).to_be_visible()
    expect(dialog).to_contain_text("1 usage measurement will be permanently dissociated")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    hand.fits()
    accessible(page)
    hand.write("Type the account's code to delete it", "nordlicht")
    hand.press(dialog.get_by_role("button", name="Delete account"))
    hand.said("Account “Nordlicht AG” deleted.")


def test_child_accounts_are_created_reviewed_and_removed_as_documented(come, acme, borealis, accessible):
    former = create_account(
        organization=acme, name="Borealis Bergen", code="bergen", email_address="ap@bergen.example",
        parent_account=borealis,
    )  # fmt: skip
    remove_child(former, parent=borealis, day=date(2026, 6, 1))
    hand = come("operator", LIST)
    create_child(hand)
    make_child_by_update(hand)
    review_children(hand, accessible)
    remove(hand, accessible)
    memberships = dict(ChildMembership.objects.values_list("child__code", "end_date"))
    assert memberships == {"bergen": date(2026, 6, 1), "labs": date(2026, 7, 1), "oslo": None}


def open_account(hand: Hand, name: str) -> None:
    hand.select("Accounts")
    hand.press(hand.page.get_by_role("main").get_by_role("link", name=name, exact=True))
    expect(hand.page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(hand.page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")


def open_children(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("link", name="Child accounts"))
    expect(hand.page.get_by_role("heading", name="Child accounts", level=2, exact=True)).to_be_visible()
    hand.fits()


def create_child(hand: Hand) -> None:
    page = hand.page
    open_account(hand, "Borealis GmbH")
    open_children(hand)
    hand.press(page.get_by_role("link", name="Create child account"))
    expect(page.get_by_role("combobox", name="Parent account")).to_have_value("borealis")
    typed = {"Name": "Borealis Labs", "Code": "labs", "Email address": "ap@labs.example"}
    for label, text in typed.items():
        hand.write(label, text)
    hand.press(page.get_by_role("main").get_by_role("button", name="Create account"))
    hand.said("Account “Borealis Labs” created.")
    details = page.get_by_role("region", name="Account details")
    expect(details).to_contain_text("Borealis GmbH, from the beginning")


def make_child_by_update(hand: Hand) -> None:
    """An account that is there becomes a child by an update, which asks from which day."""
    page = hand.page
    open_account(hand, "Arctic Oslo")
    details = page.get_by_role("region", name="Account details")
    hand.press(details.get_by_role("link", name="Edit"))
    hand.choose_account("Parent account", "borealis gm", "borealis")
    expect(hand.box("From which day")).to_be_visible()
    hand.press(page.get_by_role("button", name="Update account"))
    hand.said("Account “Arctic Oslo” updated.")
    hand.press(details.get_by_role("link", name="Borealis GmbH"))
    expect(page.get_by_role("heading", name="Borealis GmbH", level=1)).to_be_visible()


def review_children(hand: Hand, accessible) -> None:
    page = hand.page
    for child in ("Arctic Oslo", "Borealis Labs"):
        open_children(hand)
        accessible(page)
        hand.press(page.get_by_role("main").get_by_role("link", name=child, exact=True))
        expect(page.get_by_role("heading", name=child, level=1)).to_be_visible()
        expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
        details = page.get_by_role("region", name="Account details")
        hand.press(details.get_by_role("link", name="Borealis GmbH"))
        expect(page.get_by_role("heading", name="Borealis GmbH", level=1)).to_be_visible()


def remove(hand: Hand, accessible) -> None:
    page = hand.page
    open_children(hand)
    former = page.get_by_role("region", name="Former child accounts").first
    expect(former).to_contain_text("until 31 May 2026")
    hand.press(page.get_by_label("Actions for Borealis Labs"))
    hand.press(page.get_by_role("link", name="Remove child account"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Remove child account Borealis Labs?")).to_be_visible()
    hand.day("From which day", "2026-07-01")
    expect(dialog).to_contain_text("Last day as a child: 30 Jun 2026")
    expect(dialog).to_contain_text("“Borealis Labs” stands by itself from 1 Jul 2026 on")
    hand.fits()
    accessible(page)
    hand.press(dialog.get_by_role("button", name="Remove child account"))
    hand.said("Child account “Borealis Labs” removed from “Borealis GmbH”.")
    expect(former.get_by_role("row", name=re.compile("Borealis Labs"))).to_contain_text("30 Jun 2026")
