"""Accounts for the tests of this part."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from accounts.services import create_account
from m3console.core.models import Organization
from m3console.core.registry import Extensions, extensions


@pytest.fixture
def make_account(organization: Organization) -> Callable[..., Account]:
    """Accounts by code; the rest is filled in."""

    def make(code: str = "borealis", *, within: Organization | None = None, **fields: Any) -> Account:
        given = {"name": code.title(), "email_address": "billing@customer.example"} | fields
        return create_account(organization=within or organization, code=code, **given)

    return make


@pytest.fixture
def operator(sign_in: Callable[..., Client]) -> Client:
    return sign_in("operator")


@pytest.fixture
def account_extensions(monkeypatch: pytest.MonkeyPatch) -> Extensions:
    """What upper apps add to accounts, empty at first."""
    added = extensions("accounts.account")
    for one in fields(added):
        monkeypatch.setattr(added, one.name, [])
    return added
