"""Billing a chunk of accounts in one transaction: lock, load, measure, rate, write."""

import gc
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q

from billing.engine.types import BillKey, Frequency, Problem
from billing.inputs import load_inputs
from billing.models import Bill, BillJob
from billing.services.account_bills import AccountRun
from billing.services.bill_rows import BillRows, MadeBill, Rating
from billing.services.billed_ahead import bill_key_of, billed_ahead
from m3console.core import clock
from m3console.core.errors import RuleViolation
from m3console.core.locks import hold_configuration, lock_accounts

logger = logging.getLogger(__name__)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A chunk's values hold no cycles; looking for some, again and again, takes a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_without_collector()
def bill_accounts(job: BillJob, accounts: Collection[UUID]) -> list[AccountRun]:
    """Bill accounts of the job's organization, and say for each what came of it.

    To be called in an action's transaction; the accounts stay locked until it ends. An account that cannot be
    billed is reported as failed, and the others go on. Deleted accounts are left out.
    """
    hold_configuration(job.organization_id)
    lock_accounts(accounts)
    job.organization.refresh_from_db()
    inputs = load_inputs(job.organization, accounts)
    made = _made_bills(job, accounts)
    ahead = billed_ahead(inputs.accounts.values())
    runs = {
        key: AccountRun(account, made.get(key, {}), ahead.get(key, {}))
        for key, account in inputs.accounts.items()
    }
    for run in runs.values():
        _guarded(run, partial(run.plan, job))
    wanted = {key: run.windows() for key, run in runs.items() if not run.failure}
    assert job.watermark is not None
    usage = inputs.measured(wanted, job.watermark)
    rating = Rating(job.organization, job.pk, job.created_by_id, clock.now(), job.watermark)
    for key in wanted:
        run = runs[key]
        _guarded(run, partial(run.rate, inputs, usage[key], rating))
    _write([run for run in runs.values() if not run.failure])
    return list(runs.values())


def _made_bills(job: BillJob, accounts: Collection[UUID]) -> dict[UUID, dict[BillKey, MadeBill]]:
    """The bills that the accounts have up to the job's date, by account and key; of AD_HOC plans all."""
    made: dict[UUID, dict[BillKey, MadeBill]] = defaultdict(dict)
    concerned = Q(bill_date__lte=job.bill_date) | Q(frequency=Frequency.AD_HOC)
    rows = Bill.objects.filter(concerned, account_id__in=accounts).values_list(
        "account_id", "bill_date", "frequency", "frequency_interval", "grouping_key", "id", "revision",
        "version", "status", "locked_at", "content_hash", "watermark",
    )  # fmt: skip
    for row in rows:
        account, day, frequency, interval, grouping_key = row[:5]
        key, revision, version, status, locked_at, content, watermark = row[5:]
        bill_key = bill_key_of(day, frequency, interval, grouping_key)
        made[account][bill_key] = MadeBill(
            key, revision, version, status, locked_at is not None, content, watermark
        )
    return made


def _guarded(run: AccountRun, step: Callable[[], None]) -> None:
    """Take a step for one account; what nobody foresaw fails that account, and is logged in full."""
    try:
        step()
    except Exception as error:
        logger.exception("Account %s cannot be billed", run.account.named.id)
        run.fail([Problem("unexpected", f"An unexpected error, logged by the worker: {error!r}")])


def _write(runs: Sequence[AccountRun]) -> None:
    """Write the accounts' rows together; if the database refuses, find out whose they are by halves."""
    runs = [run for run in runs if run.rows]
    if not runs:
        return
    together = BillRows()
    for run in runs:
        together.extend(run.rows)
    try:
        with transaction.atomic():
            together.write()
            # What is checked at commit is checked now, while the accounts can still be told apart.
            connection.check_constraints()
    except (IntegrityError, DataError, RuleViolation) as error:
        if len(runs) > 1:
            middle = len(runs) // 2
            _write(runs[:middle])
            _write(runs[middle:])
            return
        logger.exception("The bills of account %s cannot be stored", runs[0].account.named.id)
        runs[0].fail([Problem("refused", f"The bill could not be stored: {_said(error)}")])


def _said(error: Exception) -> str:
    """What is kept of a refusal: the database's details would repeat the row, with the account's name."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return (diagnosis and diagnosis.message_primary) or str(error)
