from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from m3console.core import entities
from m3console.core.audit import action
from m3console.core.models import Organization
from plans.attachments import attach_plan
from plans.models import AccountPlan, Aggregation, Meter, Plan, Product
from tests.plans.attaching import Shop
from tests.plans.catalogue import (
    KINDS,
    a_compound,
    a_counter,
    a_counter_pricing,
    a_meter,
    a_plan,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
)


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


@pytest.fixture
def product(organization: Organization) -> Product:
    return a_product(organization)


@pytest.fixture
def meter(organization: Organization, product: Product) -> Meter:
    return a_meter(organization, product=product)


@pytest.fixture
def aggregation(meter: Meter) -> Aggregation:
    return an_aggregation(meter)


@pytest.fixture
def segmented(meter: Meter) -> Aggregation:
    return an_aggregation(
        meter, "gb_by_region", segmented_fields=["region"], segments=[{"region": "eu"}, {"region": "*"}, {}]
    )


@pytest.fixture
def plan(product: Product) -> Plan:
    return a_plan(a_template(product))


@pytest.fixture
def things(organization: Organization) -> dict[str, Any]:
    """One of each kind."""
    product = a_product(organization)
    meter = a_meter(organization, product=product)
    aggregation = an_aggregation(
        meter, segmented_fields=["region"], segments=[{"region": "eu"}, {"region": "*"}, {}]
    )
    template = a_template(product, standing_charge=Decimal(39))
    plan = a_plan(template)
    pricing = a_pricing(aggregation, plan, segment={"region": "eu"})
    a_pricing(aggregation, plan_template=template, segment={"region": "*"})
    counter = a_counter(organization, product=product)
    counted = a_counter_pricing(counter, plan)
    compound = a_compound(organization, calculation="2 ^ 10")
    made = (product, meter, aggregation, counter, template, plan, pricing, counted, compound)
    return dict(zip(KINDS, made, strict=True))


@pytest.fixture
def manager(sign_in: Any) -> Client:
    return sign_in("catalogue")
