"""Lists as people use them: columns by keyboard, saved filters, Back, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from accounts.services import create_account
from m3console.core.models import ListColumns, SavedFilter

BASE = "/o/acme/accounts/"
pytestmark = pytest.mark.long


@pytest.fixture
def accounts(acme):
    for number in range(30):
        currency = "EUR" if number < 3 else "USD"
        create_account(
            organization=acme,
            name=f"Account {number:02}",
            code=f"a-{number:02}",
            email_address="a@a.example",
            currency=currency,
        )


def headings(page):
    return page.get_by_role("columnheader")


def test_columns_are_chosen_by_keyboard_and_stay_from_page_to_page(accounts, signed_in, accessible):
    page = signed_in("operator", BASE)
    expect(headings(page)).to_contain_text(["Name", "Code", "Currency", "Active plans"])
    page.get_by_role("link", name="Columns").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Columns of accounts")
    expect(dialog).to_be_visible()
    accessible(page)
    up = dialog.get_by_role("button", name=re.compile("Move Currency up"))
    up.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Move Currency up, now 1 of")).to_be_focused()
    dialog.get_by_role("checkbox", name="Active plans").focus()
    page.keyboard.press("Space")
    dialog.get_by_role("button", name="Show columns").press("Enter")
    expect(headings(page)).to_contain_text(["Name", "Currency", "Code", "Last bill date"])
    expect(page).to_have_url(re.compile("columns=currency"))
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("26–30 of 30", exact=True)).to_be_visible()
    expect(headings(page)).to_contain_text(["Name", "Currency", "Code", "Last bill date"])
    page.go_back()
    expect(page.get_by_text("1–25 of 30", exact=True)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(f"{BASE}$"))
    expect(headings(page).first).to_be_visible()
    assert ListColumns.objects.get().columns[:2] == ["currency", "code"]


def test_a_filter_is_saved_used_changed_and_deleted(accounts, signed_in, accessible):
    page = signed_in("operator", f"{BASE}?currency=EUR")
    page.get_by_text("View", exact=True).click()
    accessible(page)
    page.get_by_role("link", name="Save filter").click()
    dialog = page.get_by_role("dialog", name="Save filter")
    expect(dialog.get_by_label("Name")).to_be_focused()
    accessible(page)
    page.keyboard.type("In euros")
    dialog.get_by_label("Share with everybody in the organization").check()
    dialog.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("View: In euros")).to_be_visible()
    page.get_by_role("searchbox", name="Search accounts").fill("Account 01")
    expect(page.get_by_text("View: In euros (changed)")).to_be_visible()
    page.get_by_text("View: In euros (changed)").click()
    page.get_by_role("link", name="Update “In euros”").click()
    page.get_by_role("dialog").get_by_role("button", name="Update saved filter").click()
    expect(page.get_by_text("View: In euros", exact=True)).to_be_visible()
    page.get_by_text("View: In euros").click()
    page.get_by_role("link", name="Manage saved filters").click()
    accessible(page)
    page.get_by_role("link", name="In euros").click()
    expect(page.get_by_text("View: In euros")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search accounts")).to_have_value("Account 01")
    page.goto("/o/acme/saved-filters/")
    page.get_by_label("Actions for In euros").click()
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete saved filter").click()
    expect(page.get_by_text("No saved filter yet")).to_be_visible()
    assert not SavedFilter.objects.exists()


def test_columns_and_filters_without_javascript(accounts, signed_in):
    page = signed_in("operator", f"{BASE}?currency=EUR", java_script_enabled=False)
    page.get_by_role("link", name="Columns").click()
    page.get_by_role("button", name=re.compile("Move Currency up")).click()
    expect(page.get_by_role("button", name="Move Currency up, now 1 of")).to_be_visible()
    page.get_by_role("button", name="Show columns").click()
    expect(headings(page)).to_contain_text(["Name", "Currency", "Code"])
    expect(page.get_by_text("1–3 of 3", exact=True)).to_be_visible()
    page.get_by_text("View", exact=True).click()
    page.get_by_role("link", name="Save filter").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("In euros")
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("View: In euros")).to_be_visible()
