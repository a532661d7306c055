"""Another parent, and the day from which: as it is asked for with JavaScript, and without."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.models import ChildMembership
from accounts.services import create_account, update_account
from tests.browser.hands import choose_by_keyboard

BASE = "/o/acme/accounts/"
pytestmark = pytest.mark.long


@pytest.fixture
def make(acme):
    def made(code, **fields):
        given = {"name": code.title(), "email_address": f"ap@{code}.example"} | fields
        return create_account(organization=acme, code=code, **given)

    return made


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
