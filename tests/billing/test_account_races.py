"""An account that is deleted or erased while plans are attached, bills are run and files imported."""

import io
from datetime import date

import pytest

from accounts.erasing import erase_personal_data
from accounts.importing.imports import apply_import, prepare_import
from accounts.models import Account, AccountImport
from accounts.services import delete_account
from billing.models import Bill
from m3console.core.errors import RuleViolation
from plans.attachments import attach_plan
from plans.models import AccountPlan
from tests.accounts.test_personal import CANARY, tables_holding
from tests.billing.make import customer, run, simple_shop
from tests.plans.test_attachments_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(6)
REASON = "GDPR, art. 17, case 1234"


def refused(outcomes):
    return [each for each in outcomes if isinstance(each, RuleViolation)]


def test_a_plan_is_attached_or_the_account_deleted_and_never_both(organization):
    shop = simple_shop(organization)
    for number in ROUNDS:
        account = shop.account(f"round-{number}")
        outcomes = at_once(
            [
                lambda account=account: delete_account(account),
                lambda account=account: attach_plan(
                    account=account, plan=shop.std, start_date=date(2024, 6, 1)
                ),
            ]
        )
        assert len(refused(outcomes)) == 1
    assert not AccountPlan.objects.filter(account__deleted_at__isnull=False).exists()


def test_a_run_bills_an_account_before_it_is_deleted_or_not_at_all(organization):
    shop = simple_shop(organization)
    accounts = [customer(shop, f"round-{number}", end="2024-07-01") for number in ROUNDS]
    deletions = [lambda account=account: delete_account(account) for account in accounts]
    ran, *outcomes = at_once([lambda: run(shop), *deletions])
    assert not refused(outcomes)
    assert not ran.get("failed")
    assert ran.get("billed", 0) == Bill.objects.count()
    before = list(Bill.objects.order_by("id").values())
    assert run(shop) == {}
    assert list(Bill.objects.order_by("id").values()) == before
    assert not AccountPlan.objects.exists()


def test_a_run_never_writes_a_name_that_is_being_erased(organization):
    shop = simple_shop(organization)
    accounts = [customer(shop, f"round-{number}", **CANARY) for number in ROUNDS]
    erasures = [
        lambda account=account: erase_personal_data(account, version=1, reason=REASON) for account in accounts
    ]
    ran, *outcomes = at_once([lambda: run(shop), *erasures])
    assert ran == {"billed": len(ROUNDS)}
    assert not refused(outcomes)
    for value in CANARY.values():
        assert tables_holding(value) == set()
    assert Bill.objects.filter(account_name="erased").count() == len(ROUNDS)


def test_of_imports_at_once_each_is_whole_and_none_is_applied_twice(organization):
    head = "Name,Code,Email address"

    def prepared(*lines):
        file = io.BytesIO("\n".join([head, *lines]).encode())
        return prepare_import(organization=organization, file=file, file_name="accounts.csv")

    codes = [f"code-{number:02}" for number in range(30)]
    for _ in range(3):
        first = prepared(*(f"First,{code},a@b.example" for code in codes))
        second = prepared(*(f"Second,{code},a@b.example" for code in reversed(codes)))
        acts = [
            lambda made=made: apply_import(made, revision=1, confirmed=False)
            for made in (first, first, second)
        ]
        assert len(refused(at_once(acts))) == 2
        assert Account.objects.values("name").distinct().count() == 1
        assert Account.objects.count() == len(codes)
        assert AccountImport.objects.filter(state="APPLIED").count() == 1
        AccountImport.objects.all().delete()
        for account in Account.objects.all():
            delete_account(account)
