"""Background tasks: queued by the transaction that asks for them, and again when their worker is killed."""

from datetime import timedelta
from io import BytesIO

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction

from accounts.importing.imports import prepare_import
from accounts.models import AccountImport
from billing import tasks
from billing.models import Bill
from billing.services.job_work import ask_for_worker
from billing.services.jobs import create_job
from m3console.core import clock
from m3console.core.audit import Actor, acting_as
from m3console.core.ids import uuid7
from tests.billing.make import JULY, begun, customer, customers

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = """
insert into procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock)
values ('default', 'billing.tasks.work_on_bill_job', '{}', %s, %s, %s)
"""
LOOK = "select task_name, args->>'job', status::text, attempts from procrastinate_jobs order by id"


@pytest.fixture(autouse=True)
def _empty_queue(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


def queued():
    with connection.cursor() as cursor:
        cursor.execute(LOOK)
        return cursor.fetchall()


def queue(status, attempts, lock=None):
    """A task; one that is doing has a worker that was killed."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [status, attempts, lock])


def test_a_job_is_queued_only_if_its_transaction_commits(shop):
    with transaction.atomic():
        create_job(organization=shop.organization, bill_date=JULY)
        transaction.set_rollback(True)
    assert queued() == []
    job = create_job(organization=shop.organization, bill_date=JULY)
    assert [row[1] for row in queued()] == [str(job.pk)]


def test_asking_twice_queues_once_and_spoils_no_transaction(shop):
    job = create_job(organization=shop.organization, bill_date=JULY)
    with transaction.atomic():
        ask_for_worker(job.pk)
        customer(shop)
    assert len(queued()) == 1


def test_a_task_works_in_the_name_of_who_asked(shop, make_user):
    user = make_user()
    customer(shop)
    with acting_as(Actor(source="console", user_id=user.pk, name="Olga")):
        job = create_job(organization=shop.organization, bill_date=JULY)
    tasks.work_on_bill_job(job=str(job.pk))
    assert Bill.objects.get().created_by == user
    with connection.cursor() as cursor:
        cursor.execute("select metadata from pghistory_context where metadata->>'action' = 'bills.run'")
        (metadata,) = cursor.fetchone()
    assert '"source": "job"' in str(metadata).replace("'", '"')


def test_a_task_of_a_job_that_is_gone_ends_well(db):
    tasks.work_on_bill_job(job=str(uuid7()))


def test_asked_to_end_a_task_leaves_its_job_to_another_worker(shop, monkeypatch):
    job = begun(shop, customers(shop, 2), 1)
    monkeypatch.setattr(tasks.stopping, "is_set", lambda: True)
    tasks.work_on_bill_job(job=str(job.pk))
    assert not Bill.objects.exists()
    assert [row[1] for row in queued()] == [str(job.pk)]


def test_what_a_killed_worker_was_at_is_queued_again_but_not_for_ever():
    queue("doing", 1)
    queue("doing", 5)
    async_to_sync(tasks.take_up_abandoned)()
    assert [row[2:] for row in queued()] == [("todo", 2), ("failed", 6)]


def test_what_is_queued_anyhow_is_not_queued_again():
    queue("doing", 1, "bill-job:1")
    queue("todo", 0, "bill-job:1")
    async_to_sync(tasks.take_up_abandoned)()
    assert [row[2] for row in queued()] == ["failed", "todo"]


def test_bill_jobs_that_nobody_works_on_are_queued(shop):
    job = begun(shop, customers(shop, 2), 1)
    async_to_sync(tasks.take_up_abandoned)()
    assert [row[1] for row in queued()] == [str(job.pk)]


def test_previews_of_imports_that_nobody_came_back_to_are_forgotten(organization):
    made = prepare_import(organization=organization, file=BytesIO(b"Code,Name\nnew,New"), file_name="a.csv")
    async_to_sync(tasks.sweep.func)(0)
    assert made.rows.count() == 1
    AccountImport.objects.update(created_at=clock.now() - timedelta(hours=25))
    async_to_sync(tasks.sweep.func)(0)
    made.refresh_from_db()
    assert (made.state, made.rows.count()) == ("DISCARDED", 0)


def test_what_the_cache_kept_beyond_its_time_is_deleted():
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_cache values ('fresh', 'x', now() + interval '1 minute'),"
            " ('old', 'Widow Smith', now() - interval '1 minute')"
        )
        async_to_sync(tasks.sweep.func)(0)
        cursor.execute("select cache_key from core_cache")
        assert cursor.fetchall() == [("fresh",)]
