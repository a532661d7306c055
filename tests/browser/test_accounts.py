"""Accounts by mouse and by keyboard, as a person meets them."""

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from accounts.services import create_account, update_account
from tests.browser.hands import choose_by_keyboard

BASE = "/o/acme/accounts/"


@pytest.fixture
def accounts(acme):
    def make(code, **fields):
        given = {"name": code.title(), "email_address": f"ap@{code}.example"} | fields
        return create_account(organization=acme, code=code, **given)

    parent = make("borealis", name="Borealis Analytics GmbH", currency="EUR", locality="Hamburg")
    make("labs", parent_account=parent)
    make("alpenglow")
    return parent


def test_an_account_is_created_as_a_child_by_keyboard_alone(signed_in, acme, accounts, accessible):
    page = signed_in("operator", f"{BASE}create/")
    page.get_by_label("Name", exact=True).fill("Nordlicht")
    page.get_by_label("Code", exact=True).fill("nordlicht")
    page.get_by_label("Email address").fill("ap@nordlicht.example")
    choose_by_keyboard(page, "Parent account", "boreal", "borealis")
    accessible(page)
    page.get_by_role("button", name="Create account").press("Enter")
    expect(page.get_by_role("heading", name="Nordlicht")).to_be_visible()
    made = Account.objects.get(code="nordlicht")
    assert made.parent_account == accounts
    assert str(made.pk) in page.content()
    accessible(page)


def test_the_list_of_suggestions_closes_on_escape_and_says_when_there_is_none(signed_in, accounts):
    page = signed_in("operator", f"{BASE}create/")
    box = page.get_by_role("combobox", name="Parent account")
    box.fill("zzz")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text("No account matches")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.fill("alp")
    page.get_by_role("listbox").get_by_role("option", name="Alpenglow").click()
    expect(box).to_have_value("alpenglow")


def test_a_parent_is_typed_by_code_without_javascript(signed_in, accounts):
    page = signed_in("operator", f"{BASE}create/", java_script_enabled=False)
    for label, value in [("Name", "Plain"), ("Code", "plain"), ("Email address", "a@plain.example")]:
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Parent account").fill("borealis")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Plain")).to_be_visible()
    assert Account.objects.get(code="plain").parent_account == accounts


def test_the_list_searches_while_typing_and_its_menu_deletes_after_asking(signed_in, accounts, accessible):
    page = signed_in("operator", BASE)
    page.get_by_placeholder("Name, code, email or id").fill("alpen")
    expect(page.get_by_role("link", name="Borealis Analytics GmbH")).to_have_count(0)
    assert "q=alpen" in page.url
    page.get_by_label("Actions for Alpenglow").click()
    page.get_by_role("link", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Delete account Alpenglow?")).to_be_visible()
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    accessible(page)
    dialog.get_by_role("button", name="Delete account").click()
    expect(page.get_by_text("Account “Alpenglow” deleted.")).to_be_visible()
    assert not Account.objects.filter(code="alpenglow").exists()


def test_what_blocks_a_deletion_is_a_link_away(signed_in, accounts):
    page = signed_in("operator", f"{BASE}{accounts.pk}/")
    menu = page.get_by_text("Account actions")
    menu.click()
    page.get_by_role("link", name="Delete", exact=True).click()
    blocker = page.get_by_role("dialog").get_by_role("link", name="Child account “Labs”")
    expect(blocker).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    menu.press("Enter")
    page.get_by_role("link", name="Delete", exact=True).click()
    blocker.click()
    expect(page.get_by_role("heading", name="Labs")).to_be_visible()


def test_a_stale_save_keeps_what_was_typed_beside_what_is_saved(signed_in, acme, accounts, accessible):
    page = signed_in("operator", f"{BASE}{accounts.pk}/edit/")
    page.get_by_label("Purchase order number").fill("PO-77")
    update_account(accounts, version=1, locality="Kiel")
    page.get_by_role("button", name="Update account").click()
    expect(page.get_by_role("alert")).to_contain_text("Changed by")
    expect(page.get_by_label("Purchase order number")).to_have_value("PO-77")
    expect(page.get_by_role("row", name="City / Town")).to_contain_text("Kiel")
    accessible(page)


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_every_account_page_is_accessible_and_no_wider_than_the_screen(
    signed_in, accounts, accessible, scheme, width
):
    page = signed_in("operator", BASE, color_scheme=scheme, viewport={"width": width, "height": 800})
    child = accounts.children.get()
    own = [f"{accounts.pk}/{tab}" for tab in ("", "children/", "history/", "edit/", "delete/")]
    for path in ("", "?hierarchy=parent", "?q=none", "create/", "good-practice/", *own,
                 f"{child.pk}/", f"{child.pk}/delete/", f"{child.pk}/remove-from-parent/"):  # fmt: skip
        page.goto(BASE + path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
