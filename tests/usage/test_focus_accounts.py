"""Which accounts import_focus makes and what it attaches to them (spec 6, import_focus)."""

from datetime import date

from accounts.models import Account
from accounts.services import create_account
from plans.attachments import attach_plan
from plans.models import (
    AccountPlan,
    HierarchyMode,
    PlanTemplate,
    Pricing,
)
from plans.services import (
    create_plan,
)
from tests.usage.conftest import reasons
from tests.usage.focus import MADE, charge, load


def test_a_parent_for_each_billing_account_and_a_child_for_each_sub_account(organization):
    load(
        organization,
        charge(),
        charge(SubAccountId="2002", SubAccountName="NULL"),
        charge(SubAccountId="2003", BillingAccountId="9002", BillingAccountName=""),
        charge(SubAccountId="2004", BillingAccountId="NULL"),
    )
    accounts = {
        account.code: (account.name, account.parent_account and account.parent_account.code)
        for account in Account.objects.select_related("parent_account")
    }
    assert accounts == {
        "9001": ("Northwind Group", None),
        "9002": ("9002", None),
        "2001": ("Aurora", "9001"),
        "2002": ("2002", "9001"),
        "2003": ("Aurora", "9002"),
        "2004": ("Aurora", None),
    }
    addresses = Account.objects.values_list("email_address", flat=True)
    assert all(address.endswith("-autocreated@example.com") for address in addresses)
    assert len(set(addresses)) == 6


def test_a_billing_account_that_has_charges_itself_gets_a_parent_beside_it(organization):
    summary = load(organization, charge(), charge(SubAccountId="9001", SubAccountName="Payer"))
    assert summary["rejected"] == 0
    parents = dict(Account.objects.values_list("code", "parent_account__code"))
    parent = "9001 (billing account)"
    assert parents == {parent: None, "2001": parent, "9001": parent}
    assert AccountPlan.objects.count() == 2
    assert load(organization, charge(SubAccountId="2009"))["created"]["accounts"] == 1
    assert Account.objects.get(code="2009").parent_account.code == parent


def test_charges_of_an_account_that_has_children_are_rejected_with_the_reason(organization):
    load(organization, charge())
    summary = load(organization, charge(SubAccountId="9001"), charge(PricingQuantity="1"))
    assert (summary["accepted"], summary["rejected"]) == (1, 1)
    assert "Northwind Group has child accounts" in reasons()[0]


def test_plans_are_attached_from_the_first_day_of_the_month_of_the_childs_earliest_charge(organization):
    load(
        organization,
        charge(ChargePeriodStart="2024-09-30 23:00:00", ChargePeriodEnd="NULL", SubAccountId="2002"),
        charge(ChargePeriodStart="2024-08-15 00:00:00"),
        charge(ServiceName="Queue Service"),
    )
    starts = AccountPlan.objects.values_list("account__code", "plan__code", "start_date", "end_date")
    assert set(starts) == {
        ("2002", "Object Storage", date(2024, 9, 1), None),
        ("2001", "Object Storage", date(2024, 8, 1), None),
        ("2001", "Queue Service", date(2024, 8, 1), None),
    }
    assert set(AccountPlan.objects.values_list("child_billing_mode", flat=True)) == {HierarchyMode.CHILD}


def test_the_month_is_that_of_the_organizations_calendar(make_organization):
    organization = make_organization(timezone="America/New_York")
    load(organization, charge(ChargePeriodStart="2024-09-01 03:00:00"))
    assert AccountPlan.objects.get().start_date == date(2024, 8, 1)
    assert Pricing.objects.get().start_date == date(2024, 8, 1)


def test_without_catalogue_nothing_is_made_but_skeleton_accounts(organization):
    summary = load(organization, charge(), catalogue=False)
    assert (summary["rejected"], summary["created"]) == (1, {})
    assert reasons() == ["There is no meter “Object Storage”."]
    assert not Account.objects.exists()
    load(organization, charge())
    summary = load(organization, charge(SubAccountId="2002", PricingQuantity="1"), catalogue=False)
    assert summary["accepted"] == 1
    assert Account.objects.get(code="2002").auto_created
    assert AccountPlan.objects.count() == 1


def test_a_skeleton_account_that_nobody_touched_gets_its_name_and_its_parent(organization):
    load(organization, charge())
    load(organization, charge(SubAccountId="2002", PricingQuantity="1"), catalogue=False)
    summary = load(organization, charge(SubAccountId="2002", SubAccountName="Borealis", PricingQuantity="2"))
    assert summary["created"] == {"plan_attachments": 1}
    account = Account.objects.get(code="2002")
    assert (account.name, account.parent_account.code) == ("Borealis", "9001")


def test_an_account_that_people_made_stays_as_it_is(organization):
    create_account(organization=organization, name="Ours", code="2001", email_address="a@b.example")
    summary = load(organization, charge())
    assert summary["created"] == {kind: count for kind, count in MADE.items() if kind != "accounts"}
    account = Account.objects.get(code="2001")
    assert (account.name, account.parent_account, account.version) == ("Ours", None, 1)
    assert AccountPlan.objects.get().account == account


def test_an_account_that_has_a_plan_of_the_product_keeps_it(organization):
    load(organization, charge())
    other = create_plan(
        organization=organization, plan_template=PlanTemplate.objects.get(), name="Special", code="special"
    )
    account = create_account(organization=organization, name="Ours", code="2002", email_address="a@b.example")
    attach_plan(account=account, plan=other, start_date=date(2024, 9, 1))
    summary = load(organization, charge(SubAccountId="2002"))
    assert (summary["accepted"], summary["created"]) == (1, {})


def test_charges_before_such_a_plan_are_priced_until_it_begins(organization):
    load(organization, charge())
    other = create_plan(
        organization=organization, plan_template=PlanTemplate.objects.get(), name="Special", code="special"
    )
    account = create_account(organization=organization, name="Ours", code="2002", email_address="a@b.example")
    attach_plan(account=account, plan=other, start_date=date(2024, 9, 15))
    load(organization, charge(SubAccountId="2002"))
    first = AccountPlan.objects.get(account=account, start_date=date(2024, 9, 1))
    assert (first.plan.code, first.end_date) == ("Object Storage", date(2024, 9, 15))
