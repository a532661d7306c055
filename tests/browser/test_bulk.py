"""Choosing rows of the account list and acting on them: by mouse, by keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from accounts.services import create_account

BASE = "/o/acme/accounts/"
PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.long


@pytest.fixture
def thirty(acme):
    for number in range(30):
        code = f"north-{number:02}"
        create_account(organization=acme, name=code.title(), code=code, email_address=f"ap@{code}.example")


def test_rows_are_ticked_by_keyboard_and_what_is_selected_is_said(signed_in, thirty, accessible):
    page = signed_in("operator", BASE)
    bar, said = page.locator("#bulk"), page.locator("#announce")
    expect(bar).to_be_hidden()
    page.get_by_label("Select North-00").press("Space")
    expect(bar).to_contain_text("1 selected")
    expect(said).to_have_text("1 selected")
    page.get_by_label("Select North-03").click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 selected")
    accessible(page)
    page.get_by_label("Select the 25 rows on this page").press("Space")
    expect(bar).to_contain_text("25 selected")
    page.get_by_role("button", name="Select all 30 that match").press("Enter")
    expect(bar).to_contain_text("All 30 that match selected")
    page.get_by_label("Select North-05").uncheck()
    expect(bar).to_contain_text("24 selected")
    page.get_by_role("button", name="Clear").press("Enter")
    expect(bar).to_be_hidden()
    expect(said).to_have_text("Nothing selected")


def test_all_that_match_are_edited_after_a_page_that_asks(signed_in, thirty, accessible):
    page = signed_in("operator", BASE)
    page.get_by_label("Select the 25 rows on this page").check()
    page.get_by_role("button", name="Select all 30 that match").click()
    page.get_by_role("button", name="Edit fields").click()
    expect(page.get_by_role("heading", name="Edit 30 accounts?")).to_be_in_viewport()
    accessible(page)
    page.get_by_label("Days before bill due", exact=False).first.fill("21")
    page.get_by_role("button", name="Edit 30 accounts").click()
    expect(page.get_by_role("heading", name="Edit 30 accounts")).to_be_visible()
    expect(page.get_by_text("30 updated")).to_be_visible()
    accessible(page)
    assert Account.objects.filter(days_before_bill_due=21).count() == 30
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()


def test_without_javascript_the_ticked_rows_are_sent_and_all_that_match_can_be_taken(signed_in, thirty):
    page = signed_in("operator", f"{BASE}?q=north-0", java_script_enabled=False, viewport=PHONE)
    page.get_by_label("Select North-01").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Delete 1 account?")).to_be_visible()
    page.get_by_role("button", name="Take all that match instead: 10 accounts").click()
    expect(page.get_by_role("heading", name="Delete 10 accounts?")).to_be_visible()
    page.get_by_label("Type the number of accounts to delete").fill("10")
    page.get_by_role("button", name="Delete 10 accounts").click()
    expect(page.get_by_text("10 deleted")).to_be_visible()
    assert Account.objects.count() == 20


def test_deleting_many_shows_first_what_is_asked(signed_in, thirty, accessible):
    page = signed_in("operator", BASE)
    page.get_by_label("Select the 25 rows on this page").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Delete 25 accounts?")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Delete 25 accounts?")).to_be_visible()
    accessible(page)
    assert Account.objects.count() == 30


def test_selecting_fits_a_phone(signed_in, thirty, accessible):
    page = signed_in("operator", BASE, viewport=PHONE)
    page.get_by_label("Select North-00").check()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
