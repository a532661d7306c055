"""The worked example of two customers, made by hand in the browser: from sign-in to the explained line."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import work


@pytest.mark.timeout(180)
def test_two_customers_are_billed_205_and_112_and_every_figure_leads_to_its_measurements(signed_in):
    page = signed_in("administrator")
    create_product(page)
    create_meter(page)
    create_aggregation(page, "gb_sum", "Gb", "Sum", "GB")
    create_aggregation(page, "files_sum", "Files", "Sum", "file")
    create_aggregation(page, "secs_mean", "Secs", "Mean", "s")
    create_plan_of_a_template(page)
    create_pricing(page, "gb_sum", "Tiered", [("0", "0.15"), ("500", "0.10")])
    create_pricing(page, "files_sum", "Tiered", [("0", "0.50")])
    create_pricing(page, "secs_mean", "Stairstep", [("0", "12"), ("4", "25"), ("6", "50")])
    for name, gigabytes, files, seconds in (("Big", "750", "120", "5"), ("Edge", "500", "10", "4")):
        create_account(page, name)
        attach_plan(page)
        submit_usage(page, {"Gb (GB)": gigabytes, "Files (file)": files, "Secs (s)": seconds})
    run_billing(page)

    open_bill(page, "Big")
    expect(total_of(page)).to_have_text("205.00")
    assert subtotals(page) == ["20.00 USD", "60.00 USD", "100.00 USD", "25.00 USD"]  # by aggregation code
    follow_a_line_to_its_measurements(page)
    open_bill(page, "Edge")
    expect(total_of(page)).to_have_text("112.00")
    assert subtotals(page) == ["20.00 USD", "5.00 USD", "75.00 USD", "12.00 USD"]

    run_billing(page, unchanged="2")


def follow(page: Page, entry: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=entry, exact=True).click()


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_role("textbox", name=label.replace("_", " "), exact=True).fill(value)


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def said(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def create_product(page: Page) -> None:
    follow(page, "Products")
    page.get_by_role("link", name="Create product").first.click()
    fill(page, Name="Storage", Code="storage")
    press(page, "Create product")
    expect(page.get_by_role("heading", name="Storage", level=1)).to_be_visible()


def create_meter(page: Page) -> None:
    page.get_by_role("link", name="Create meter").click()
    fill(page, Name="Disk", Code="disk")
    expect(page.get_by_label("Product").get_by_role("option", selected=True)).to_have_text("Storage")
    for number, (code, name, unit) in enumerate(
        [("gb", "Gb", "GB"), ("files", "Files", "file"), ("secs", "Secs", "s")], start=1
    ):
        if number > 1:
            press(page, "Add data field")
        page.get_by_label(f"Field {number}, code").fill(code)
        page.get_by_label(f"Field {number}, name").fill(name)
        page.get_by_label(f"Field {number}, unit").fill(unit)
    press(page, "Create meter")
    expect(page.get_by_role("heading", name="Disk", level=1)).to_be_visible()


def create_aggregation(page: Page, code: str, field: str, method: str, unit: str) -> None:
    follow(page, "Aggregations")
    page.get_by_role("link", name="Create aggregation").first.click()
    fill(page, Name=code, Code=code)
    page.get_by_label("Meter").select_option("Disk")
    page.get_by_label("Target field").select_option(label=f"{field} ({field.lower()}, Measure)")
    page.get_by_label("Method").select_option(method)
    fill(page, Unit=unit)
    press(page, "Create aggregation")
    expect(page.get_by_role("heading", name=code, level=1)).to_be_visible()


def create_plan_of_a_template(page: Page) -> None:
    follow(page, "Plan templates")
    page.get_by_role("link", name="Create plan template").first.click()
    page.get_by_label("Product").select_option("Storage")
    fill(page, Name="std-tpl", Standing_charge="20")
    press(page, "Create plan template")
    page.get_by_role("link", name="Create plan", exact=True).click()
    fill(page, Name="std", Code="std")
    press(page, "Create plan")
    expect(page.get_by_role("heading", name="std", level=1)).to_be_visible()


def create_pricing(page: Page, aggregation: str, kind: str, bands: list[tuple[str, str]]) -> None:
    page.get_by_role("link", name="Create pricing").first.click()
    page.get_by_label("Aggregation").select_option(aggregation)
    page.get_by_label(kind, exact=True).check()
    price = "fixed" if kind == "Stairstep" else "unit"
    for number, (lower, amount) in enumerate(bands, start=1):
        if number > 1:
            press(page, "Add band")
            page.get_by_label(f"Band {number}, lower limit").fill(lower)
        page.get_by_label(f"Band {number}, {price} price").fill(amount)
    fill(page, Start_date="2020-01-01")
    press(page, "Create pricing")
    expect(page.get_by_role("heading", name="std", level=1)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=aggregation)).to_be_visible()


def create_account(page: Page, name: str) -> None:
    follow(page, "Accounts")
    page.get_by_role("link", name="Create account").first.click()
    fill(page, Name=name, Code=name.lower(), Email_address=f"ap@{name.lower()}.example")
    press(page, "Create account")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def attach_plan(page: Page) -> None:
    page.get_by_text("Account actions", exact=True).click()
    page.get_by_role("link", name="Create plan attachment").first.click()
    press(page, "Next")
    page.get_by_label("Product").select_option("Storage")
    page.get_by_label("Plan", exact=True).select_option("std (USD, monthly)")
    fill(page, Start_date="2024-06-01")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("1 Jul 2024")
    press(page, "Create Plan attachment")
    active = page.get_by_role("region", name="Active and pending attached plans").first
    expect(active.get_by_role("link", name="std", exact=True)).to_be_visible()


def submit_usage(page: Page, values: dict[str, str]) -> None:
    page.get_by_role("link", name="Submit usage").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Meter").select_option("Disk")
    for name, value in values.items():
        dialog.get_by_label(name).fill(value)
    dialog.get_by_label("Timestamp").fill("2024-06-10T12:00:00Z")
    dialog.get_by_role("button", name="Submit usage").click()
    expect(page.get_by_role("row").filter(has_text="10 Jun 2024, 12:00 UTC")).to_be_visible()


def run_billing(page: Page, *, unchanged: str = "0") -> None:
    """Ask for bills of 1 July 2024 and watch the run, which a worker does meanwhile, to its end."""
    follow(page, "Run billing")
    fill(page, Bill_date="2024-07-01")
    press(page, "Run billing")
    progress = page.get_by_role("region", name="Progress")
    expect(progress).to_contain_text("You can leave this page")
    work()
    expect(progress).to_contain_text("2 of 2 accounts", timeout=10_000)
    expect(progress).to_contain_text("Finished")
    expect(page.get_by_role("button", name="Cancel run")).to_have_count(0)  # the page has renewed itself
    expect(page.get_by_role("main").get_by_role("table").get_by_role("row")).to_have_count(3)
    expect(figure(progress, "Billed")).to_have_text(str(2 - int(unchanged)))
    expect(figure(progress, "Unchanged")).to_have_text(unchanged)
    expect(figure(progress, "Failed")).to_have_text("0")


def figure(region: Locator, term: str) -> Locator:
    return region.get_by_role("definition").nth(["Billed", "Unchanged", "Failed"].index(term))


def open_bill(page: Page, account: str) -> None:
    follow(page, "Bill management")
    page.get_by_role("row").filter(has_text=account).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Bill", level=1)).to_be_visible()
    expect(page.get_by_text("1 – 30 Jun 2024").first).to_be_visible()


def total_of(page: Page) -> Locator:
    return page.get_by_role("row").filter(has_text="Total due").get_by_role("cell").last


def subtotals(page: Page) -> list[str]:
    """The column *Subtotal* of the bill's lines, in their order."""
    lines = page.get_by_role("row").filter(has=page.get_by_role("button"))
    return [line.get_by_role("cell").nth(-2).inner_text() for line in lines.all()]


def follow_a_line_to_its_measurements(page: Page) -> None:
    page.get_by_role("button", name="gb_sum").click()
    steps = page.get_by_role("region", name="Bill lines").get_by_role("listitem")
    expect(steps.filter(has_text="1. Quantity")).to_contain_text("750")
    expect(steps.filter(has_text="Bands").get_by_role("row").last).to_contain_text("25.00")
    steps.get_by_role("link", name="1 measurement").click()
    expect(page.get_by_role("row").filter(has_text="10 Jun 2024, 12:00 UTC")).to_contain_text("750 GB")
