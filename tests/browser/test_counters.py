"""Counters by hand: made, priced on a plan, adjusted on an account, and billed with their working."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.services import create_account
from m3console.core import clock
from m3console.core.links import reverse
from plans.attachments import attach_plan
from plans.models import CounterAdjustment
from tests.browser.conftest import work
from tests.plans.catalogue import a_plan, a_product, a_template

PHONE = {"width": 360, "height": 740}
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def account(acme):
    """An account of a plan that prices nothing yet, in July 2024."""
    with clock.at(date(2024, 7, 2)):
        plan = a_plan(a_template(a_product(acme)))
        made = create_account(organization=acme, name="Big", code="big", email_address="ap@big.example")
        attach_plan(account=made, plan=plan, start_date=date(2024, 6, 1))
        yield made


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
def test_seats_are_made_priced_adjusted_and_billed(account, signed_in, accessible, viewport):
    page = signed_in("administrator", **({"viewport": viewport} if viewport else {}))
    page.goto(reverse("plans:counter_list"))
    page.get_by_role("link", name="Create counter").first.click()
    for label, value in (("Name", "Seats"), ("Code", "seats"), ("Unit", "seat")):
        page.get_by_role("textbox", name=label, exact=True).fill(value)
    page.get_by_role("main").get_by_role("button", name="Create counter").click()
    expect(page.get_by_role("heading", name="Seats", level=1)).to_be_visible()
    accessible(page)

    page.goto(reverse("plans:plan_detail", pk=account.account_plans.get().plan_id))
    page.get_by_role("link", name="Create counter pricing").click()
    page.get_by_label("Counter", exact=True).select_option(label="Seats")
    expect(page.get_by_text("by units in seat")).to_be_visible()
    page.get_by_label("Band 1, unit price, USD").fill("2")
    page.get_by_label("Start date").fill("2024-01-01")
    expect(page.get_by_label("Running total billed in advance")).to_be_checked()
    page.get_by_label("Running total billed in advance").uncheck()
    accessible(page)
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("main").get_by_role("button", name="Create counter pricing").click()
    expect(page.get_by_role("row", name="saved now")).to_contain_text("in arrears, by days")

    page.goto(reverse("accounts:account_detail", pk=account.pk))
    page.get_by_text("Account actions").click()
    page.get_by_role("link", name="Adjust", exact=True).click()
    page.get_by_label("Counter", exact=True).select_option(label="Seats, in seat")
    page.get_by_label("Date", exact=True).fill("2024-06-16")
    page.get_by_label("Value", exact=True).fill("18")
    page.get_by_label("Purchase order number").fill("PO-7")
    expect(page.get_by_text("Seats goes from 0 to 18 seat on 16 Jun 2024.")).to_be_visible()
    accessible(page)
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("button", name="Adjust counter").click()
    expect(page.get_by_role("row", name="saved now")).to_contain_text("18")
    accessible(page)
    assert page.evaluate(SIDEWAYS) <= 0

    page.goto(reverse("billing:run_billing"))
    page.get_by_label("Bill date").fill("2024-07-01")
    page.get_by_role("main").get_by_role("button", name="Run billing").click()
    work()
    page.goto(reverse("billing:account_bills", pk=account.pk))
    page.get_by_role("link", name="INV-").first.click()
    page.get_by_role("button", name="Seats").click()
    expect(page.get_by_text("from 0 to 18 on 16 Jun 2024")).to_be_visible()
    expect(page.get_by_text("15 of 30 days")).to_be_visible()
    accessible(page)
    assert CounterAdjustment.objects.get().purchase_order_number == "PO-7"
