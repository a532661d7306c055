"""A standing charge in advance, from the template's form to the explained line."""

import pytest
from playwright.sync_api import expect

from accounts.services import create_account
from m3console.core.links import reverse
from plans.services.products import create_product
from tests.browser.conftest import work
from tests.browser.test_worked_example import fill, follow, press


@pytest.fixture
def account(acme):
    create_product(organization=acme, name="Support", code="support")
    return create_account(
        organization=acme, name="Borealis", code="borealis", email_address="ap@borealis.example"
    )


@pytest.mark.long
def test_a_charge_in_advance_is_set_inherited_foreseen_billed_and_explained(signed_in, account, accessible):
    page = signed_in("administrator")
    follow(page, "Plan templates")
    page.get_by_role("link", name="Create plan template").first.click()
    page.get_by_label("Product").select_option("Support")
    fill(page, Name="Support monthly", Standing_charge="60")
    expect(page.get_by_label("Standing charge billed")).to_contain_text("As the organization: in arrears")
    page.get_by_label("Standing charge billed").select_option("In advance")
    press(page, "Create plan template")
    expect(page.get_by_text("each period, in advance")).to_be_visible()

    page.get_by_role("link", name="Create plan", exact=True).click()
    expect(page.get_by_label("Standing charge billed")).to_contain_text("As the template: in advance")
    fill(page, Name="Support", Code="support")
    press(page, "Create plan")
    expect(page.get_by_text("from the template")).to_be_visible()

    page.goto(reverse("accounts:account_detail", pk=account.pk))
    page.get_by_text("Account actions", exact=True).click()
    page.get_by_role("link", name="Create plan attachment").first.click()
    press(page, "Next")
    page.get_by_label("Product").select_option("Support")
    page.get_by_label("Plan", exact=True).select_option("Support (USD, monthly)")
    fill(page, Start_date="2024-06-16")
    foreseen = page.get_by_role("region", name="What will happen")
    expect(foreseen).to_contain_text("First standing charge 30.00 USD")
    expect(foreseen).to_contain_text("With it 60.00 USD in advance for 1 – 31 Jul 2024")
    press(page, "Create Plan attachment")

    follow(page, "Run billing")
    fill(page, Bill_date="2024-07-01")
    press(page, "Run billing")
    expect(page.get_by_role("region", name="Progress")).to_contain_text("You can leave this page")
    work()
    follow(page, "Bill management")
    page.get_by_role("row").filter(has_text="Borealis").get_by_role("link").first.click()
    lines = page.get_by_role("region", name="Bill lines")
    expect(lines).to_contain_text("30.00")
    expect(lines).to_contain_text("60.00")
    lines.get_by_role("button", name="Standing Charge").last.click()
    expect(lines).to_contain_text("in advance, for the period that begins on the bill date")
    expect(page.get_by_text("Monthly", exact=True)).to_be_visible()
    accessible(page)
