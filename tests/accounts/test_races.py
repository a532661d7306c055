"""Two people at once: one wins, the other reads why (spec 1; RELIABILITY, C)."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts import hierarchy
from accounts.erasing import erase_personal_data
from accounts.importing.imports import prepare_import
from accounts.models import Account, AccountImport, ChildMembership
from accounts.services import delete_account, remove_child, skeleton_accounts, update_account
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.locks import lock_accounts

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


@pytest.mark.django_db(transaction=True)
def test_a_child_that_was_removed_meanwhile_is_a_stale_save(make_account):
    parent, other = make_account("parent"), make_account("other")
    seen = make_account("child", parent_account=parent)
    remove_child(Account.objects.get(pk=seen.pk), parent=parent)
    for after in (None, other):
        with pytest.raises(StaleVersion):
            update_account(seen, version=1, parent_account=after)


@pytest.mark.django_db(transaction=True)
def test_erasing_waits_for_an_import_that_is_being_applied_without_holding_its_accounts(make_account):
    account = make_account("canary", name="Canary Ltd")
    file = io.BytesIO(b"Code,First bill date\ncanary,2026-02-01")
    made = prepare_import(organization=account.organization, file=file, file_name="a.csv")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            AccountImport.objects.select_for_update().get(pk=made.pk)
            erasing = pool.submit(erased, account)
            until_somebody_waits()
            with connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '2s'")
            lock_accounts([account.pk])
        assert erasing.result().name == "erased"


@pytest.mark.django_db(transaction=True)
def test_a_parent_that_changes_while_we_wait_is_held_too_and_in_the_order_of_locks(make_account):
    low, high = make_account("low"), make_account("high")
    child = make_account("child", parent_account=high)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_accounts([child.pk])
            holding = pool.submit(held_families, [child.pk])
            until_somebody_waits()
            ChildMembership.objects.update(parent=low)
            Account.objects.filter(pk=child.pk).update(parent_account=low)
        assert holding.result() == [low.pk, high.pk, child.pk]


def held_families(accounts):
    """The accounts that are held in the end, in the order in which they were taken together."""
    taken, take = [], hierarchy.lock_accounts
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(
                    hierarchy, "lock_accounts", lambda ids: (taken.append(sorted(ids)), take(ids))
                )
                hierarchy.hold_families(accounts)
            cursor.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
            )
            [count] = cursor.fetchone()
        assert count == len(taken[-1])
        return taken[-1]
    finally:
        connection.close()


def erased(account):
    try:
        return erase_personal_data(account, version=1, reason="GDPR")
    finally:
        connection.close()


def until_somebody_waits():
    for _ in range(100):
        with connection.cursor() as cursor:
            # Within a transaction the view stays as it was first looked at.
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            )
            [waiting] = cursor.fetchone()
        if waiting:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
