"""A real browser against a live server, with the real content security policy.

Every page that a test opens must leave the browser's console silent: that is the test of the policy.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from m3console.core.links import acting_in
from m3console.core.models import Organization, User
from m3console.core.organizations import create_organization, create_user
from tests.browser.hands import WAYS, Hand

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
BARS = """position => document.querySelectorAll('.app-top, .app-bar, .toast-container')
  .forEach((bar) => { bar.style.position = position; })"""
PASSWORD = "correct horse battery"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
    browser = playwright.chromium.launch(executable_path=path, args=QUIET.split())
    yield browser
    browser.close()


@pytest.fixture
def acme(transactional_db: None) -> Iterator[Organization]:
    made = create_organization(slug="acme", name="Acme Cloud")
    with acting_in(made):
        yield made


@pytest.fixture
def make_person(acme: Organization) -> Callable[[str], User]:
    def make(role: str = "administrator") -> User:
        return create_user(
            email=f"{role}@acme.example", organization=acme, role=role, password=PASSWORD, name="Ada Morgan"
        )

    return make


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a path in a browser of its own; keywords go to the browser's context (viewport, colours)."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    # A refused form answers 422, which Chromium reports although the page shows the refusal; htmx reports
    # a request that a later one has taken the place of.
    meant = ("status of 422", "status of 409", "htmx:sendAbort", "htmx:afterRequest")
    ours = [text for text in complaints if not any(each in text for each in meant)]
    assert not ours, f"the browser complained: {ours}"


@pytest.fixture
def signed_in(visit: Callable[..., Page], make_person: Callable[[str], User]) -> Callable[..., Page]:
    """A page of somebody with the role, signed in through the form."""

    def page_of(role: str = "administrator", path: str = "/", **options: Any) -> Page:
        make_person(role)
        page = visit(path, **options)
        page.get_by_label("Email address").fill(f"{role}@acme.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return page

    return page_of


@pytest.fixture(params=WAYS)
def come(request: Any, signed_in: Callable[..., Page]) -> Iterator[Callable[[str, str], Hand]]:
    """Sign in and come to a page, in each of the ways in which people get about. They are patient."""
    kind, screen = WAYS[request.param]

    def to(role: str, path: str) -> Hand:
        page = signed_in(role, path, **screen)
        expect(page).to_have_url(re.compile(f"{re.escape(path)}$"))
        page.wait_for_load_state()
        return kind(page)

    expect.set_options(timeout=15_000)
    yield to
    expect.set_options(timeout=5_000)


def axe_violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA on the page as it is now.

    Meanwhile bars stand in the flow of the page: what is scrolled half under one is no smaller for it.
    """
    page.evaluate(AXE + ";undefined")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    page.evaluate(BARS, "static")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    page.evaluate(BARS, "")
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        assert axe_violations(page) == []

    return check


def work() -> None:
    """Do what jobs are waiting, as a worker would, then stop.

    In a thread, since the browser's driver has the event loop of this one.
    """
    failures: list[BaseException] = []

    def until_nothing_waits() -> None:
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        try:
            with app.replace_connector(connector.get_worker_connector()):
                app.run_worker(wait=False, install_signal_handlers=False, delete_jobs="successful")
        except BaseException as problem:  # noqa: BLE001 (raised below)
            failures.append(problem)
        finally:
            connections.close_all()

    worker = threading.Thread(target=until_nothing_waits)
    worker.start()
    worker.join(60)
    assert not worker.is_alive(), "the worker did not come to an end"
    if failures:
        raise failures[0]


__all__ = ["PASSWORD", "axe_violations", "expect", "work"]
