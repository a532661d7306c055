"""What fails in a run fails alone, with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from billing.models import Bill
from billing.services import account_bills
from billing.services.jobs import create_job, retry_failed, run_job
from m3console.core.errors import RuleViolation
from m3console.core.models import CurrencyConversion
from plans.models import AccountPlan
from tests.billing.make import AUGUST, JULY, bill_of, customer, lines_of, run


def euros_without_a_rate(shop):
    plan = shop.plan("euro", currency="EUR")
    shop.price(plan, shop.stored, "0.10")
    return plan


def test_an_account_that_fails_does_so_alone_and_as_a_whole(shop):
    fine, mixed = customer(shop, "fine"), customer(shop, "mixed", end="2024-07-01")
    shop.attach(mixed, euros_without_a_rate(shop), start="2024-07-01")
    shop.use(shop.disk, (mixed, "2024-07-10T00:00Z", {"gb": 3}))
    found = run(shop, until=AUGUST, latest_only=False)
    assert found["billed"] == 2
    assert list(found["failed"]) == ["mixed"]
    assert "conversion from EUR to USD" in found["failed"]["mixed"]
    assert {b.account for b in Bill.objects.all()} == {fine}


def test_a_failure_tells_the_first_reason_and_how_many_more(shop):
    account = customer(shop, plan=euros_without_a_rate(shop))
    pounds = shop.plan("pound", currency="GBP")
    shop.price(pounds, shop.stored, "0.10")
    AccountPlan.objects.create(
        organization=shop.organization, account=account, plan=pounds, start_date=date(2024, 6, 1), code="b"
    )
    reason = run(shop)["failed"]["acme"]
    assert "EUR" in reason
    assert reason.endswith(". And 1 more problem.")


def test_failed_accounts_can_be_run_again(shop):
    customer(shop, "fine")
    account = customer(shop, "mixed", plan=euros_without_a_rate(shop))
    job = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    assert [failure.account for failure in run_job(job).failed] == ["mixed"]
    CurrencyConversion.objects.create(
        organization=shop.organization, from_currency="EUR", to_currency="USD", multiplier=Decimal("1.12")
    )
    again = retry_failed(job, foreground=True)
    assert (run_job(again).billed, again.accounts_total) == (1, 1)
    assert bill_of(account).total == Decimal("5.60")
    with pytest.raises(RuleViolation, match="No account failed"):
        retry_failed(again)


def test_an_unforeseen_error_fails_its_account_alone_and_is_logged(shop, monkeypatch, caplog):
    customer(shop, "fine")
    customer(shop, "poison")
    compute = account_bills.compute_bill

    def failing(bill):
        if bill.account.code == "poison":
            raise ZeroDivisionError("by hand")
        return compute(bill)

    monkeypatch.setattr(account_bills, "compute_bill", failing)
    found = run(shop)
    assert found["billed"] == 1
    assert "ZeroDivisionError" in found["failed"]["poison"]
    assert "Traceback" in caplog.text


def test_what_the_database_refuses_fails_its_account_alone(shop, caplog):
    for number in range(5):
        customer(shop, f"a{number}")
    with connection.cursor() as cursor:
        cursor.execute("alter table billing_bill add constraint no_a3 check (account_code <> 'a3')")
    found = run(shop)
    assert found["billed"] == 4
    assert "no_a3" in found["failed"]["a3"]
    assert "cannot be stored" in caplog.text


def test_what_is_refused_at_commit_fails_its_account_alone(shop):
    for number in range(3):
        customer(shop, f"a{number}")
    with connection.cursor() as cursor:
        cursor.execute(
            "create function no_a1() returns trigger language plpgsql as $$ begin"
            " if new.account_code = 'a1' then raise check_violation; end if; return null; end $$;"
            "create constraint trigger no_a1 after insert on billing_bill deferrable initially deferred"
            " for each row execute function no_a1()"
        )
    found = run(shop)
    assert (found["billed"], list(found["failed"])) == (2, ["a1"])


def test_a_description_longer_than_its_column_is_cut_not_refused(shop):
    shop.stored.name = "x" * 200
    shop.stored.segmented_fields = ["region"]
    shop.stored.segments = [{"region": "y" * 600}]
    shop.stored.meter.data_fields.create(
        organization=shop.organization, code="region", name="Region", category="WHERE", position=0
    )
    shop.stored.save()
    shop.pricing.delete()
    shop.price(shop.std, shop.stored, "0.10", segment={"region": "y" * 600})
    account = customer(shop, gb=None)
    shop.use(shop.disk, (account, "2024-06-10T00:00Z", {"gb": 1, "region": "y" * 600}))
    assert run(shop) == {"billed": 1}
    (line,) = lines_of(bill_of(account))
    assert (len(line.description), line.description[-1]) == (500, "…")
    assert line.segment == {"region": "y" * 600}
    assert run(shop) == {"unchanged": 1}


def test_what_the_database_refuses_is_told_without_the_name_on_the_bill(shop):
    customer(shop, "poison", name="Widow Smith")
    with connection.cursor() as cursor:
        cursor.execute("alter table billing_bill add constraint no_poison check (account_code <> 'poison')")
    [reason] = run(shop)["failed"].values()
    assert "no_poison" in reason
    assert "Smith" not in reason
