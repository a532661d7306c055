"""Two people at once: one wins, the other reads why (spec 1; RELIABILITY, C)."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Account
from accounts.services import delete_account, skeleton_accounts, update_account
from m3console.core.errors import RuleViolation, StaleVersion

ROUNDS = [f"round-{number}" for number in range(8)]


def at_once(*acts):
    """Run the acts in threads that start together; what each raised, or None."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            act()
        except RuleViolation as refused:
            return refused
        else:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_create_the_same_code_one_succeeds(make_account):
    for code in ROUNDS:
        outcomes = at_once(*[lambda code=code: make_account(code)] * 8)
        assert outcomes.count(None) == 1
        assert {str(refused) for refused in outcomes if refused} == {
            f"There is an account with the code “{code}” already. Choose another code."
        }
        assert Account.objects.filter(code=code).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_parent_becoming_a_child_at_the_same_moment_keeps_two_levels(make_account):
    for code in ROUNDS:
        top, middle, low = (make_account(f"{code}-{level}") for level in ("top", "middle", "low"))
        outcomes = at_once(
            partial(update_account, middle, version=1, parent_account=top),
            partial(update_account, low, version=1, parent_account=middle),
        )
        assert outcomes.count(None) == 1
    assert not Account.objects.filter(parent_account__parent_account__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_two_accounts_becoming_each_others_parent_do_not_deadlock(make_account):
    for code in ROUNDS:
        one, two = make_account(f"{code}-1"), make_account(f"{code}-2")
        outcomes = at_once(
            partial(update_account, one, version=1, parent_account=two),
            partial(update_account, two, version=1, parent_account=one),
        )
        assert outcomes.count(None) == 1


@pytest.mark.django_db(transaction=True)
def test_a_parent_deleted_at_the_same_moment_has_no_child(make_account):
    for code in ROUNDS:
        parent = make_account(code)
        outcomes = at_once(
            partial(delete_account, parent), partial(make_account, f"{code}-child", parent_account=parent)
        )
        assert outcomes.count(None) == 1
    assert not Account.objects.filter(parent_account__deleted_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_version_one_is_told(make_account):
    account = make_account()
    outcomes = at_once(*[lambda n=n: update_account(account, version=1, name=f"Name {n}") for n in range(4)])
    assert outcomes.count(None) == 1
    assert all(isinstance(refused, StaleVersion) for refused in outcomes if refused)
    assert Account.objects.get(pk=account.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_eight_loads_of_unknown_codes_agree_on_one_account_each(organization):
    for code in ROUNDS:
        codes, found = [f"{code}-{n:02}" for n in range(40)], []
        load = lambda codes=codes, found=found: found.append(skeleton_accounts(organization, codes))  # noqa: E731
        assert at_once(*[load] * 8) == [None] * 8
        assert all(ids == found[0] for ids in found)
        assert Account.objects.filter(code__in=codes).count() == len(found[0]) == 40
