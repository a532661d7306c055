"""Custom fields of made-up data: defined where nobody has defined any, and overridden by some."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.models import Account
from m3console.core.custom_fields.definitions import create_custom_field
from m3console.core.custom_fields.values import effective_custom_fields
from m3console.core.models import CustomFieldDefinition
from plans.models import AccountPlan, Plan

pytestmark = pytest.mark.django_db


def seed(organization):
    call_command("seed_demo", organization=organization.slug, accounts=36, measurements=0)


def own(model):
    return [row.custom_fields for row in model.objects.exclude(custom_fields={}).order_by("pk")]


def test_some_accounts_plans_and_attachments_override_what_is_defined(organization):
    seed(organization)
    for model in (Account, Plan, AccountPlan):
        assert 0 < len(own(model)) < model.objects.count()
    account = Account.objects.filter(custom_fields__has_key="sla_hours").first()
    assert effective_custom_fields(account)["sla_hours"] in {Decimal(4), Decimal(8)}
    before = own(Account) + own(AccountPlan)
    seed(organization)
    assert own(Account) + own(AccountPlan) == before


def test_what_people_have_defined_stays_and_gets_values_only_where_they_fit(organization):
    create_custom_field(
        organization=organization, entity_type="ACCOUNT", name="sla_hours", value_type="STRING"
    )
    create_custom_field(organization=organization, entity_type="PLAN", name="gl_account", value_type="NUMBER")
    seed(organization)
    rows = CustomFieldDefinition.objects.exclude(entity_type__in=["PRODUCT", "ACCOUNT_PLAN"])
    assert sorted(rows.values_list("name", flat=True)) == ["gl_account", "sla_hours"]
    assert own(Account) == own(Plan) == []
    assert own(AccountPlan)
