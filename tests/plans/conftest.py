from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.models import Account
from m3console.core import entities
from m3console.core.audit import action
from m3console.core.models import Organization
from plans.attachments import attach_plan
from plans.models import AccountPlan, Plan
from tests.plans.attaching import Shop


@pytest.fixture
def attach(organization: Organization) -> Callable[..., AccountPlan]:
    """Attach a plan to a new account."""

    def attached(plan: Plan, **fields: Any) -> AccountPlan:
        number = Account.objects.count()
        with action("account.created"):
            account = entities.create(
                Account,
                organization=organization,
                name=f"Account {number}",
                code=f"account-{number}",
                email_address="ap@example.com",
            )
        return attach_plan(account=account, plan=plan, **{"start_date": date(2024, 1, 1), **fields})

    return attached


@pytest.fixture
def shop(organization: Organization) -> Shop:
    return Shop(organization)
