"""Bill jobs as people know them: made, run, cancelled, tried again (spec 3, Bills and bill jobs)."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, Sum

from billing.models import BillJob, JobStatus, Outcome
from billing.services.job_helpers import helpers
from billing.services.job_work import Progress, ask_for_worker, work_on
from m3console.core import clock
from m3console.core.audit import action, current_actor
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.models import BillFrequency

PAUSE = 0.2  # not money, but seconds between looks at what others work on
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Failure:
    """An account by its code, and why it could not be billed."""

    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a job came to so far: numbers of bills by what became of them, and the accounts that failed.

    `earlier_unbilled` counts accounts with due periods before the ones that this run billed.
    """

    job: UUID
    status: str
    billed: int
    unchanged: int
    skipped_locked: int
    suppressed_empty: int
    failed: tuple[Failure, ...]
    earlier_unbilled: int


def create_job(
    *,
    organization: Organization,
    bill_date: date,
    billing_frequency: str = "",
    latest_only: bool = True,
    account_ids: Collection[UUID] | None = None,
    source: str = "console",
    foreground: bool = False,
) -> BillJob:
    """A run up to a bill date, of all accounts or some; a worker takes it up, unless it is run here.

    Picking any account of a hierarchy picks all of it (spec 1, Parent and child accounts). Raises
    RuleViolation.
    """
    _check(bill_date, billing_frequency)
    with action("job.created"):
        job = BillJob.objects.create(
            organization=organization,
            bill_date=bill_date,
            billing_frequency=billing_frequency,
            latest_only=latest_only,
            account_ids=None if account_ids is None else sorted(set(account_ids)),
            source=source,
            created_by_id=current_actor().user_id,
        )
        if not foreground:
            ask_for_worker(job.pk)
    return job


def _check(bill_date: date, billing_frequency: str) -> None:
    if billing_frequency not in ("", *BillFrequency.values):
        raise RuleViolation(f"There is no bill frequency {billing_frequency}.", field="billing_frequency")
    if not FIRST_DAY <= bill_date <= LAST_DAY:
        raise RuleViolation(f"The bill date is from {FIRST_DAY} to {LAST_DAY}.", field="bill_date")


def retry_failed(job: BillJob, *, source: str = "console", foreground: bool = False) -> BillJob:
    """A new job over the accounts that failed in this one. Raises RuleViolation if none did."""
    failed = job.results.filter(outcome=Outcome.FAILED).values_list("account_id", flat=True)
    if not failed:
        raise RuleViolation("No account failed in this job.")
    return create_job(
        organization=job.organization,
        bill_date=job.bill_date,
        billing_frequency=job.billing_frequency,
        latest_only=job.latest_only,
        account_ids=failed,
        source=source,
        foreground=foreground,
    )


def cancel_job(job: BillJob) -> None:
    """Stop a job after the chunks that are being worked on; the bills that it has made stay.

    Raises RuleViolation if it is over already.
    """
    with action("job.cancelled", job=job.pk):
        going_on = BillJob.objects.filter(pk=job.pk, status__in=(JobStatus.PENDING, JobStatus.RUNNING))
        if not going_on.update(status=JobStatus.CANCELLED, finished_at=clock.now()):
            raise RuleViolation("This job is over already.")


def run_job(job: BillJob, *, progress: Progress | None = None) -> Summary:
    """Work the job off here, beside whoever else works on it, and wait until it is over.

    Within an outer transaction everything happens in that transaction.
    """
    with helpers(job):
        while not work_on(job, progress=progress):
            time.sleep(PAUSE)
    return summary(job)


def summary(job: BillJob) -> Summary:
    """What the job's results add up to."""
    counts = job.results.aggregate(
        billed=Sum("bills", default=0),
        unchanged=Sum("unchanged", default=0),
        skipped_locked=Sum("skipped_locked", default=0),
        suppressed_empty=Sum("suppressed_empty", default=0),
        earlier_unbilled=Count("pk", filter=Q(earlier_unbilled=True)),
    )
    failed = job.results.filter(outcome=Outcome.FAILED).order_by("account__code", "id")
    reasons = failed.values_list("account__code", "reason")
    return Summary(job=job.pk, status=job.status, failed=tuple(Failure(*each) for each in reasons), **counts)
