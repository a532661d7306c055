"""Writers who meet: the database lets one of them win, and nobody is left waiting for ever."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from accounts.services import create_account
from m3console.core.errors import RuleViolation
from plans.attachments import attach_plan
from plans.models import AccountPlan, CoveredProduct
from plans.overlaps import Overlap
from tests.plans.attaching import FEB, JAN

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts):
    """Run the acts in threads that start together; each one's result, or the refusal that it got."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(20)
            return act()
        except RuleViolation as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(run, act) for act in acts]]


def compete(shop, rounds, writers=8):
    """Each round, every writer attaches a plan of one product from a day of January on, to a new account."""
    plans = [shop.plan(f"Plan {number}") for number in range(writers)]
    for number in range(rounds):
        account, chance = shop.account(), random.Random(number)
        starts = [JAN + timedelta(days=chance.randrange(28)) for _ in plans]
        results = at_once(
            [
                lambda plan=plan, start=start, account=account: attach_plan(
                    account=account, plan=plan, start_date=start
                )
                for plan, start in zip(plans, starts, strict=True)
            ]
        )
        winners = [result for result in results if isinstance(result, AccountPlan)]
        losers = [result for result in results if isinstance(result, Overlap)]
        assert (len(winners), len(losers)) == (1, writers - 1)
        assert list(AccountPlan.objects.of_account(account)) == winners
        assert CoveredProduct.objects.filter(account=account).count() == 1
        for loser, start in zip(results, starts, strict=True):
            if isinstance(loser, Overlap):
                told(loser, winners[0], start)


def told(loser, winner, start):
    """The loser's sentence names the winner and what to do about it."""
    assert loser.clashes == [winner]
    assert loser.message.startswith(f"{winner.plan.name} is attached from {winner.start_date.day} Jan 2026")
    assert loser.can_end_current == (winner.start_date < start)
    ways = ("End the current attachment on", "cannot be ended on that day", "starts on the same day")
    assert sum(way in loser.message for way in ways) == 1


def test_of_writers_attaching_overlapping_plans_one_wins_each_round(shop):
    compete(shop, rounds=4)


@pytest.mark.long
def test_of_8_writers_attaching_overlapping_plans_one_wins_each_of_50_rounds(shop):
    compete(shop, rounds=50)


def test_writers_replacing_each_others_plan_leave_one_unbroken_row(shop):
    account = shop.account()
    attach_plan(account=account, plan=shop.plan(), start_date=JAN)
    plans = [shop.plan(f"Plan {number}") for number in range(6)]
    results = at_once(
        [
            lambda plan=plan, day=day: attach_plan(
                account=account, plan=plan, start_date=FEB + timedelta(days=day), end_current=True
            )
            for day, plan in enumerate(plans)
        ]
    )
    rows = list(CoveredProduct.objects.filter(account=account).order_by("start_date"))
    assert len(rows) == 1 + sum(isinstance(result, AccountPlan) for result in results)
    assert [row.end_date for row in rows] == [row.start_date for row in rows[1:]] + [None]


def test_an_account_gets_a_plan_or_a_child_but_not_both(shop):
    plan = shop.plan()
    for number in range(12):
        account = shop.account(f"Account {number}")
        attached, child = at_once(
            [
                lambda account=account: attach_plan(account=account, plan=plan, start_date=JAN),
                lambda account=account, number=number: create_account(
                    organization=account.organization,
                    name="Child",
                    code=f"child-{number}",
                    email_address="child@example.com",
                    parent_account=account,
                ),
            ]
        )
        refusals = [result for result in (attached, child) if isinstance(result, RuleViolation)]
        assert len(refusals) == 1
        assert account.children.count() + AccountPlan.objects.of_account(account).count() == 1
        assert "child account" in refusals[0].message
