"""Every page of the console, as its URL table lists them, in the browsers people use."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.management import call_command
from playwright.sync_api import Page

from billing.services.jobs import create_job, run_job
from m3console.core import clock
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Organization
from tests.browser.conftest import axe_violations
from tests.browser.pages import pages

DAY = date(2026, 6, 1)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def billed(acme: Organization) -> Iterator[Organization]:
    """An organization with a little of everything: accounts, children, catalogue, usage, bills of a run."""
    with clock.at(DAY):
        call_command("seed_demo", organization="acme", accounts=8, measurements=200)
        run_job(create_job(organization=acme, bill_date=DAY, foreground=True))
        yield acme


def look_at_all(page: Page, organization: Organization) -> None:
    """Open page after page; whatever is wrong with any of them is told in one go."""
    wrong = {}
    owner = organization.memberships.get()
    saved = create_saved_filter(
        owner, list_name="accounts:account_list", name="In euros", query="currency=EUR"
    )
    accounts = f"/o/{organization.slug}/accounts/"
    dialogs = {
        "columns": f"{accounts}?show=columns",
        "save": f"/o/{organization.slug}/saved-filters/create/?at={accounts}",
        "replace": f"/o/{organization.slug}/saved-filters/{saved.pk}/replace/?at={accounts}",
        "saved": f"{accounts}?currency=EUR&hierarchy=top&saved={saved.pk}",
        "wrong": f"{accounts}?created_from=yesterday",
    }
    for name, path in (pages(organization) | dialogs).items():
        answer = page.goto(path)
        assert answer
        found = [f"status {answer.status}"] if answer.status != 200 else axe_violations(page)
        if page.evaluate(SIDEWAYS) > 0:
            found.append("scrolls sideways")
        if found:
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_page_is_accessible_and_quiet(billed, signed_in):
    look_at_all(signed_in(viewport=DESK), billed)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("dark", DESK), ("light", PHONE), ("dark", PHONE)],
    ids=["dark", "phone", "dark-phone"],
)
def test_every_page_is_accessible_and_quiet_in_the_dark_and_on_a_phone(billed, signed_in, scheme, viewport):
    look_at_all(signed_in(color_scheme=scheme, viewport=viewport), billed)
