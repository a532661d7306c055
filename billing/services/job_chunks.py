"""A job's chunks, shared by any number of workers.

Attempts are counted, and committed, before the work begins. The row lock of a chunk, held by the
transaction that writes its bills, is lease and fence in one: a killed worker's lock falls at once, a hung
one's session is ended by the server, and what it then tries to write is refused.
"""

import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from billing.models import BillJob, BillJobItem, BillJobResult, Outcome
from billing.services.account_bills import AccountRun
from billing.services.bill_rows import copy_rows
from billing.services.bills import bill_accounts
from m3console.core.audit import action
from m3console.core.ids import uuid7

logger = logging.getLogger(__name__)

TRIES = 3
HUNG = "60s"
CLAIM = """
update billing_billjobitem set attempts = attempts + 1, worker = %s where id = (
  select i.id from billing_billjobitem i join billing_billjob j on j.id = i.job_id
  where i.job_id = %s and i.state = 'TODO' and j.status = 'RUNNING'
  order by i.id for update of i skip locked limit 1
) returning id, attempts, account_ids
"""
LOCK = "select 1 from billing_billjobitem where id = %s and state = 'TODO' for update skip locked"
SPLIT = """
insert into billing_billjobitem (job_id, account_ids, state, attempts, worker)
select job_id, array[account_id], 'TODO', 1, ''
from billing_billjobitem, unnest(account_ids) as account_id where id = %s
"""
DONE = "update billing_billjobitem set state = %s where id = %s"
COUNT = "update billing_billjob set accounts_done = accounts_done + %s where id = %s returning accounts_done"
RESULT = (
    "id", "job_id", "account_id", "outcome", "bills", "unchanged", "skipped_locked", "suppressed_empty",
    "reason_code", "reason", "earlier_unbilled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chunk:
    """A claimed chunk; `attempts` counts this one too."""

    id: int
    attempts: int
    accounts: Sequence[UUID]


def claim(job: BillJob) -> Chunk | None:
    """The next chunk that nobody works on; None when there is none, or the job is cancelled."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [f"{socket.gethostname()}:{os.getpid()}", job.pk])
        row = cursor.fetchone()
    return Chunk(*row) if row else None


def work_off(job: BillJob, chunk: Chunk) -> int | None:
    """Bill the chunk's accounts in one transaction; the number of the job's accounts done so far.

    None if another worker was quicker, or the chunk is split first: one that stopped its worker is tried
    again account by account, and an account that does so time and again is put aside.
    """
    alone = not connection.in_atomic_block
    with action("bills.run", job=job.pk), connection.cursor() as cursor:
        if alone:
            cursor.execute("select set_config('idle_in_transaction_session_timeout', %s, true)", [HUNG])
        cursor.execute(LOCK, [chunk.id])
        if cursor.fetchone() is None:
            return None
        if chunk.attempts > 1 and len(chunk.accounts) > 1:
            cursor.execute(SPLIT, [chunk.id])
            cursor.execute(DONE, [BillJobItem.State.DONE, chunk.id])
            return None
        if chunk.attempts > TRIES:
            _put_aside(job, chunk)
            cursor.execute(DONE, [BillJobItem.State.PARKED, chunk.id])
        else:
            _record(job, bill_accounts(job, chunk.accounts))
            cursor.execute(DONE, [BillJobItem.State.DONE, chunk.id])
        cursor.execute(COUNT, [len(chunk.accounts), job.pk])
        (done,) = cursor.fetchone()
    return int(done)


def _put_aside(job: BillJob, chunk: Chunk) -> None:
    """Give the accounts up, which have failed in a way that left no reason."""
    reason = f"Billing this account was begun {TRIES} times and never finished; the worker's log may say why."
    logger.error("Accounts %s are put aside after %d attempts", chunk.accounts, TRIES)
    copy_rows(
        BillJobResult,
        RESULT,
        [
            (uuid7(), job.pk, key, Outcome.FAILED, 0, 0, 0, 0, "put_aside", reason, False)
            for key in chunk.accounts
        ],
    )


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
