"""Parent and child accounts as a billing person works with them, under the documents' own labels."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import ChildMembership
from accounts.services import create_account, remove_child, update_account
from tests.browser.test_accounts import choose_by_keyboard

BASE = "/o/acme/accounts/"
pytestmark = pytest.mark.long


@pytest.fixture
def make(acme):
    def made(code, **fields):
        given = {"name": code.title(), "email_address": f"ap@{code}.example"} | fields
        return create_account(organization=acme, code=code, **given)

    return made


def test_children_are_created_reviewed_and_removed_from_their_parents_page(signed_in, make, accessible):
    parent = make("borealis", name="Borealis Analytics GmbH")
    former = make("former", name="Borealis Oslo", parent_account=parent)
    remove_child(former, parent=parent, day=date(2026, 6, 1))
    page = signed_in("operator", BASE)
    page.get_by_role("link", name="Borealis Analytics GmbH").click()
    page.get_by_role("link", name="Child accounts").click()
    page.get_by_role("link", name="Create child account").click()
    expect(page.get_by_role("combobox", name="Parent account")).to_have_value("borealis")
    page.get_by_label("Name", exact=True).fill("Borealis Labs")
    page.get_by_label("Code", exact=True).fill("labs")
    page.get_by_label("Email address").fill("ap@labs.example")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Account “Borealis Labs” created.")).to_be_visible()
    details = page.get_by_role("region", name="Account details")
    expect(details).to_contain_text("Borealis Analytics GmbH, from the beginning")
    accessible(page)
    details.get_by_role("link", name="Borealis Analytics GmbH").click()
    page.get_by_role("link", name="Child accounts").click()
    expect(page.get_by_role("region", name="Former child accounts").first).to_contain_text(
        "until 31 May 2026"
    )
    accessible(page)
    page.get_by_label("Actions for Borealis Labs").click()
    page.get_by_role("link", name="Remove child account").click()
    dialog = page.get_by_role("dialog")
    day = dialog.get_by_label("From which day")
    day.fill("2026-06-01")
    day.press("Tab")
    expect(dialog).to_contain_text("Last day as a child: 31 May 2026")
    expect(dialog).to_contain_text("“Borealis Labs” stands by itself from 1 Jun 2026 on")
    accessible(page)
    dialog.get_by_role("button", name="Remove child account").click()
    expect(page.get_by_text("Child account “Borealis Labs” removed from")).to_be_visible()
    assert ChildMembership.objects.get(child__code="labs").end_date == date(2026, 6, 1)


def test_another_parent_asks_for_its_day_as_soon_as_it_is_chosen(signed_in, make, accessible):
    old = make("old", name="Old parent")
    make("nordlicht", name="Nordlicht Holding")
    child = make("labs", parent_account=old)
    page = signed_in("operator", f"{BASE}{child.pk}/edit/")
    choose_by_keyboard(page, "Parent account", "nordl", "nordlicht")
    day = page.get_by_label("From which day")
    expect(day).to_be_visible()
    day.fill("2026-06-01")
    day.press("Tab")
    expect(page.get_by_text("Last day as a child: 31 May 2026", exact=True)).to_be_visible()
    expect(page.get_by_text("“Labs” is a child of “Nordlicht Holding” from 1 Jun 2026 on.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Update account").click()
    expect(page.get_by_text("Account “Labs” updated.")).to_be_visible()
    expect(page.get_by_role("region", name="Account details")).to_contain_text("since 1 Jun 2026")
    page.get_by_role("navigation", name="Account").get_by_role("link", name="History").click()
    expect(page.get_by_text("last day as a child: 31 May 2026")).to_be_visible()


def test_without_javascript_the_day_is_asked_for_on_saving(signed_in, make):
    old = make("old", name="Old parent")
    child = update_account(make("labs"), version=1, parent_account=old, parent_from=None)
    page = signed_in("operator", f"{BASE}{child.pk}/edit/", java_script_enabled=False)
    page.get_by_label("Parent account").fill("")
    page.get_by_role("button", name="Update account").click()
    page.get_by_label("From which day").fill("2026-06-01")
    page.get_by_role("button", name="Update account").click()
    expect(page.get_by_text("Account “Labs” updated.")).to_be_visible()
    assert ChildMembership.objects.get().end_date == date(2026, 6, 1)
