"""Search over everything and the palette, by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.services import create_account


@pytest.fixture
def borealis(acme):
    for number in range(3):
        create_account(
            organization=acme, name=f"Alder {number}", code=f"alder-{number}", email_address="a@a.example"
        )
    return create_account(
        organization=acme, name="Borealis Analytics", code="borealis", email_address="ap@nordlicht.example"
    )


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_palette_goes_creates_and_finds_by_keyboard(scheme, borealis, signed_in, accessible):
    page = signed_in("operator", "/o/acme/accounts/", color_scheme=scheme)
    expect(page.get_by_role("link", name="Alder 0")).to_be_visible()
    page.get_by_role("button", name="Keyboard shortcuts").focus()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Page, thing to create, name, code or id")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="Accounts", exact=True)).to_have_attribute("aria-selected", "true")
    accessible(page)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()

    page.keyboard.press("Meta+k")
    page.keyboard.type("create acc")
    expect(page.get_by_role("option", name="Create account")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Create account")).to_be_visible()

    page.keyboard.press("Control+k")
    page.keyboard.type("analyt")
    expect(page.get_by_role("option", name=re.compile("Borealis Analytics"))).to_be_visible()
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Borealis Analytics")).to_be_visible()


@pytest.mark.long
def test_enter_goes_to_what_was_typed_even_before_its_options_have_come(borealis, signed_in):
    page = signed_in("operator", "/o/acme/accounts/")
    expect(page.get_by_role("link", name="Alder 0")).to_be_visible()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Page, thing to create, name, code or id")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("palette"))
    held = []
    page.route("**/palette/**", lambda route: held.append(route))
    with page.expect_request("**/palette/**"):
        box.fill("create acc")
    page.keyboard.press("Enter")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("palette"))
    expect(box).to_be_visible()
    held.pop().continue_()
    expect(page.get_by_role("heading", name="Create account")).to_be_visible()


@pytest.mark.long
def test_search_over_everything_finds_as_one_types_and_goes_straight_to_a_code(
    borealis, signed_in, accessible
):
    page = signed_in("operator", "/o/acme/bills/")
    expect(page.get_by_role("heading", name="Bill management")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("alder")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/o/acme/search/\?q=alder$"))
    expect(page.get_by_role("link", name="Alder 2")).to_be_visible()
    accessible(page)
    page.get_by_role("searchbox", name="Search everything").fill("nordlicht")
    expect(page.get_by_role("link", name="Borealis Analytics")).to_be_visible()
    expect(page.get_by_role("link", name="Alder 2")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=nordlicht$"))
    page.get_by_role("searchbox", name="Search everything").fill("borealis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Borealis Analytics")).to_be_visible()
