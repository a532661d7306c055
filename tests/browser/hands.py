"""The hands of people who walk through the console: with a mouse, and by keys alone on small screens."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

# How far Tab goes before a control counts as out of reach, and how long a list of options may be.
TABS, OPTIONS = 200, 30
PHONE = {"viewport": {"width": 360, "height": 740}}
# A window of 1280 × 860 at 200 %.
ZOOMED = {"viewport": {"width": 640, "height": 430}, "device_scale_factor": 2}

# By how many pixels the page, or a dialog over it, is wider than what is seen of it.
SIDEWAYS = """Math.max(...[document.documentElement, ...document.querySelectorAll('dialog[open]')]
  .map((each) => each.scrollWidth - Math.min(each.clientWidth, innerWidth)))"""
# Whether nothing lies over the middle of an element, such as a bar; toasts go by themselves.
SEEN = """(element) => {
  const box = element.getBoundingClientRect();
  const there = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    .find((each) => !each.closest(".toast-container"));
  return Boolean(there) && (element.contains(there) || there.contains(element));
}"""


class Hand:
    """A person with a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        control.click()

    def reach(self, control: Locator) -> None:
        control.click()

    def box(self, label: str) -> Locator:
        """The field with this label, whether it may stay blank or not."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))

    def write(self, label: str, text: str) -> None:
        self.box(label).fill(text)

    def day(self, label: str, iso: str) -> None:
        self.box(label).fill(iso)

    def tick(self, label: str) -> None:
        self.box(label).check()

    def choose(self, label: str, option: str) -> None:
        """Choose the one option that holds these words, as soon as it is there."""
        wanted = self._option(label, option)
        self.box(label).select_option(value=wanted.get_attribute("value"))

    def _option(self, label: str, option: str) -> Locator:
        wanted = self.box(label).locator("option", has_text=option)
        expect(wanted).to_be_attached()
        return wanted

    def choose_account(self, label: str, typed: str, code: str) -> None:
        """Write a part of its name into a box that suggests accounts, and take the one of the code."""
        box = self.page.get_by_role("combobox", name=label)
        box.fill(typed)
        self.page.get_by_role("listbox").locator(f"[data-value={code}]").click()
        expect(box).to_have_value(code)

    def select(self, name: str) -> None:
        """Open a page of the navigation: at the side, in the bar below, or in the sheet behind it."""
        link = self.page.get_by_role("link", name=name, exact=True).filter(visible=True)
        if not link.count():
            self.press(self.page.get_by_role("button", name="More", exact=True))
        self.press(link.first)
        expect(self.page.get_by_role("heading", name=name, level=1)).to_be_visible()
        self.fits()

    def fits(self) -> None:
        """Nothing on the page, nor in a dialog over it, is wider than the screen."""
        assert self.page.evaluate(SIDEWAYS) <= 0, self.page.url

    def said(self, sentence: str) -> None:
        expect(self.page.get_by_text(sentence)).to_be_visible()


class Keys(Hand):
    """A person without a mouse: what Tab does not reach does not exist."""

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")

    def reach(self, control: Locator) -> None:
        expect(control).to_be_visible()
        for _ in range(TABS):
            if control.evaluate("element => element === document.activeElement"):
                assert control.evaluate(SEEN), f"{control} has the focus where it cannot be seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{control} cannot be reached by keyboard")

    def write(self, label: str, text: str) -> None:
        self.reach(self.box(label))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def day(self, label: str, iso: str) -> None:
        """Month, day and year one after the other, as the browser's box of a date has them."""
        self.reach(self.box(label))
        year, month, day = iso.split("-")
        self.page.keyboard.type(month + day + year)
        expect(self.box(label)).to_have_value(iso)

    def tick(self, label: str) -> None:
        self.reach(self.box(label))
        self.page.keyboard.press("Space")
        expect(self.box(label)).to_be_checked()

    def choose(self, label: str, option: str) -> None:
        self._option(label, option)
        self.reach(self.box(label))
        for _ in range(OPTIONS):
            if option in (self.box(label).locator("option:checked").text_content() or ""):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option} cannot be chosen by keyboard")

    def choose_account(self, label: str, typed: str, code: str) -> None:
        self.reach(self.page.get_by_role("combobox", name=label))
        choose_by_keyboard(self.page, label, typed, code)


WAYS: dict[str, tuple[type[Hand], dict[str, Any]]] = {
    "mouse": (Hand, {}),
    "keys, 360 px": (Keys, PHONE),
    "keys, 200 %": (Keys, ZOOMED),
}


def choose_by_keyboard(page: Page, label: str, typed: str, code: str) -> None:
    """Take the first account that a box suggests, which has to be the one of the code."""
    box = page.get_by_role("combobox", name=label)
    box.press("ControlOrMeta+a")
    page.keyboard.type(typed)
    first = page.get_by_role("listbox").get_by_role("option").first
    expect(first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_value(code)
    expect(page.get_by_role("listbox")).to_be_hidden()
