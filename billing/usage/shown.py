"""Measurements in words: what lists of them show beside the columns of the table."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from billing.usage.models import IngestBatch, Measurement, Upload
from m3console.core.templatetags.console import spelled
from plans.models import DataField, Meter


class Shown:
    """What measurements of one page refer to, loaded at once: meters with their fields, and uploads."""

    def __init__(self, measurements: Iterable[Measurement]) -> None:
        rows = list(measurements)
        meters = Meter.objects.filter(pk__in={row.meter_id for row in rows})
        self.meters: dict[UUID, Meter] = {meter.pk: meter for meter in meters.prefetch_related("data_fields")}
        batches = IngestBatch.objects.filter(pk__in={row.batch_id for row in rows}).select_related("upload")
        self._uploads: dict[UUID, Upload | None] = {batch.pk: batch.upload for batch in batches}

    def upload(self, row: Measurement) -> Upload | None:
        return self._uploads.get(row.batch_id)

    def values(self, row: Measurement) -> str:
        """The values in the order of the meter's fields: `gb 750 GB, region eu`."""
        meter = self.meters.get(row.meter_id)
        fields = meter.data_fields.all() if meter else []
        return ", ".join(text for field in fields if (text := _value(row, field)))


def _value(row: Measurement, field: DataField) -> str:
    values: list[Any] = row.vals if field.numeric else row.dims
    value = values[field.position] if field.position < len(values) else None
    if value is None:
        return ""
    return f"{field.code} {spelled(value)} {field.unit}" if field.numeric else f"{field.code} {value}"
