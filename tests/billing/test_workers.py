"""Workers at once, failing and hung: every account is billed once, by somebody."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from billing.models import Bill, BillJob, BillJobAttempt, BillJobItem
from billing.services import job_chunks, job_helpers, job_work, jobs
from billing.services.job_presence import abandoned_jobs, presence
from billing.services.jobs import create_job, run_job
from tests.billing.make import AUGUST, JULY, begun, customers, once_each, run, status
from tests.billing.programs import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*acts):
    """Run the acts at the same time, each with a connection of its own; whatever one raises is raised."""
    raised = []

    def act(one):
        try:
            one()
        except Exception as error:  # noqa: BLE001 (raised below)
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    if raised:
        raise raised[0]


def test_workers_in_threads_share_a_job_and_bill_each_account_once(shop):
    accounts = customers(shop, 40)
    job = begun(shop, accounts, 2)
    in_threads(*[lambda: run_job(BillJob.objects.get(pk=job.pk))] * 4)
    once_each(accounts)
    job.refresh_from_db()
    assert (job.status, job.accounts_done, job.results.count()) == ("COMPLETE", 40, 40)


def test_runs_of_two_dates_at_once_bill_both(shop):
    accounts = customers(shop, 30)
    in_threads(lambda: run(shop, until=JULY), lambda: run(shop, until=AUGUST))
    assert Bill.objects.count() == 2 * len(accounts)


def test_a_worker_that_is_asked_to_end_leaves_the_rest_to_the_next(shop):
    accounts = customers(shop, 6)
    job = begun(shop, accounts, 1)
    asked = iter([False, False, True])
    assert not job_work.work_on(job, stopping=lambda: next(asked))
    assert Bill.objects.count() == 2
    assert abandoned_jobs() == [job.pk]
    assert run_job(job).billed == 6
    once_each(accounts)


def test_a_chunk_that_fails_is_tried_account_by_account_and_only_the_poison_is_put_aside(shop, monkeypatch):
    accounts = customers(shop, 7)
    tried = []
    bill = job_chunks.bill_accounts

    def failing(job, keys):
        if accounts[3].pk in keys:
            tried.append(len(keys))
            raise MemoryError("by hand")
        return bill(job, keys)

    monkeypatch.setattr(job_chunks, "bill_accounts", failing)
    found = run_job(begun(shop, accounts, 7))
    assert (found.billed, [failure.account for failure in found.failed]) == (6, ["a0003"])
    assert "3 times" in found.failed[0].reason
    assert tried == [7, 1, 1]
    assert BillJobAttempt.objects.filter(item__account_ids=[accounts[3].pk]).count() == 3
    assert BillJobItem.objects.filter(state="PARKED").count() == 1


def test_a_deadlock_or_a_lost_connection_is_tried_again(shop, monkeypatch):
    accounts = customers(shop, 3)
    bill = job_chunks.bill_accounts

    def lost(job, keys):
        monkeypatch.setattr(job_chunks, "bill_accounts", bill)
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(job_chunks, "bill_accounts", lost)
    assert run_job(begun(shop, accounts, 3)).billed == 3
    once_each(accounts)


def test_a_hung_worker_loses_its_chunk_and_what_it_then_writes_is_refused(shop, monkeypatch):
    accounts = customers(shop, 3)
    job = begun(shop, accounts, 3)
    monkeypatch.setattr(job_chunks, "HUNG", "500ms")
    hanging, other_done = threading.Event(), threading.Event()
    bill = job_chunks.bill_accounts
    refused = []

    def hang(job, keys):
        if threading.current_thread().name == "hung":
            hanging.set()
            assert other_done.wait(30)
            try:
                return bill(job, keys)
            except DatabaseError as error:
                refused.append(error)
                raise
        return bill(job, keys)

    def hung():
        threading.current_thread().name = "hung"
        with presence(job) as session, pytest.raises(DatabaseError):
            job_chunks.work_off_next(job, session)

    def other():
        assert hanging.wait(30)
        run_job(BillJob.objects.get(pk=job.pk))
        other_done.set()

    monkeypatch.setattr(job_chunks, "bill_accounts", hang)
    in_threads(hung, other)
    assert len(refused) == 1
    once_each(accounts)


def test_the_eleventh_job_waits_and_jobs_without_a_living_worker_do_not_count(shop):
    accounts = customers(shop, 2)
    jobs = [begun(shop, accounts, 1) for _ in range(12)]
    sessions = [presence(job) for job in jobs[:10]]
    assert all(session.__enter__() for session in sessions)
    waiting = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    assert not job_work.work_on(waiting)
    assert status(waiting) == "PENDING"
    with presence(jobs[3]) as joined:
        assert joined
    sessions[0].__exit__(None, None, None)
    assert job_work.work_on(waiting)
    for session in sessions[1:]:
        session.__exit__(None, None, None)
    once_each(accounts)


def test_a_job_that_waited_begins_when_another_is_over(shop):
    customers(shop, 1)
    waiting = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    run(shop)
    with connection.cursor() as cursor:
        asked_for = "select status::text from procrastinate_jobs where args->>'job' = %s"
        cursor.execute(asked_for, [str(waiting.pk)])
        assert cursor.fetchall() == [("todo",)]


def test_attempts_are_counted_only_for_who_has_the_chunk(shop):
    """Workers that look for chunks at the same time do not use up each other's attempts."""
    accounts = customers(shop, 24)
    job = begun(shop, accounts, 1)
    in_threads(*[lambda: run_job(BillJob.objects.get(pk=job.pk))] * 6)
    assert BillJobAttempt.objects.count() == 24
    assert job.items.count() == 24
    once_each(accounts)


def test_a_large_run_shares_its_chunks_with_copies_of_its_process(shop, monkeypatch):
    accounts = customers(shop, 40)
    job = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    monkeypatch.setattr(job_helpers, "_number", lambda job: 2)

    def after_a_copy(job, **options):
        wait_until(BillJobAttempt.objects.exists)
        return job_work.work_on(job, **options)

    monkeypatch.setattr(jobs, "work_on", after_a_copy)
    assert run_job(job).billed == 40
    once_each(accounts)


def test_within_a_transaction_nobody_helps(shop, monkeypatch):
    monkeypatch.setattr(job_helpers, "WORTH_IT", 0)
    monkeypatch.setattr(job_helpers.os, "fork", lambda: pytest.fail("a copy"))
    customers(shop, 2)
    with transaction.atomic():
        assert run(shop) == {"billed": 2}
