"""Runs over what is charged in advance, ad hoc, or on consolidated bills (spec 3; spec 7)."""

import re
from datetime import date
from decimal import Decimal

import pytest

from billing.models import Bill, BillLine, BillRevision
from m3console.core.links import reverse
from plans.models import AccountPlan, Plan, PlanTemplate
from tests.billing.make import AUGUST, JULY, Shop, bill_of, lines_of, run

pytestmark = pytest.mark.django_db
JUNE, SEPTEMBER = date(2024, 6, 1), date(2024, 9, 1)
ALL = {"latest_only": False}


@pytest.fixture
def shop(organization):
    return Shop(organization)


def in_advance(shop, charge=31, **terms):
    return shop.plan(standing_charge=charge, standing_charge_bill_in_advance=True, **terms)


def subscriber(shop, start="2024-07-01", **terms):
    account = shop.account()
    shop.attach(account, in_advance(shop, **terms), start, code="a")
    return account


def end(account, day):
    AccountPlan.objects.filter(account=account).update(end_date=day)


def approve(account, *days):
    Bill.objects.filter(account=account, bill_date__in=days).update(status="APPROVED")


def bills(account):
    """Date, total, state and revision of the account's bills."""
    rows = Bill.objects.filter(account=account).order_by("bill_date", "frequency")
    return [(str(row.bill_date), str(row.total), row.state, row.revision) for row in rows]


def test_a_charge_in_advance_is_billed_on_the_start_and_marked_on_its_line(shop):
    account = subscriber(shop)
    assert run(shop, JULY, **ALL) == {"billed": 1}
    bill = bill_of(account, JULY)
    assert (bill.start_date, bill.end_date, bill.total) == (JULY, AUGUST, Decimal("31.00"))
    assert [line.in_advance for line in lines_of(bill)] == [True]
    assert run(shop, JULY, **ALL) == {"unchanged": 1}


def test_an_approved_bill_is_not_reopened_by_an_end_and_the_next_gives_the_days_back(shop):
    account = subscriber(shop)
    run(shop, JULY, **ALL)
    approve(account, JULY)
    end(account, date(2024, 7, 11))
    assert run(shop, AUGUST, **ALL) == {"billed": 1, "unchanged": 1}
    expected = [("2024-07-01", "31.00", "APPROVED", 1), ("2024-08-01", "-21.00", "PENDING", 1)]
    assert bills(account) == expected
    assert run(shop, SEPTEMBER, **ALL) == {"unchanged": 2}
    assert run(shop, AUGUST) == {"unchanged": 1}
    assert bills(account) == expected
    approve(account, AUGUST)
    assert run(shop, SEPTEMBER, **ALL) == {"unchanged": 2}
    assert [row[:2] for row in bills(account)] == [row[:2] for row in expected]


def test_a_pending_bill_is_rated_anew_and_nothing_is_given_back(shop):
    account = subscriber(shop)
    run(shop, JULY, **ALL)
    end(account, date(2024, 7, 11))
    run(shop, SEPTEMBER, **ALL)
    assert bills(account) == [("2024-07-01", "10.00", "PENDING", 2), ("2024-08-01", "0.00", "PENDING", 1)]


def test_an_end_before_what_is_charged_ahead_makes_the_next_boundary_a_bill_date(shop, organization):
    account = subscriber(shop, "2024-06-01")
    run(shop, JULY, **ALL)
    approve(account, JUNE, JULY)
    end(account, JULY)
    for _ in range(2):
        run(shop, SEPTEMBER, **ALL)
        assert bills(account) == [
            ("2024-06-01", "31.00", "APPROVED", 1),
            ("2024-07-01", "31.00", "APPROVED", 1),
            ("2024-08-01", "-31.00", "PENDING", 1),
        ]
    bill = bill_of(account, AUGUST)
    assert (bill.start_date, bill.end_date) == (JULY, AUGUST)


def test_a_bill_that_only_gives_back_goes_when_the_attachment_runs_on_after_all(shop):
    account = subscriber(shop, "2024-06-01")
    run(shop, JULY, **ALL)
    approve(account, JUNE, JULY)
    end(account, JULY)
    run(shop, AUGUST, **ALL)
    end(account, date(2024, 7, 20))
    run(shop, AUGUST, **ALL)
    assert bills(account)[-1] == ("2024-08-01", "-12.00", "PENDING", 2)
    end(account, AUGUST)
    run(shop, AUGUST, **ALL)
    assert bills(account)[-1] == ("2024-08-01", "0.00", "PENDING", 3)


def test_an_approved_bill_reopened_for_another_reason_is_rated_as_things_are_now(shop):
    account = subscriber(shop)
    run(shop, JULY, **ALL)
    approve(account, JULY)
    end(account, date(2024, 7, 11))
    PlanTemplate.objects.update(standing_charge=Decimal(62))
    run(shop, AUGUST, **ALL)
    assert bills(account) == [("2024-07-01", "20.00", "PENDING", 2), ("2024-08-01", "0.00", "PENDING", 1)]


def test_a_locked_bill_charged_in_advance_is_given_back_too(shop):
    account = subscriber(shop)
    run(shop, JULY, **ALL)
    approve(account, JULY)
    Bill.objects.update(locked_at="2024-07-02T00:00Z")
    end(account, date(2024, 7, 11))
    assert run(shop, AUGUST, **ALL) == {"billed": 1, "skipped_locked": 1}
    assert bills(account)[1][:2] == ("2024-08-01", "-21.00")


def test_what_nobody_is_charged_on_the_start_makes_no_bill_there(shop):
    account = subscriber(shop, charge="0.001")
    assert run(shop, JULY, **ALL) == {}
    assert bills(account) == []


def test_the_flag_is_the_plans_else_the_templates_else_the_organizations(shop, organization):
    organization.standing_charge_bill_in_advance = True
    organization.save()
    plan = shop.plan(standing_charge=31)
    account = shop.account()
    shop.attach(account, plan, "2024-07-01")
    for flags, count in [((None, None), 1), ((None, False), 0), ((True, False), 1), ((False, True), 0)]:
        Plan.objects.update(standing_charge_bill_in_advance=flags[0])
        PlanTemplate.objects.update(standing_charge_bill_in_advance=flags[1])
        run(shop, JULY, **ALL)
        assert Bill.objects.count() == count


# AD_HOC


def test_an_ad_hoc_plan_is_billed_only_by_runs_that_ask_for_it(shop):
    account = shop.account()
    shop.attach(account, shop.plan(standing_charge=50, frequency="AD_HOC"))
    assert run(shop, JULY, **ALL) == {}
    ad_hoc = {"billing_frequency": "AD_HOC"}
    assert run(shop, date(2024, 6, 10), **ad_hoc) == {"billed": 1}
    assert run(shop, date(2024, 6, 25), **ad_hoc) == {"billed": 1}
    assert run(shop, date(2024, 6, 20), **ad_hoc, **ALL) == {"unchanged": 1}
    assert run(shop, JULY, **ALL) == {"unchanged": 2}
    assert [(row[0], row[1]) for row in bills(account)] == [("2024-06-10", "50.00"), ("2024-06-25", "50.00")]
    assert bill_of(account, date(2024, 6, 25)).start_date == date(2024, 6, 10)


def test_an_ad_hoc_bill_of_days_before_the_attachment_goes(shop):
    account = shop.account()
    attachment = shop.attach(account, shop.plan(standing_charge=50, frequency="AD_HOC"))
    run(shop, date(2024, 6, 10), billing_frequency="AD_HOC")
    AccountPlan.objects.filter(pk=attachment.pk).update(start_date=date(2024, 6, 15))
    run(shop, date(2024, 6, 20), billing_frequency="AD_HOC")
    assert [row[0] for row in bills(account)] == ["2024-06-20"]


# Consolidated bills


@pytest.fixture
def two_rhythms(shop):
    """An account with a monthly plan of 10 and a quarterly one of 25 of another product."""
    account = shop.account()
    organization = shop.organization
    organization.consolidate_bills = True
    organization.save()
    shop.attach(account, shop.plan("m", 10), "2024-01-01", code="m")
    other = Shop(organization, "network")
    other.attach(account, other.plan("q", 25, interval=3), "2024-01-01", code="q")
    return account


def frequencies(account):
    rows = Bill.objects.filter(account=account).order_by("bill_date", "frequency", "frequency_interval")
    return [(str(row.bill_date), row.frequency, row.frequency_interval, str(row.total)) for row in rows]


def test_plans_of_two_frequencies_share_a_bill_where_bills_are_consolidated(shop, two_rhythms):
    assert run(shop, date(2024, 4, 1), **ALL) == {"billed": 3}
    assert frequencies(two_rhythms) == [
        ("2024-02-01", "", 1, "10.00"),
        ("2024-03-01", "", 1, "10.00"),
        ("2024-04-01", "", 1, "35.00"),
    ]
    assert bill_of(two_rhythms, date(2024, 4, 1)).frequency_in_words == "Consolidated"
    assert run(shop, date(2024, 4, 1), **ALL) == {"unchanged": 3}
    assert run(shop, date(2024, 4, 1), billing_frequency="WEEKLY", **ALL) == {}


def test_switched_off_pending_bills_come_apart_and_approved_ones_stay(shop, two_rhythms):
    run(shop, date(2024, 4, 1), **ALL)
    approve(two_rhythms, date(2024, 2, 1))
    shop.organization.consolidate_bills = False
    shop.organization.save()
    run(shop, date(2024, 4, 1), **ALL)
    apart = [
        ("2024-02-01", "", 1, "10.00"),
        ("2024-03-01", "MONTHLY", 1, "10.00"),
        ("2024-04-01", "MONTHLY", 1, "10.00"),
        ("2024-04-01", "MONTHLY", 3, "25.00"),
    ]
    assert frequencies(two_rhythms) == apart
    shop.organization.consolidate_bills = True
    shop.organization.save()
    run(shop, date(2024, 4, 1))
    assert frequencies(two_rhythms) == [*apart[:2], ("2024-04-01", "", 1, "35.00")]
    assert BillRevision.objects.count() == 3
    assert BillLine.objects.count() == 4


def test_an_approved_bill_of_two_is_not_reopened_by_an_end_before_its_period(shop):
    account = subscriber(shop, "2024-06-01")
    other = Shop(shop.organization, "network")
    other.attach(account, other.plan("n", 7), "2024-06-01", code="n")
    run(shop, JULY, **ALL)
    approve(account, JUNE, JULY)
    AccountPlan.objects.filter(code="a").update(end_date=date(2024, 6, 16))
    for _ in range(2):
        run(shop, AUGUST, **ALL)
        assert bills(account) == [
            ("2024-06-01", "31.00", "APPROVED", 1),
            ("2024-07-01", "38.00", "APPROVED", 1),
            ("2024-08-01", "-39.50", "PENDING", 1),
        ]
    AccountPlan.objects.filter(code="a").update(end_date=date(2024, 6, 15), start_date=date(2024, 6, 1))
    run(shop, AUGUST, **ALL)
    assert bills(account)[2] == ("2024-08-01", "-40.53", "PENDING", 2)


# What the bill page says


def working(client, bill, position=1):
    line = BillLine.objects.get(revision__bill=bill, revision__number=bill.revision, position=position)
    answer = client.get(reverse("billing:bill_line", pk=bill.pk, line=line.pk)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", answer).split())


def test_a_charge_in_advance_says_when_it_is_due_and_what_is_given_back(shop, sign_in):
    client = sign_in("viewer")
    account = subscriber(shop, standing_charge_interval=2, standing_charge_offset=0)
    run(shop, JULY, **ALL)
    told = working(client, bill_of(account, JULY))
    assert "Billed in advance, for the period that begins on the bill date" in told
    assert "Due every 2 periods of the attachment; this is period 1." in told
    approve(account, JULY)
    end(account, date(2024, 7, 11))
    run(shop, AUGUST, **ALL)
    told = working(client, bill_of(account, AUGUST))
    assert "31.00 USD was charged for 1 – 31 Jul 2024 on the bill of 1 Jul 2024" in told
    assert "31.00 USD × 21/31" in told
    assert "11 – 31 Jul 2024 : 21 of 31 days" in told


def test_a_stub_of_several_periods_names_them_together(shop, sign_in):
    account = shop.account()
    plan = in_advance(shop, standing_charge_offset=0)
    shop.attach(account, plan, "2024-03-16", code="a", bill_epoch=JULY)
    run(shop, JULY, **ALL)
    told = working(sign_in("viewer"), bill_of(account, JULY))
    assert "Billed for the days from the start of the attachment to its first bill" in told
    assert "16 – 31 Mar 2024 : 16 of 31 days; 1 Apr – 30 Jun 2024 : 3 whole periods" in told


def test_an_ad_hoc_charge_says_that_nothing_is_prorated(shop, sign_in):
    account = shop.account()
    plan = shop.plan(standing_charge=50, frequency="AD_HOC", standing_charge_offset=1)
    shop.attach(account, plan)
    for day in (10, 20):
        run(shop, date(2024, 6, day), billing_frequency="AD_HOC")
    told = working(sign_in("viewer"), bill_of(account, date(2024, 6, 20)))
    assert "Due in every period of the attachment, after the first ; this is period 2." in told
    assert "50.00 USD for each bill: the plan is billed ad hoc, nothing is prorated" in told
