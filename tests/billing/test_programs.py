"""Runs and workers as processes, several at once, stopped and killed: nothing is lost, nothing twice."""

import random
import signal
import time
from decimal import Decimal

import pytest

from billing.models import Bill, BillJob, BillJobResult, BillRevision
from billing.services.jobs import create_job
from tests.billing.make import JULY, begun, customers, once_each, run, status, use_again
from tests.billing.programs import start, start_run, summary_of, wait_until

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_two_runs_at_once_both_end_well_and_bill_each_account_once(shop):
    accounts = customers(shop, 60)
    programs = [start_run(shop.organization, JULY) for _ in range(2)]
    summaries = [summary_of(program) for program in programs]
    assert [s["billed"] + s["unchanged"] for s in summaries] == [60, 60]
    assert sum(s["billed"] for s in summaries) == 60
    once_each(accounts)


def test_a_worker_takes_up_a_job_and_ends_when_asked(shop):
    accounts = customers(shop, 5)
    worker = start("worker")
    try:
        job = create_job(organization=shop.organization, bill_date=JULY)
        wait_until(lambda: status(job) == "COMPLETE")
        worker.terminate()
        assert worker.wait(30) == 0, worker.stderr.read()
    finally:
        worker.kill()
    once_each(accounts)


def test_a_worker_takes_up_what_was_left_when_it_starts(shop):
    accounts = customers(shop, 6)
    job = begun(shop, accounts, 2)
    worker = start("worker", "--concurrency", 2)
    try:
        wait_until(lambda: status(job) == "COMPLETE")
    finally:
        worker.kill()
    once_each(accounts)


def test_a_run_that_was_killed_neither_blocks_nor_is_lost(shop):
    accounts = customers(shop, 300)
    program = start_run(shop.organization, JULY)
    wait_until(lambda: Bill.objects.exists())
    program.kill()
    program.communicate()
    summary = summary_of(start_run(shop.organization, JULY))
    assert summary["billed"] + summary["unchanged"] == 300
    once_each(accounts)


def test_ctrl_c_cancels_a_run_and_leaves_whole_bills(shop):
    accounts = customers(shop, 300)
    program = start_run(shop.organization, JULY)
    wait_until(lambda: Bill.objects.exists())
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=30)
    assert program.returncode == 130
    assert "Traceback" not in errors
    assert BillJob.objects.get().status == "CANCELLED"
    assert BillJobResult.objects.count() == Bill.objects.count() < 300
    run(shop)
    once_each(accounts)


def test_workers_killed_at_random_bill_as_if_undisturbed(shop):
    """Twenty kills of two workers; afterwards a run finds nothing to change."""
    rng = random.Random(20)
    accounts = customers(shop, 400)
    workers = [start("worker") for _ in range(2)]
    kills = rounds = 0
    try:
        while kills < 20:
            rounds += 1
            use_again(shop, accounts, rounds)
            job = create_job(organization=shop.organization, bill_date=JULY)
            while status(job) != "COMPLETE":
                time.sleep(rng.uniform(0.3, 2.5))
                victim = rng.randrange(2)
                workers[victim].kill()
                workers[victim].communicate()
                workers[victim] = start("worker")
                kills += 1
            job.refresh_from_db()
            assert (job.accounts_done, job.results.count()) == (400, 400)
            assert not job.results.filter(outcome="FAILED").exists()
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    once_each(accounts, revisions=rounds)
    total = Decimal("0.10") * (50 + rounds * (rounds + 1) // 2)
    assert set(Bill.objects.values_list("total", flat=True)) == {total}
    assert run(shop) == {"unchanged": 400}


def test_runs_killed_at_random_and_started_again_lose_nothing(shop):
    rng = random.Random(7)
    accounts = customers(shop, 400)
    for _ in range(12):
        program = start_run(shop.organization, JULY)
        time.sleep(rng.uniform(0.5, 3.5))
        program.kill()
        program.communicate()
        assert BillRevision.objects.count() == Bill.objects.count()
    summary = summary_of(start_run(shop.organization, JULY))
    assert summary["billed"] + summary["unchanged"] == 400
    once_each(accounts)
    assert run(shop) == {"unchanged": 400}
