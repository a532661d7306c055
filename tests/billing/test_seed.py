"""Made-up data: repeatable, completed when interrupted, and within the rules that people's data keeps to."""

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from billing.models import Bill, BillJob
from billing.seed import usage
from billing.seed.calendar import Span
from billing.seed.customers import FAMILY, UNBILLABLE, customer
from billing.seed.subscriptions import relation
from billing.services.jobs import create_job, run_job
from billing.usage.models import EventKind, IngestEvent, Measurement, Upload
from m3console.core import clock
from plans.models import AccountPlan, Aggregation, Method, Plan, Pricing
from plans.pricing_types import PricingType, type_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 20)
ACCOUNTS, MEASUREMENTS = 36, 700
OF_ACCOUNT = (
    "code",
    "name",
    "email_address",
    "parent_account__code",
    "currency",
    "address_line_1",
    "locality",
)


@pytest.fixture(autouse=True)
def _today(on):
    on(TODAY)


def seed_demo(organization, *, accounts=ACCOUNTS, measurements=MEASUREMENTS, seed=1, bills=False):
    call_command(
        "seed_demo",
        organization=organization.slug,
        accounts=accounts,
        measurements=measurements,
        seed=seed,
        bills=bills,
    )


def made(organization):
    """All that was made up, without ids and instants of its making."""
    accounts = Account.everyone.filter(organization=organization)
    codes = dict(accounts.values_list("id", "code"))
    attachments = AccountPlan.objects.filter(organization=organization).values_list(
        "account__code", "plan__code", "start_date", "end_date", "bill_epoch", "child_billing_mode"
    )
    measurements = Measurement.objects.filter(organization_id=organization.pk).values_list(
        "uid", "account_id", "ts", "dims", "vals"
    )
    events = IngestEvent.objects.filter(organization=organization).values_list("kind", "reason", "line")
    return {
        "accounts": sorted(accounts.values_list(*OF_ACCOUNT), key=str),
        "attachments": sorted(attachments, key=str),
        "measurements": sorted((uid, codes[key], *rest) for uid, key, *rest in measurements),
        "events": sorted(events),
    }


def counts(organization):
    return {kind: len(rows) for kind, rows in made(organization).items()}


def test_the_same_seed_makes_the_same_data(make_organization):
    first, second = make_organization("first"), make_organization("second")
    seed_demo(first)
    seed_demo(second)
    assert made(first) == made(second)


def test_there_are_as_many_accounts_and_measurements_as_were_asked_for(organization):
    seed_demo(organization)
    assert counts(organization)["accounts"] == ACCOUNTS
    assert counts(organization)["measurements"] == MEASUREMENTS


def test_run_again_it_adds_nothing_and_says_so(organization, capsys):
    seed_demo(organization)
    before = made(organization)
    capsys.readouterr()
    seed_demo(organization)
    assert made(organization) == before
    said = capsys.readouterr().out
    assert f"{ACCOUNTS} there already" in said
    assert "Measurements: there already." in said


def test_run_again_on_a_later_day_it_adds_nothing_either(organization):
    seed_demo(organization)
    before = made(organization)
    with clock.at(TODAY + timedelta(days=40)):
        seed_demo(organization)
    assert made(organization) == before


def test_a_larger_number_keeps_what_is_there_and_adds_the_rest(organization, make_organization):
    seed_demo(organization, accounts=FAMILY + 1)
    few = made(organization)["accounts"]
    seed_demo(organization)
    at_once = make_organization("at-once")
    seed_demo(at_once)
    accounts = made(organization)["accounts"]
    assert set(few) <= set(accounts)
    assert accounts == made(at_once)["accounts"]


def test_another_seed_adds_other_customers_to_the_same_catalogue(organization):
    seed_demo(organization)
    plans = Plan.objects.filter(organization=organization).count()
    seed_demo(organization, seed=2)
    assert counts(organization)["accounts"] == 2 * ACCOUNTS
    assert counts(organization)["measurements"] == 2 * MEASUREMENTS
    assert Plan.objects.filter(organization=organization).count() == plans


def test_what_was_interrupted_between_two_months_is_completed(organization, make_organization):
    undisturbed = make_organization("undisturbed")
    seed_demo(undisturbed)
    real, calls = usage.ingest, []

    def broken(**given):
        calls.append(given)
        if len(calls) == 3:
            given["rows"] = _breaking(given["rows"])
        return real(**given)

    with mock.patch.object(usage, "ingest", broken), pytest.raises(KeyError):
        seed_demo(organization)
    assert 0 < counts(organization)["measurements"] < MEASUREMENTS
    seed_demo(organization)
    assert made(organization) == made(undisturbed)
    states = Upload.objects.filter(organization=organization).values_list("state", flat=True)
    assert Counter(states) == {Upload.State.COMPLETE: 7, Upload.State.FAILED: 1}


def _breaking(rows):
    yield next(rows)
    raise KeyError("broken off")


def test_a_deleted_account_is_not_made_again_by_its_usage(organization):
    seed_demo(organization, measurements=1)
    gone = Account.objects.filter(organization=organization, account_plans__isnull=False).latest("code")
    Account.objects.filter(pk=gone.pk).update(deleted_at=clock.now())
    seed_demo(organization)
    assert not Account.objects.filter(organization=organization, code=gone.code).exists()
    assert not Account.objects.filter(organization=organization, auto_created=True).exists()


def test_plans_on_offer_price_by_every_type_and_aggregate_by_every_method(organization):
    seed_demo(organization, accounts=1, measurements=1)
    pricings = Pricing.objects.filter(organization=organization)
    types = {
        type_of(
            cumulative=pricing.cumulative, fixed_prices=pricing.fixed_prices, unit_prices=pricing.unit_prices
        )
        for pricing in pricings
    }
    assert types == set(PricingType)
    priced = Aggregation.objects.filter(organization=organization, pricings__isnull=False)
    assert set(priced.values_list("method", flat=True)) == set(Method.values)
    assert pricings.exclude(segment=None).exists()
    changes = pricings.exclude(end_date=None)
    assert {change.end_date.day for change in changes} == {16}, "a price changes within a month"


def test_every_plan_on_offer_is_attached_to_somebody(organization):
    seed_demo(organization, accounts=240, measurements=1)
    unused = Plan.objects.filter(organization=organization, account_plans=None)
    assert not unused.exists()


def test_accounts_are_such_as_people_may_enter(organization):
    seed_demo(organization, accounts=60, measurements=1)
    for account in Account.objects.filter(organization=organization):
        account.full_clean(validate_constraints=False)
        assert account.email_address.endswith(".example")
    assert Account.objects.filter(organization=organization).exclude(currency=None).exists()


def test_a_parent_has_no_plan_and_its_children_are_billed_themselves(organization):
    seed_demo(organization, accounts=60, measurements=1)
    attached = AccountPlan.objects.filter(organization=organization)
    children = Account.objects.filter(organization=organization).exclude(parent_account=None)
    assert children.exists()
    assert not attached.filter(account__children__isnull=False).exists()
    modes = set(attached.filter(account__in=children).values_list("child_billing_mode", flat=True))
    assert modes == {"CHILD"}


def test_children_of_a_parent_that_got_a_plan_meanwhile_stand_by_themselves(organization):
    seed_demo(organization, accounts=1, measurements=1)
    parent = Account.objects.get(organization=organization)
    plan = Plan.objects.filter(organization=organization).earliest("code")
    from plans.attachments import attach_plan

    attach_plan(account=parent, plan=plan, start_date=date(2026, 1, 1))
    seed_demo(organization, accounts=FAMILY, measurements=1)
    assert not Account.objects.filter(organization=organization).exclude(parent_account=None).exists()


def test_it_takes_the_locks_that_people_take_in_their_order(organization):
    seed_demo(organization, accounts=1, measurements=1)
    with CaptureQueriesContext(connection) as told:
        seed_demo(organization, accounts=FAMILY, measurements=1)
    sql = [query["sql"] for query in told]
    configuration = next(number for number, each in enumerate(sql) if "configuration:" in each)
    accounts = [number for number, each in enumerate(sql) if "'account:'" in each]
    attached = next(number for number, each in enumerate(sql) if 'INTO "plans_accountplan"' in each)
    assert len(accounts) == 1
    assert configuration < accounts[0] < attached


def test_some_plans_have_ended_some_are_pending_and_some_follow_on_the_same_day():
    span = Span(TODAY)
    found = [relation(1, customer(1, number), span).subscriptions for number in range(300)]
    every = [each for its in found for each in its]
    assert any(each.end and each.end <= TODAY for each in every)
    assert any(each.start > TODAY for each in every)
    assert any(each.bill_epoch for each in every)
    pairs = [(one, two) for its in found for one in its for two in its if one.offer is two.offer]
    assert any(one.end == two.start for one, two in pairs)


def test_usage_lies_in_the_six_months_before_today_and_within_its_plan(organization):
    seed_demo(organization)
    moments = Measurement.objects.filter(organization_id=organization.pk).values_list("ts", flat=True)
    assert date(2026, 1, 1) <= min(moments).date()
    assert max(moments).date() < TODAY
    assert {moment.month for moment in moments} == set(range(1, 8))


def test_refused_rows_of_every_kind_lie_among_the_ingest_events(organization):
    seed_demo(organization)
    kinds = set(IngestEvent.objects.filter(organization=organization).values_list("kind", flat=True))
    assert kinds >= {
        EventKind.UNKNOWN_METER, EventKind.INVALID_VALUE, EventKind.UNKNOWN_FIELD, EventKind.DUPLICATE_UID,
        EventKind.INVALID_TIMESTAMP, EventKind.MISSING_FIELD,
    }  # fmt: skip


def test_one_account_is_billed_in_a_currency_that_nothing_converts_to(organization):
    seed_demo(organization, measurements=1)
    rates = organization.conversions.values_list("to_currency", flat=True)
    of_accounts = Account.objects.filter(organization=organization).exclude(currency=None)
    unbillable = of_accounts.exclude(currency__in=[*rates, organization.currency])
    assert [account.code for account in unbillable] == [customer(1, UNBILLABLE).code]
    assert unbillable[0].account_plans.exists()


def test_rates_that_the_organization_has_already_are_kept(make_organization):
    organization = make_organization(
        "rated", currencyConversions=[{"from": "USD", "to": "GBP", "multiplier": "0.5"}]
    )
    seed_demo(organization, accounts=1, measurements=1)
    assert organization.conversions.get(from_currency="USD", to_currency="GBP").multiplier == Decimal("0.5")


def test_an_organization_in_another_currency_prices_in_its_own(make_organization):
    organization = make_organization("nordic", currency="NOK")
    seed_demo(organization, accounts=1, measurements=1)
    currencies = {row.plan_template.currency for row in Plan.objects.filter(organization=organization)}
    assert currencies == {"NOK", "EUR"}


def test_every_month_is_billed_once_and_one_account_fails(organization):
    seed_demo(organization, bills=True)
    seed_demo(organization, bills=True)
    jobs = list(BillJob.objects.filter(organization=organization).order_by("bill_date"))
    assert [job.bill_date for job in jobs] == [date(2026, month, 1) for month in range(2, 8)]
    for job in jobs:
        summary = run_job(job)
        assert summary.billed
        assert [failure.account for failure in summary.failed] == [customer(1, UNBILLABLE).code]
        assert "AUD" in summary.failed[0].reason
    assert not create_and_run(organization, latest_only=False).billed, "nothing was left out"
    bills = Bill.objects.filter(organization=organization)
    assert bills.exclude(total=0).count() > ACCOUNTS
    assert bills.values("currency").distinct().count() > 2


def create_and_run(organization, *, latest_only):
    job = create_job(
        organization=organization,
        bill_date=date(2026, 7, 1),
        latest_only=latest_only,
        source="command",
        foreground=True,
    )
    return run_job(job)


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_a_number_of_accounts_that_is_none_is_one_line_and_exit_code_2(organization, capsys, number):
    with pytest.raises(SystemExit) as ended:
        call_command("seed_demo", f"--organization={organization.slug}", f"--accounts={number}")
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_code_that_is_taken_is_one_line_and_nothing_is_made(organization):
    from plans.services import create_product

    create_product(organization=organization, name="Ours", code="compute")
    with pytest.raises(CommandError) as refused:
        seed_demo(organization)
    assert refused.value.returncode == 2
    assert not Account.objects.filter(organization=organization).exists()
    assert not Plan.objects.filter(organization=organization).exists()
    assert json.dumps(str(refused.value)).count("\\n") == 0
