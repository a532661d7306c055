"""Every page of the console, as its URL table lists them, in the browsers people use."""

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from billing.services.jobs import create_job, run_job
from m3console.core import clock
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Organization
from tests.browser.conftest import axe_violations
from tests.browser.hands import SIDEWAYS, ZOOMED
from tests.browser.pages import pages

DAY = date(2026, 6, 1)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
ID = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture
def billed(acme: Organization) -> Iterator[Organization]:
    """An organization with a little of everything: accounts, children, catalogue, usage, bills of a run."""
    with clock.at(DAY):
        call_command("seed_demo", organization="acme", accounts=30, measurements=200)
        run_job(create_job(organization=acme, bill_date=DAY, foreground=True))
        yield acme


def look_at_all(page: Page, organization: Organization) -> None:
    """Open page after page, and each kind of dialog over the first page that offers it.

    Whatever is wrong with any of them is told in one go.
    """
    seen: dict[str, list[str]] = {}
    more = more_of_lists(organization)
    for name, path in (pages(organization) | more).items():
        answer = page.goto(path)
        assert answer
        seen[name] = look(page) if answer.status == 200 else [f"status {answer.status}"]
        open_dialogs(page, seen)
    wrong = {name: found for name, found in seen.items() if found}
    assert not wrong, json.dumps(wrong, indent=1)


def more_of_lists(organization: Organization) -> dict[str, str]:
    """A list's pages and states that no address of the URL table leads to."""
    owner = organization.memberships.get()
    saved = create_saved_filter(
        owner, list_name="accounts:account_list", name="In euros", query="currency=EUR"
    )
    accounts = f"/o/{organization.slug}/accounts/"
    return {
        "columns": f"{accounts}?show=columns",
        "save": f"/o/{organization.slug}/saved-filters/create/?at={accounts}",
        "replace": f"/o/{organization.slug}/saved-filters/{saved.pk}/replace/?at={accounts}",
        "saved": f"{accounts}?currency=EUR&hierarchy=top&saved={saved.pk}",
        "wrong": f"{accounts}?created_from=yesterday",
    }


def look(page: Page) -> list[str]:
    return axe_violations(page) + (["scrolls sideways"] if page.evaluate(SIDEWAYS) > 0 else [])


def open_dialogs(page: Page, seen: dict[str, list[str]]) -> None:
    """Open the kinds of dialog that are not among `seen` yet; a kind is an address but for its ids."""
    openers = page.locator("[hx-get][hx-target='#dialog-body']")
    for at, address in enumerate(openers.evaluate_all("all => all.map(one => one.getAttribute('hx-get'))")):
        name = f"dialog {ID.sub('<id>', address.partition('?')[0])}"
        if name not in seen:
            openers.nth(at).dispatch_event("click")
            seen[name] = look_at_dialog(page, "#dialog")
    if "shortcuts" not in seen and page.locator("#palette").count():
        open_dialogs_of_every_page(page, seen)


def open_dialogs_of_every_page(page: Page, seen: dict[str, list[str]]) -> None:
    page.locator("[data-dialog-open=shortcuts]").dispatch_event("click")
    seen["shortcuts"] = look_at_dialog(page, "#shortcuts")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    seen["palette"] = look_at_dialog(page, "#palette")
    more = page.get_by_role("button", name="More", exact=True)
    if more.is_visible():
        more.click()
        seen["more"] = look_at_dialog(page, "#more")


def look_at_dialog(page: Page, which: str) -> list[str]:
    """What is wrong with the dialog over the page; of Submit usage, once its meter is chosen."""
    dialog = page.locator(which)
    expect(dialog).to_be_visible()
    meter = dialog.get_by_label("Meter")
    if meter.count():
        meter.select_option(index=1)
        expect(dialog.get_by_label("UID")).to_be_visible()
    found = look(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    return found


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_page_is_accessible_and_quiet(billed, signed_in):
    look_at_all(signed_in(viewport=DESK), billed)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("dark", DESK), ("light", PHONE), ("dark", PHONE)],
    ids=["dark", "phone", "dark-phone"],
)
def test_every_page_is_accessible_and_quiet_in_the_dark_and_on_a_phone(billed, signed_in, scheme, viewport):
    look_at_all(signed_in(color_scheme=scheme, viewport=viewport), billed)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_page_scrolls_sideways_at_a_zoom_of_200_percent(billed, signed_in):
    page = signed_in(**ZOOMED)
    more = more_of_lists(billed)
    places = pages(billed) | more
    assert [name for name, path in places.items() if page.goto(path) and page.evaluate(SIDEWAYS) > 0] == []
