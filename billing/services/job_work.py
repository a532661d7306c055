"""Working on bill jobs: begun once, worked off chunk by chunk by whoever comes, finished once."""

import logging
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from accounts.models import Account
from billing.models import Bill, BillJob, BillJobItem, BillStatus, JobStatus
from billing.services.job_chunks import work_off_next
from billing.services.job_presence import presence
from billing.usage.measure import watermark
from m3console.core import clock
from m3console.core.audit import action
from plans.models import AccountPlan

logger = logging.getLogger(__name__)

TASK = "billing.tasks.work_on_bill_job"
CHUNKS, LARGEST, LARGEST_OF_ALL = 16, 500, 100
"""Into how many chunks a job is cut, and how large they may be; smaller where all periods are billed."""

MOST_FAILURES = 25
"""After so many chunks in a row that fail, it is not the chunks."""

Progress = Callable[[int, int], None]


def ask_for_worker(job: UUID) -> None:
    """Have a worker take the job up, once this transaction has committed; asking twice does no harm."""
    task = app.configure_task(TASK, allow_unknown=False, queueing_lock=f"bill-job:{job}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(job=str(job))


def _never() -> bool:
    return False


def work_on(job: BillJob, *, progress: Progress | None = None, stopping: Callable[[], bool] = _never) -> bool:
    """Begin the job if nobody has, and work off chunks until none is left; answers whether the job is over.

    It is not over while ten others of its organization run, while others work on its last chunks, or after
    `stopping` has answered true. Working on a job that is over changes nothing.
    """
    with presence(job) as session:
        if session is None:
            return False
        _begin(job)
        _work_off(job, session, progress or _silently, stopping)
    return _finish(job)


def _work_off(
    job: BillJob, session: BaseDatabaseWrapper, progress: Progress, stopping: Callable[[], bool]
) -> None:
    """Take one chunk after the other; one that fails is tried again, and not for ever."""
    failures = 0
    while not stopping():
        try:
            done = work_off_next(job, session)
        except Exception:
            failures += 1
            if connection.in_atomic_block or failures >= MOST_FAILURES:
                raise
            logger.exception("A chunk of bill job %s failed", job.pk)
            connection.close_if_unusable_or_obsolete()
            if not session.is_usable():
                return
            continue
        if done is None:
            return
        failures = 0
        progress(done, job.accounts_total)


def _silently(done: int, total: int) -> None:
    """Progress that nobody wants to know of."""


def _begin(job: BillJob) -> None:
    """Read the watermark, once, and cut the accounts into chunks."""
    with action("job.started", job=job.pk):
        locked = BillJob.objects.select_for_update().get(pk=job.pk)
        if locked.status == JobStatus.PENDING:
            accounts = _candidates(locked)
            size = max(1, min(LARGEST if job.latest_only else LARGEST_OF_ALL, -(-len(accounts) // CHUNKS)))
            BillJobItem.objects.bulk_create(
                BillJobItem(job=locked, account_ids=accounts[start : start + size])
                for start in range(0, len(accounts), size)
            )
            locked.status = JobStatus.RUNNING
            locked.watermark = watermark(locked.organization)
            locked.accounts_total = len(accounts)
            locked.started_at = clock.now()
            locked.save(update_fields=["status", "watermark", "accounts_total", "started_at"])
    job.refresh_from_db()


def _candidates(job: BillJob) -> list[UUID]:
    """The accounts that may have something to bill, ascending; of a picked one the whole hierarchy."""
    head = Coalesce("parent_account_id", "pk")
    accounts = Account.objects.filter(organization=job.organization).annotate(head=head)
    if job.account_ids is not None:
        accounts = accounts.filter(head__in=accounts.filter(pk__in=job.account_ids).values("head"))
    attached = AccountPlan.objects.filter(account=OuterRef("pk"), start_date__lte=job.bill_date)
    pending = Bill.objects.filter(
        account=OuterRef("pk"), bill_date__lte=job.bill_date, status=BillStatus.PENDING
    )
    chosen = accounts.filter(Q(Exists(attached)) | Q(Exists(pending))).order_by("pk")
    return list(chosen.values_list("pk", flat=True))


def _finish(job: BillJob) -> bool:
    """Complete the job if nothing is left of it, and let the next one that waits begin."""
    left = BillJobItem.objects.filter(job=OuterRef("pk"), state=BillJobItem.State.TODO)
    with action("job.completed", job=job.pk):
        ready = BillJob.objects.filter(~Exists(left), pk=job.pk, status=JobStatus.RUNNING)
        if ready.update(status=JobStatus.COMPLETE, finished_at=clock.now()):
            waiting = BillJob.objects.filter(organization=job.organization, status=JobStatus.PENDING)
            following = waiting.order_by("created_at", "id").first()
            if following:
                ask_for_worker(following.pk)
    job.refresh_from_db()
    return job.status in (JobStatus.COMPLETE, JobStatus.CANCELLED)
