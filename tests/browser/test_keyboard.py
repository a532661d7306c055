"""Work without a mouse, Back, and two organizations side by side."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from accounts.services import create_account
from m3console.core.links import acting_in
from m3console.core.models import Membership
from m3console.core.organizations import create_organization
from plans.attachments import attach_plan
from plans.models import AccountPlan
from tests.plans.catalogue import a_plan, a_product, a_template


@pytest.fixture
def customers(acme):
    return [
        create_account(organization=acme, name=name, code=name.lower(), email_address="ap@customer.example")
        for name in ("Alder", "Birch", "Cedar")
    ]


def reach(page: Page, name: str, role: str = "link") -> None:
    """Tab on until the control has the focus: whatever cannot be reached so fails."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{role} {name} cannot be reached by keyboard")


def test_a_plan_is_attached_by_keyboard_alone(acme, customers, signed_in):
    plan = a_plan(a_template(a_product(acme)))
    page = signed_in("operator", f"/o/acme/accounts/{customers[0].pk}/plans/create/")
    expect(page.get_by_role("heading", name="Create plan attachment")).to_be_visible()
    reach(page, "Next", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Product")).to_be_visible()
    reach(page, "Product", "combobox")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Plan", exact=True).get_by_role("option", name=plan.name)).to_be_attached()
    reach(page, "Plan", "combobox")
    page.keyboard.press("ArrowDown")
    reach(page, "Start date", "textbox")
    page.keyboard.type("06012024")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("1 Jun 2024")
    reach(page, "Create Plan attachment", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Active and pending attached plans")).to_be_visible()
    made = AccountPlan.objects.get()
    assert (made.account_id, made.plan_id, made.start_date) == (customers[0].pk, plan.pk, date(2024, 6, 1))


def test_keys_search_list_the_shortcuts_and_close_dialogs(customers, signed_in, accessible):
    page = signed_in("operator", "/o/acme/accounts/")
    expect(page.get_by_role("link", name="Alder")).to_be_visible()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search everything")
    expect(search).to_be_focused()
    page.keyboard.type("?")
    expect(search).to_have_value("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    search.fill("")
    page.get_by_role("heading", name="Accounts", level=1).click()
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()


def test_deleting_asks_in_a_dialog_that_escape_leaves(acme, customers, signed_in, accessible):
    attach_plan(account=customers[0], plan=a_plan(a_template(a_product(acme))), start_date=date(2024, 6, 1))
    page = signed_in("operator", f"/o/acme/accounts/{customers[0].pk}/plans/")
    page.get_by_role("link", name="Delete Standard").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("Delete")
    accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert AccountPlan.objects.count() == 1


def test_back_brings_the_list_as_it_was(customers, signed_in):
    page = signed_in("operator", "/o/acme/accounts/")
    names = (
        page.get_by_role("main").get_by_role("row").get_by_role("link", name=re.compile("Alder|Birch|Cedar"))
    )
    expect(names).to_have_text(["Alder", "Birch", "Cedar"])
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    expect(names).to_have_text(["Cedar", "Birch", "Alder"])
    page.get_by_role("searchbox", name="Search accounts").fill("e")
    page.get_by_role("searchbox", name="Search accounts").fill("birch")
    expect(names).to_have_text(["Birch"])
    expect(page).to_have_url(re.compile("sort=-name.*q=birch|q=birch.*sort=-name"))
    names.click()
    expect(page.get_by_role("heading", name="Birch", level=1)).to_be_visible()
    page.go_back()
    expect(names).to_have_text(["Birch"])
    expect(page.get_by_role("searchbox", name="Search accounts")).to_have_value("birch")


def test_tabs_of_two_organizations_never_mix(acme, signed_in):
    page = signed_in("administrator", "/o/acme/accounts/")
    expect(page.get_by_role("heading", name="Accounts", level=1)).to_be_visible()
    other = create_organization(slug="other", name="Other Works")
    person = acme.memberships.get().user
    with acting_in(other):
        Membership.objects.create(organization=other, user=person, role="administrator")
    second = page.context.new_page()
    second.goto("/o/other/accounts/create/")
    page.goto("/o/acme/accounts/create/")
    for tab, name in ((second, "Zebra"), (page, "Aspen")):
        for label, value in (("Name", name), ("Code", name.lower()), ("Email address", "ap@x.example")):
            tab.get_by_role("textbox", name=label, exact=True).fill(value)
    second.get_by_role("main").get_by_role("button", name="Create account").click()
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    for tab, name, foreign, slug in ((second, "Zebra", "Aspen", "other"), (page, "Aspen", "Zebra", "acme")):
        expect(tab.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(tab.get_by_text(f"Account “{name}” created.")).to_be_visible()
        expect(tab.get_by_text(foreign)).to_have_count(0)
        links = tab.get_by_role("link").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert all(f"/o/{slug}/" in link for link in links if link.startswith("/o/")), links
