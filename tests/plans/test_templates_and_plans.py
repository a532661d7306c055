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
from plans.in_advance import InAdvance, standing_charge_in_advance
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
        ({"bill_frequency": "HOURLY"}, "bill_frequency", "no bill frequency HOURLY"),
        ({"standing_charge_interval": 0}, "standing_charge_interval", "from 1 to 365"),
        ({"standing_charge_interval": 366}, "standing_charge_interval", "from 1 to 365"),
        ({"standing_charge_offset": -1}, "standing_charge_offset", "from 0 to 364"),
        ({"standing_charge_offset": 365}, "standing_charge_offset", "from 0 to 364"),
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


@pytest.mark.parametrize(
    ("said", "value", "source"),
    [
        ((None, None, False), False, "organization"),
        ((None, None, True), True, "organization"),
        ((None, False, True), False, "template"),
        ((True, False, False), True, "plan"),
        ((False, True, True), False, "plan"),
    ],
)
def test_whether_a_charge_is_in_advance_is_inherited_while_nothing_is_said(
    plan: Plan, said: tuple[bool | None, bool | None, bool], value: bool, source: str
) -> None:
    template, organization = plan.plan_template, plan.organization
    plan.standing_charge_bill_in_advance, template.standing_charge_bill_in_advance = said[:2]
    organization.standing_charge_bill_in_advance = said[2]
    assert standing_charge_in_advance(organization, template, plan) == InAdvance(value, source)


def test_a_template_says_when_its_standing_charge_is_due(product: Product) -> None:
    template = a_template(product, standing_charge_interval=3, standing_charge_offset=1)
    assert template.turns_in_words == "every 3 periods, first in period 2"
    again = services.update_plan_template(
        template, version=1, standing_charge_interval=1, standing_charge_offset=0
    )
    assert again.turns_in_words == "each period"
    with refused("standing_charge_interval", "from 1 to 365"):
        services.update_plan_template(again, version=2, standing_charge_interval=0)


def test_a_plan_says_only_what_differs_from_its_template(plan: Plan) -> None:
    assert plan.standing_charge is None
    assert services.update_plan(plan, version=1, standing_charge=Decimal(0)).standing_charge == 0
    with refused("standing_charge", "0 or more"):
        services.update_plan(plan, version=2, standing_charge=Decimal(-1))
    with refused("code", "Another plan has the code"):
        a_plan(plan.plan_template)
