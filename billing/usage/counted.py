"""Which measurements a line counted: the same rows that measure.py summed, to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import or_
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from billing.engine.segments import ANY, ranked
from billing.engine.types import Segment
from billing.usage.models import IngestBatch, Measurement
from m3console.core.models import Organization
from plans.models import Aggregation, DataField


@dataclass(frozen=True, slots=True)
class Counted:
    """One account's measurements of a meter from `start` until before `end`, up to an ingestion number."""

    organization: Organization
    account_id: UUID
    meter_id: UUID
    start: date
    end: date
    watermark: int

    def rows(self) -> QuerySet[Measurement]:
        later = IngestBatch.objects.filter(organization=self.organization, number__gt=self.watermark)
        return Measurement.objects.filter(
            organization_id=self.organization.pk,
            account_id=self.account_id,
            meter_id=self.meter_id,
            ts__gte=self._midnight(self.start),
            ts__lt=self._midnight(self.end),
        ).exclude(batch_id__in=later.values("id"))

    def rows_of(self, aggregation: Aggregation, segment: Segment | None) -> QuerySet[Measurement]:
        """Those with a value of the aggregation's field that its segment takes (spec 7, Segments).

        Without a segment, of a segmented aggregation, those that any of its segments takes.
        """
        field = aggregation.target_field
        column = f"{'vals' if field.numeric else 'dims'}__{field.position}__isnull"
        rows = self.rows().filter(**{column: False})
        if segment is None and (not aggregation.segmented_fields or {} in aggregation.segments):
            return rows
        positions = dict(
            DataField.objects.filter(meter_id=self.meter_id, numeric=False).values_list("code", "position")
        )
        if segment is None:
            matching = [_matches(each, positions) for each in _segments(aggregation)]
            return rows.filter(reduce(or_, matching)) if matching else rows.none()
        return rows.filter(_taken(segment, _segments(aggregation), positions))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.organization.timezone)).astimezone(UTC)


def _segments(aggregation: Aggregation) -> list[Segment]:
    return [tuple(sorted(segment.items())) for segment in aggregation.segments]


def _taken(segment: Segment, segments: Sequence[Segment], positions: dict[str, int]) -> Q:
    """True of measurements that match the segment and none of those that are tried before it."""
    condition = _matches(segment, positions)
    for earlier in ranked(segments):
        if earlier == segment:
            break
        condition &= ~_matches(earlier, positions)
    return condition


def _matches(segment: Segment, positions: dict[str, int]) -> Q:
    condition = Q()
    for field, value in segment:
        column = f"dims__{positions[field]}"
        # Asking for "not null" too keeps the negation true, not null, where the dimension was not sent.
        condition &= Q(**{f"{column}__isnull": False})
        condition &= Q() if value == ANY else Q(**{column: value})
    return condition
