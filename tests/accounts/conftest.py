"""Accounts for the tests of this part."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Account
from accounts.services import create_account
from m3console.core.models import Organization


@pytest.fixture
def make_account(organization: Organization) -> Callable[..., Account]:
    """Accounts by code; the rest is filled in."""

    def make(code: str = "borealis", *, within: Organization | None = None, **fields: Any) -> Account:
        given = {"name": code.title(), "email_address": "billing@customer.example"} | fields
        return create_account(organization=within or organization, code=code, **given)

    return make
