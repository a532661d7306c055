"""Ingest events: measurements that were refused or came twice with other content."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate

from billing.usage.models.uploads import Upload
from m3console.core import clock
from m3console.core.ids import uuid7


class EventKind(models.TextChoices):
    """Why a row is here; `reason` says it in a sentence."""

    UNKNOWN_METER = "UNKNOWN_METER", "Unknown meter"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT", "Unknown account"
    UNKNOWN_FIELD = "UNKNOWN_FIELD", "Unknown field"
    INVALID_VALUE = "INVALID_VALUE", "Invalid value"
    INVALID_TIMESTAMP = "INVALID_TIMESTAMP", "Invalid timestamp"
    MISSING_FIELD = "MISSING_FIELD", "Missing field"
    MALFORMED_ROW = "MALFORMED_ROW", "Malformed row"
    DUPLICATE_UID = "DUPLICATE_UID", "Same UID, other content"
    UNPRICED = "UNPRICED", "Cannot be priced"


class IngestEventQuerySet(models.QuerySet["IngestEvent"]):
    def open(self) -> "IngestEventQuerySet":
        return self.filter(actioned_at=None)

    def search(self, text: str) -> "IngestEventQuerySet":
        """The account's or the meter's code, as it was sent, begins with the text."""
        beyond = text + "\U0010ffff"
        keyed = self.alias(account_key=Collate("account_code", "C"), meter_key=Collate("meter_code", "C"))
        return keyed.filter(
            Q(account_key__gte=text, account_key__lt=beyond) | Q(meter_key__gte=text, meter_key__lt=beyond)
        )


class IngestEvent(models.Model):
    """A row that was not counted, with what was sent and why. `line` counts from 1 in its file."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    reason = models.TextField()
    line = models.PositiveBigIntegerField(null=True)
    meter_code = models.TextField(blank=True)
    account_code = models.TextField(blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)
    actioned_at = models.DateTimeField(null=True)
    actioned_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    objects = IngestEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("organization", "created_at", "id", name="event_by_time"),
            models.Index(
                fields=["organization", "created_at", "id"],
                condition=Q(actioned_at=None),
                name="event_open_by_time",
            ),
            models.Index("organization", Collate("account_code", "C"), name="event_by_account_code"),
            models.Index("organization", Collate("meter_code", "C"), name="event_by_meter_code"),
            models.Index("upload", "line", name="event_of_upload"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
