"""A job's chunks, shared by any number of workers.

The row lock of a chunk, held by the transaction that writes its bills, is lease and fence in one: a killed
worker's lock falls at once, a hung one's session is ended by the server, and what it then tries to write is
refused. That a worker began with a chunk is committed by another session while the lock is held, so that
attempts which end their worker are counted too.
"""

import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from billing.models import BillJob, BillJobItem, BillJobResult, Outcome
from billing.services.account_bills import AccountRun
from billing.services.bill_rows import copy_rows
from billing.services.bills import bill_accounts
from m3console.core import clock
from m3console.core.audit import action
from m3console.core.ids import uuid7

logger = logging.getLogger(__name__)

TRIES = 3
HUNG = "60s"
TAKE = """
select i.id, i.account_ids, (select count(*) from billing_billjobattempt a where a.item_id = i.id)
from billing_billjobitem i join billing_billjob j on j.id = i.job_id
where i.job_id = %s and i.state = 'TODO' and j.status = 'RUNNING'
order by i.id limit 1 for no key update of i skip locked
"""
BEGAN = "insert into billing_billjobattempt (item_id, worker, began_at) values (%s, %s, %s)"
SPLIT = """
with alone as (
  insert into billing_billjobitem (job_id, account_ids, state)
  select job_id, array[account_id], 'TODO' from billing_billjobitem, unnest(account_ids) as account_id
  where id = %s returning id)
insert into billing_billjobattempt (item_id, worker, began_at)
select alone.id, a.worker, a.began_at from alone, billing_billjobattempt a where a.item_id = %s
"""
END = "update billing_billjobitem set state = %s where id = %s"
COUNT = "update billing_billjob set accounts_done = accounts_done + %s where id = %s returning accounts_done"
RESULT = (
    "id", "job_id", "account_id", "outcome", "bills", "unchanged", "skipped_locked", "suppressed_empty",
    "reason_code", "reason", "earlier_unbilled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk whose lock is held; `tried` is how often workers have begun with it before.

    One that ended its worker is split, to be tried account by account.
    """

    id: int
    accounts: Sequence[UUID]
    tried: int


def work_off_next(job: BillJob, session: BaseDatabaseWrapper) -> int | None:
    """Bill the next chunk that nobody has, in one transaction; how many accounts of the job are done by now.

    None if there is no such chunk, or the job is cancelled. `session` is another connection, which counts
    attempts; within an outer transaction, whose chunks it cannot see, there is nothing to count.
    """
    alone = not connection.in_atomic_block
    with action("bills.run", job=job.pk), connection.cursor() as cursor:
        if alone:
            cursor.execute("select set_config('idle_in_transaction_session_timeout', %s, true)", [HUNG])
        cursor.execute(TAKE, [job.pk])
        row = cursor.fetchone()
        if row is None:
            return None
        chunk = Chunk(*row)
        if chunk.tried and len(chunk.accounts) > 1:
            cursor.execute(SPLIT, [chunk.id, chunk.id])
            state, done = BillJobItem.State.DONE, 0
        elif chunk.tried >= TRIES:
            _put_aside(job, chunk)
            state, done = BillJobItem.State.PARKED, len(chunk.accounts)
        else:
            if alone:
                _count_attempt(session, chunk)
            _record(job, bill_accounts(job, chunk.accounts))
            state, done = BillJobItem.State.DONE, len(chunk.accounts)
        cursor.execute(END, [state, chunk.id])
        cursor.execute(COUNT, [done, job.pk])
        (so_far,) = cursor.fetchone()
    return int(so_far)


def _count_attempt(session: BaseDatabaseWrapper, chunk: Chunk) -> None:
    with session.cursor() as cursor:
        cursor.execute(BEGAN, [chunk.id, f"{socket.gethostname()} {os.getpid()}", clock.now()])


def _put_aside(job: BillJob, chunk: Chunk) -> None:
    """Give the account up, which has ended its worker in a way that left no reason."""
    reason = f"Billing this account was begun {TRIES} times and never finished; the worker's log may say why."
    logger.error("Accounts %s are put aside after %d attempts", chunk.accounts, TRIES)
    rows = [
        (uuid7(), job.pk, account, Outcome.FAILED, 0, 0, 0, 0, "put_aside", reason, False)
        for account in chunk.accounts
    ]
    copy_rows(BillJobResult, RESULT, rows)


def _record(job: BillJob, runs: Sequence[AccountRun]) -> None:
    """One result for every account that had something to bill."""
    rows = []
    for run in runs:
        outcome = run.outcome()
        if outcome is None:
            continue
        code, reason = (run.failure.code, run.failure.message) if run.failure else ("", run.note)
        rows.append(
            (uuid7(), job.pk, run.account.named.id, outcome, len(run.rows.revisions), run.unchanged,
             run.skipped_locked, run.suppressed_empty, code, reason, run.earlier_unbilled)
        )  # fmt: skip
    copy_rows(BillJobResult, RESULT, rows)
