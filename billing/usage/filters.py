"""What lists of usage can be narrowed by."""

import django_filters as filters
from django.db.models import QuerySet

from billing.usage.models import EventKind, IngestEvent, Measurement, Upload
from m3console.core.forms import DateInput
from plans.filters import CatalogueFilter, belongs
from plans.models import Meter

OPEN = [("open", "Open"), ("actioned", "Actioned")]


class MeasurementFilter(CatalogueFilter):
    """One account's measurements: meter, and days in UTC."""

    offered = {"meter": Meter}
    meter = belongs("meter_id", label="Meter")
    ts_from = filters.DateFilter("ts", "gte", label="From (UTC)", widget=DateInput())
    ts_before = filters.DateFilter("ts", "lt", label="Before (UTC)", widget=DateInput())

    class Meta:
        model = Measurement
        fields: list[str] = []


class UploadFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label="State", choices=Upload.State.choices)
    kind = filters.ChoiceFilter(label="Kind", choices=Upload.Kind.choices)

    class Meta:
        model = Upload
        fields: list[str] = []


class EventFilter(filters.FilterSet):  # type: ignore[misc]
    kind = filters.ChoiceFilter(label="Kind", choices=EventKind.choices)
    state = filters.ChoiceFilter(label="State", choices=OPEN, method="in_state")

    class Meta:
        model = IngestEvent
        fields: list[str] = []

    def in_state(self, rows: QuerySet[IngestEvent], name: str, value: str) -> QuerySet[IngestEvent]:
        return rows.filter(actioned_at__isnull=value == "open")
