"""Uploads: a file, a command or a dialog that brought measurements, and how it went."""

from django.db import models
from django.db.models import F, Q

from m3console.core import clock
from m3console.core.ids import uuid7
from m3console.core.searching.search import LookIn, Searchable
from plans.models import Meter


class UploadQuerySet(Searchable["Upload"]):
    look = LookIn.fields("file_name")


class Upload(models.Model):
    """One load of usage. When it is complete, rows_read = accepted + duplicates + rejected.

    The rejected rows are its ingest events, each with its line number and reason.
    """

    class Kind(models.TextChoices):
        CSV = "CSV", "CSV"
        JSON_LINES = "JSON_LINES", "JSON Lines"
        FOCUS = "FOCUS", "FOCUS"
        DIALOG = "DIALOG", "Submit usage"

    class State(models.TextChoices):
        RUNNING = "RUNNING", "Running"
        COMPLETE = "COMPLETE", "Complete"
        FAILED = "FAILED", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    source = models.CharField(max_length=10, default="console")
    file_name = models.CharField(max_length=255, blank=True)
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    rows_read = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    message = models.TextField(blank=True)
    columns = models.JSONField(default=list)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="upload_adds_up",
                condition=~Q(state="COMPLETE") | Q(rows_read=F("accepted") + F("duplicates") + F("rejected")),
            ),
        ]
        indexes = [models.Index("organization", "created_at", "id", name="upload_by_time")]

    def __str__(self) -> str:
        return self.file_name or self.get_kind_display()
