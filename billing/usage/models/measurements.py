"""Measurements: usage as it was sent, each counted at most once.

`usage_measurement` is partitioned by month of the timestamp (see the first migration); a default
partition takes months that nobody attached ahead.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from billing.usage.models.uploads import Upload
from m3console.core import clock
from m3console.core.fields import ExactDecimal
from m3console.core.ids import uuid7


class UsageSequence(models.Model):
    """The last ingestion number of an organization.

    Taking the next one is the last act of an ingestion before it commits, and the row's lock holds
    until then: numbers commit in order, so "up to number N" names exactly one set of measurements.
    """

    organization = models.OneToOneField(
        "core.Organization", models.CASCADE, primary_key=True, related_name="+"
    )
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.organization}: {self.last}"


class IngestBatch(models.Model):
    """The measurements of one ingestion transaction; `number` orders the batches as they committed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="batches")
    number = models.BigIntegerField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="batch_number_once", fields=["organization", "number"])]

    def __str__(self) -> str:
        return f"{self.number}"


class Measurement(models.Model):
    """What one account used of one meter at one instant.

    `vals` and `dims` hold numbers and text by the fields' fixed positions in the meter, null where
    nothing was sent and cut after the last that was. Rows are only ever added. No foreign keys: loads
    of millions of rows check their references in bulk.
    """

    pk = models.CompositePrimaryKey("id", "ts")
    id = models.UUIDField()
    ts = models.DateTimeField()
    ets = models.DateTimeField(null=True)
    organization_id = models.UUIDField()
    account_id = models.UUIDField()
    meter_id = models.UUIDField()
    batch_id = models.UUIDField()
    uid = models.TextField()
    dims = ArrayField(models.TextField(null=True))
    vals = ArrayField(ExactDecimal(null=True))

    class Meta:
        db_table = "usage_measurement"


class UsageUid(models.Model):
    """A uid that an organization has stored, with a digest of what came under it (spec 3, at most once).

    `ts` is the measurement's: with the account it leads to the measurement.
    """

    pk = models.CompositePrimaryKey("organization_id", "uid")
    organization_id = models.UUIDField()
    uid = models.TextField()
    measurement_id = models.UUIDField()
    account_id = models.UUIDField()
    ts = models.DateTimeField()
    digest = models.BinaryField()

    class Meta:
        db_table = "usage_uid"
