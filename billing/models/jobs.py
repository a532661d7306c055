"""Bill jobs: one run of billing, shared by any number of workers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Account
from m3console.core import clock
from m3console.core.audit import tracked
from m3console.core.ids import uuid7
from m3console.core.text import day_in_words
from plans.models import BillFrequency


class JobStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"
    RUNNING = "RUNNING", "Running"
    COMPLETE = "COMPLETE", "Complete"
    CANCELLED = "CANCELLED", "Cancelled"


class Outcome(models.TextChoices):
    """What a run did for one account."""

    BILLED = "BILLED", "Billed"
    UNCHANGED = "UNCHANGED", "Unchanged"
    FAILED = "FAILED", "Failed"
    SKIPPED_LOCKED = "SKIPPED_LOCKED", "Skipped, locked"
    SUPPRESSED_EMPTY = "SUPPRESSED_EMPTY", "Empty, suppressed"


class BillJobQuerySet(models.QuerySet["BillJob"]):
    def with_failures(self) -> "BillJobQuerySet":
        """With `failures`: whether any account failed."""
        failed = BillJobResult.objects.filter(job=OuterRef("pk"), outcome=Outcome.FAILED)
        return self.annotate(failures=Exists(failed))


@tracked(without=("accounts_done",))
class BillJob(models.Model):
    """A run of billing up to a bill date, over all accounts or some (spec 3, Run billing).

    It counts the measurements of ingestion numbers up to `watermark`, read once when it starts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=JobStatus.choices, default=JobStatus.PENDING)
    source = models.CharField(max_length=10, default="console")
    bill_date = models.DateField()
    billing_frequency = models.CharField(max_length=8, choices=BillFrequency.choices, blank=True)
    latest_only = models.BooleanField("latest due bill only", default=True)
    account_ids = ArrayField(models.UUIDField(), null=True)
    watermark = models.BigIntegerField(null=True)
    accounts_total = models.PositiveIntegerField(default=0)
    accounts_done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BillJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_status_known", condition=Q(status__in=JobStatus.values)),
            models.CheckConstraint(
                name="job_watermark_when_started",
                condition=Q(status__in=["PENDING", "CANCELLED"]) | Q(watermark__gte=0),
            ),
        ]
        indexes = [models.Index("organization", "created_at", "id", name="job_by_time")]

    def __str__(self) -> str:
        return f"Bill job of {day_in_words(self.bill_date)}"


class BillJobItem(models.Model):
    """A chunk of a job's accounts. A row lock, held while its bills are written, is lease and fence.

    One that stops its worker over and over is parked.
    """

    class State(models.TextChoices):
        TODO = "TODO"
        DONE = "DONE"
        PARKED = "PARKED"

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BillJob, models.CASCADE, related_name="items")
    account_ids = ArrayField(models.UUIDField())
    state = models.CharField(max_length=6, choices=State.choices, default=State.TODO)

    class Meta:
        indexes = [models.Index("job", "state", "id", name="item_of_job")]

    def __str__(self) -> str:
        return f"{self.job}, {len(self.account_ids)} accounts"


class BillJobAttempt(models.Model):
    """A worker's beginning with a chunk, committed by itself while the chunk's lock is held.

    So an attempt is counted even if it ends its worker, and is never counted for a chunk that another has.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(BillJobItem, models.CASCADE, related_name="attempts")
    worker = models.CharField(max_length=100, blank=True)
    began_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.worker} at {self.item}"


class BillJobResultQuerySet(models.QuerySet["BillJobResult"]):
    def search(self, text: str) -> "BillJobResultQuerySet":
        """What was done for the accounts, deleted ones too, that the text finds."""
        return self.filter(account__in=Account.everyone.all().search(text).values("pk"))


class BillJobResult(models.Model):
    """What a job did for one account: one row each, with the reason where it failed.

    `bills` were written, anew or with their next revision; beside them the account may have others that
    stayed as they were, that are locked, or that would have been empty. The outcome is the weightiest of
    these. `earlier_unbilled` is true if the account has due periods before the ones that were billed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(BillJob, models.CASCADE, related_name="results")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    bills = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped_locked = models.PositiveIntegerField(default=0)
    suppressed_empty = models.PositiveIntegerField(default=0)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    earlier_unbilled = models.BooleanField(default=False)

    objects = BillJobResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="job_result_once", fields=["job", "account"]),
            models.CheckConstraint(
                name="job_failure_has_reason", condition=~Q(outcome="FAILED") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index("job", "outcome", "id", name="result_by_outcome")]

    def __str__(self) -> str:
        return f"{self.account}: {self.get_outcome_display()}"
