"""What plan templates and plans refuse, and in which words (spec 2, Plan template, plan)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from m3console.core.models import Currency
from m3console.core.registry import Blocker, extensions
from plans import services
from plans.models import Plan, Product
from tests.plans.catalogue import (
    a_plan,
    a_template,
    refused,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"currency": "XTS"}, "currency", "“XTS” is not among the organization’s currencies"),
        ({"bill_frequency": "WEEKLY"}, "bill_frequency", "WEEKLY cannot be billed yet"),
        ({"bill_frequency_interval": 0}, "bill_frequency_interval", "1 to 365"),
        ({"bill_frequency_interval": 366}, "bill_frequency_interval", "1 to 365"),
        ({"standing_charge": Decimal("-1")}, "standing_charge", "0 or more"),
        ({"standing_charge": Decimal("NaN")}, "standing_charge", "number"),
        ({"code": "monthly"}, "code", "Another plan template has the code"),
        ({"name": ""}, "name", "name is missing"),
    ],
)
def test_a_template_keeps_to_its_rules(plan: Plan, fields: dict[str, Any], field: str, sentence: str) -> None:
    with refused(field, sentence):
        a_template(plan.plan_template.product, **{"code": None, **fields})


def test_an_archived_currency_is_for_old_templates_only(product: Product) -> None:
    template = a_template(product)
    Currency.objects.filter(code="USD").update(archived=True)
    with refused("currency", "archived"):
        a_template(product, "other")
    assert services.update_plan_template(template, version=1, name="Renamed").name == "Renamed"


def test_templates_may_do_without_a_code(product: Product) -> None:
    assert [a_template(product, None).code, a_template(product, "").code] == [None, None]


def test_a_template_gets_another_currency_under_the_locks_of_whoever_changes_currencies(plan: Plan) -> None:
    with CaptureQueriesContext(connection) as told:
        services.update_plan_template(plan.plan_template, version=1, currency="EUR")
    sql = [query["sql"] for query in told]
    configuration = next(number for number, each in enumerate(sql) if "configuration:" in each)
    row = next(number for number, each in enumerate(sql) if '"core_currency"' in each and "FOR NO" in each)
    assert configuration < row


def test_a_template_changes_until_a_bill_is_made_by_it(
    plan: Plan, attach: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(plan)
    template = services.update_plan_template(plan.plan_template, version=1, bill_frequency_interval=3)
    monkeypatch.setattr(extensions("plans.plantemplate"), "billed", [lambda pk: [Blocker("bill INV-1")]])
    for field, value in (("bill_frequency_interval", 2), ("currency", "GBP")):
        Currency.objects.get_or_create(organization=plan.organization, code="GBP", defaults={"name": "Pound"})
        with refused(field, "cannot change any more.*made with it: bill INV-1.*new one"):
            services.update_plan_template(template, version=2, **{field: value})
    assert services.update_plan_template(template, version=2, standing_charge=Decimal(5)).standing_charge == 5


def test_a_plan_says_only_what_differs_from_its_template(plan: Plan) -> None:
    assert plan.standing_charge is None
    assert services.update_plan(plan, version=1, standing_charge=Decimal(0)).standing_charge == 0
    with refused("standing_charge", "0 or more"):
        services.update_plan(plan, version=2, standing_charge=Decimal(-1))
    with refused("code", "Another plan has the code"):
        a_plan(plan.plan_template)
