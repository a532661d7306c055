"""What lists of usage can be narrowed by."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django_filters as filters
from django.db.models import QuerySet

from billing.usage.models import EventKind, IngestEvent, Measurement, Upload
from m3console.core.forms import DateInput
from m3console.core.lists.filters import ListFilter
from plans.filters import belongs, every
from plans.models import Meter

OPEN = [("open", "Open"), ("actioned", "Actioned")]


class MeasurementFilter(ListFilter):
    """One account's measurements: meter, and billing days, the last one included."""

    offered = {"meter": every(Meter)}
    meter = belongs("meter_id", label="Meter")
    day_from = filters.DateFilter(label="From", method="from_day", widget=DateInput())
    day_to = filters.DateFilter(label="To, included", method="to_day", widget=DateInput())

    class Meta:
        model = Measurement
        fields: list[str] = []

    def from_day(self, rows: QuerySet[Measurement], name: str, value: date) -> QuerySet[Measurement]:
        return rows.filter(ts__gte=self._begin(value))

    def to_day(self, rows: QuerySet[Measurement], name: str, value: date) -> QuerySet[Measurement]:
        # The last day that there is has no next one, and no measurement.
        return rows.filter(ts__lt=self._begin(value + timedelta(days=1))) if value < date.max else rows

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.request.organization.timezone))


class UploadFilter(ListFilter):
    state = filters.ChoiceFilter(label="State", choices=Upload.State.choices)
    kind = filters.ChoiceFilter(label="Kind", choices=Upload.Kind.choices)

    class Meta:
        model = Upload
        fields: list[str] = []


class EventFilter(ListFilter):
    kind = filters.ChoiceFilter(label="Kind", choices=EventKind.choices)
    state = filters.ChoiceFilter(label="State", choices=OPEN, method="in_state")

    class Meta:
        model = IngestEvent
        fields: list[str] = []

    def in_state(self, rows: QuerySet[IngestEvent], name: str, value: str) -> QuerySet[IngestEvent]:
        return rows.filter(actioned_at__isnull=value == "open")
