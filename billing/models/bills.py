"""Bills, their revisions, and the lines of each revision."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, Q, Sum, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Collate, Right
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from accounts.models import Account
from billing.engine.types import LineType
from billing.models.jobs import BillJob
from m3console.core.audit import PersonalChanges, tracked
from m3console.core.entities import Entity
from m3console.core.fields import ExactDecimal, finite
from m3console.core.ids import uuid7
from m3console.core.searching.search import LAST, NOWHERE, LookIn, Searchable
from plans.models import BillFrequency


class BillStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"
    APPROVED = "APPROVED", "Approved"


REFERENCE = "INV-"


def reference_key() -> Collate:
    """What follows the hyphen of a bill's reference."""
    return Collate(Right(Cast("id", TextField()), 4), "C")


def _accounts_found(text: str) -> Q:
    return Q(account__in=Account.everyone.all().search(text).values("pk"))


def _reference_begins(text: str) -> Q:
    digits = text.upper().removeprefix(REFERENCE).lower()
    if not text.upper().startswith(REFERENCE) or not digits:
        return NOWHERE
    key = reference_key()
    return Q(GreaterThanOrEqual(key, Value(digits))) & Q(LessThan(key, Value(digits + LAST)))


class BillQuerySet(Searchable["Bill"]):
    """Bills are found by their reference and by their accounts, deleted ones too."""

    look = LookIn(
        F("account__search_text"), narrow=_accounts_found, also=_reference_begins, ids=("pk", "account_id")
    )

    def with_deletion(self) -> "BillQuerySet":
        """Each with `account_deleted_at`, when its account was deleted, if it was."""
        return self.annotate(account_deleted_at=F("account__deleted_at"))

    def of_deleted_accounts(self) -> "BillQuerySet":
        return self.filter(account__deleted_at__isnull=False)

    def latest_of(self, account: Account, number: int) -> "BillQuerySet":
        """The account's so many bills of the latest bill dates, latest first."""
        return self.filter(account=account).order_by("-bill_date", "-id")[:number]


PERSONAL = ("account_name", "account_email", "account_address")


@tracked(personal=PERSONAL)
class Bill(Entity):
    """What one account owes on one bill date, in one currency (spec 3, Bills and bill jobs).

    The key is account, bill date, frequency, interval and grouping key; a consolidated bill has no frequency,
    and interval 1. The period is [start_date, end_date). Lines belong to revisions; `revision` is the number
    of the current one, whose total and watermark the bill repeats. The account's name, code and address are
    those at rating.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="bills", db_index=False)
    account_code = models.CharField(max_length=80)
    account_name = models.CharField(max_length=200)
    account_email = models.CharField(max_length=254)
    account_address = models.TextField(blank=True)
    bill_date = models.DateField()
    frequency = models.CharField(max_length=8, choices=BillFrequency.choices, blank=True)
    frequency_interval = models.PositiveSmallIntegerField()
    grouping_key = models.CharField(max_length=80, blank=True)
    start_date = models.DateField()
    end_date = models.DateField()
    due_date = models.DateField()
    external_invoice_date = models.DateField()
    currency = models.CharField(max_length=80)
    total = ExactDecimal()
    status = models.CharField(max_length=8, choices=BillStatus.choices, default=BillStatus.PENDING)
    locked_at = models.DateTimeField(null=True)
    purchase_order_number = models.CharField(max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    watermark = models.BigIntegerField()
    job = models.ForeignKey(BillJob, models.PROTECT, null=True, related_name="bills", db_index=False)
    personal_changed = ArrayField(TextField(), default=list, editable=False)

    objects = BillQuerySet.as_manager()

    class Meta:
        triggers = [PersonalChanges(name="personal_changed", personal=list(PERSONAL))]
        constraints = [
            models.UniqueConstraint(
                name="bill_once_per_key",
                fields=["account", "bill_date", "frequency", "frequency_interval", "grouping_key"],
            ),
            models.CheckConstraint(
                name="bill_period_runs_forward", condition=Q(end_date__gt=F("start_date"))
            ),
            models.CheckConstraint(name="bill_total_finite", condition=finite("total")),
            models.CheckConstraint(name="bill_status_known", condition=Q(status__in=BillStatus.values)),
            models.CheckConstraint(
                name="bill_locked_only_approved", condition=Q(locked_at=None) | Q(status="APPROVED")
            ),
        ]
        indexes = [
            models.Index("organization", "bill_date", "id", name="bill_by_date"),
            models.Index("account", "bill_date", "id", name="bill_of_account"),
            models.Index("job", "id", name="bill_of_job"),
            models.Index("organization", reference_key(), "id", name="bill_by_reference"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def frequency_in_words(self) -> str:
        """As in “Monthly”, “Monthly, every 3”; a consolidated bill has no frequency of its own."""
        if not self.frequency:
            return "Consolidated"
        label = BillFrequency(self.frequency).label
        return label if self.frequency_interval == 1 else f"{label}, every {self.frequency_interval}"

    @property
    def reference(self) -> str:
        """What people call the bill until it has an invoice number."""
        return f"{REFERENCE}{str(self.pk)[-4:]}"

    @property
    def state(self) -> str:
        """The status pill: LOCKED means approved and locked."""
        return "LOCKED" if self.locked_at else self.status


class BillRevision(models.Model):
    """One rating of a bill; rating again with another result adds the next one. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+", db_index=False)
    bill = models.ForeignKey(Bill, models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    total = ExactDecimal()
    content_hash = models.CharField(max_length=64)
    watermark = models.BigIntegerField()
    job = models.ForeignKey(BillJob, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="revision_once", fields=["bill", "number"]),
            models.CheckConstraint(name="revision_total_finite", condition=finite("total")),
        ]

    def __str__(self) -> str:
        return f"Revision {self.number}"


class BillLineQuerySet(models.QuerySet["BillLine"]):
    def billed_usage(self, bills: Iterable[Bill]) -> Iterable[Mapping[str, Any]]:
        """What the usage lines of the bills' current revisions come to, in units, by bill and aggregation.

        `name` is the aggregation's as it was rated. Another unit is told apart: it is not added up.
        """
        current = Q(revision__number=F("revision__bill__revision"))
        lines = self.filter(current, revision__bill__in=[bill.pk for bill in bills], type=LineType.USAGE)
        by = lines.order_by().values("aggregation_id", "unit", bill_id=F("revision__bill_id"))
        return by.annotate(billed=Sum("units"), name=Max(KT("labels__aggregation__name")))


class BillLine(models.Model):
    """One line of a revision: [service_start, service_end), one rounding, its working beside it.

    Only ever added. References are ids without foreign keys (30,000 lines of a run are copied at
    once); `labels` keeps the codes and names that they had, so a bill reads the same for ever. Of a counter's
    line, `pricing_id` is that of the counter pricing. `in_advance` marks a charge for days on or after the
    bill date, and the giving back of such days.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization_id = models.UUIDField()
    revision = models.ForeignKey(BillRevision, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    type = models.CharField(max_length=30)
    description = models.CharField(max_length=500)
    account_id = models.UUIDField()
    account_plan_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    accounting_product_id = models.UUIDField(null=True)
    plan_id = models.UUIDField(null=True)
    pricing_id = models.UUIDField(null=True)
    aggregation_id = models.UUIDField(null=True)
    meter_id = models.UUIDField(null=True)
    counter_id = models.UUIDField(null=True)
    labels = models.JSONField()
    segment = models.JSONField(null=True)
    service_start = models.DateField()
    service_end = models.DateField()
    quantity = ExactDecimal(null=True)
    units = ExactDecimal(null=True)
    unit = models.CharField(max_length=50, blank=True)
    average_unit_price = ExactDecimal(null=True)
    subtotal = ExactDecimal()
    currency = models.CharField(max_length=80)
    conversion_rate = ExactDecimal()
    converted_subtotal = ExactDecimal()
    bands = models.JSONField(default=list)
    explanation = models.JSONField()
    in_advance = models.BooleanField(default=False)

    objects = BillLineQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="line_position_once", fields=["revision", "position"]),
            models.CheckConstraint(
                name="line_numbers_finite",
                condition=finite("quantity", "units", "subtotal", "conversion_rate", "converted_subtotal"),
            ),
        ]
        indexes = [
            models.Index("account_plan_id", name="line_of_attachment"),
            models.Index("pricing_id", name="line_of_pricing"),
            models.Index("plan_id", name="line_of_plan"),
            models.Index("account_plan_id", name="line_in_advance", condition=Q(in_advance=True)),
        ]

    def __str__(self) -> str:
        return self.description
