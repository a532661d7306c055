"""Fixtures that every part's tests share: an organization, its people, a signed-in browser, the clock."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from m3console.core import clock
from m3console.core.links import acting_in
from m3console.core.models import Organization, User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def make_organization(db: None) -> Callable[..., Organization]:
    """Organizations by slug; keywords are the scenario keys of `organization` (spec 5)."""
    from m3console.core.organizations import create_organization

    def make(
        slug: str = "acme", *, currencies: list[dict[str, Any]] | None = None, **keys: Any
    ) -> Organization:
        config = {"organization": keys, "currencies": currencies or []}
        return create_organization(slug=slug, name=slug.title(), config=config)

    return make


@pytest.fixture
def organization(make_organization: Callable[..., Organization]) -> Iterator[Organization]:
    """An organization in US dollars and UTC; links made in the test belong to it."""
    made = make_organization()
    with acting_in(made):
        yield made


@pytest.fixture
def make_user(organization: Organization) -> Callable[..., User]:
    from m3console.core.organizations import create_user

    def make(role: str = "operator", *, within: Organization | None = None) -> User:
        return create_user(
            email=f"{role}@{(within or organization).slug}.example",
            organization=within or organization,
            role=role,
            password="correct horse battery",
            name=f"{role.title()} of {within or organization}",
        )

    return make


@pytest.fixture
def sign_in(make_user: Callable[..., User]) -> Callable[..., Client]:
    """A browser signed in as a new user of the role."""

    def signed_in(role: str = "operator", **kwargs: Any) -> Client:
        client = Client()
        client.force_login(
            make_user(role, **kwargs), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return signed_in


@pytest.fixture
def on() -> Iterator[Callable[[date], None]]:
    """Set the day that it is, until the test ends."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda day: stack.enter_context(clock.at(day))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many of the cases were run: those of parts that are not built yet are counted, not hidden."""
    total = len(list((Path(__file__).parent / "cases").glob("*.json")))
    ran = {
        outcome: sum(
            "test_cases.py::test_case[" in report.nodeid for report in terminalreporter.getreports(outcome)
        )
        for outcome in ("passed", "failed")
    }
    if any(ran.values()):
        terminalreporter.write_line(
            f"Cases: {ran['passed']} as expected and {ran['failed']} not, of {total}; the rest is for later."
        )
