"""Columns of the lists of usage: measurements, uploads, ingest events."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html

from billing.usage.models import IngestEvent, Measurement, Upload
from billing.usage.shown import Shown
from billing.usage.uploads import interrupted
from m3console.core.links import reverse
from m3console.core.lists.listing import Table
from m3console.core.templatetags.console import instant, status

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
WIDE = {"td": {"class": "hide-md"}, "th": {"class": "hide-md"}}
WIDE_NUMBER = {"td": {"class": "num hide-md"}, "th": {"class": "num hide-md"}}
NAMED = {"td": {"class": "nowrap hide-md"}, "th": {"class": "hide-md"}}
CODE = {"td": {"class": "mono nowrap hide-md"}, "th": {"class": "hide-md"}}
FAR = {"td": {"class": "nowrap hide-xl"}, "th": {"class": "hide-xl"}}
FAR_CODE = {"td": {"class": "mono nowrap hide-xl"}, "th": {"class": "hide-xl"}}


class MeasurementTable(Table):
    """One account's measurements: when, of what, how much, and how they came."""

    name = tables.Column("Timestamp", accessor="ts", attrs={"td": {"class": "from-md"}})
    meter = tables.Column("Meter", accessor="meter_id", attrs=WIDE)
    values = tables.Column("Values", empty_values=())
    ets = tables.Column("End", default="", attrs=FAR)
    uid = tables.Column("Uid", attrs=FAR_CODE)
    upload = tables.Column("Came by", empty_values=(), attrs=NAMED)

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.shown = Shown(data.data)

    def render_name(self, value: Any) -> str:
        return instant(value)

    def value_name(self, value: Any) -> str:
        return str(value.isoformat())

    def render_meter(self, record: Measurement) -> str:
        meter = self.shown.meters.get(record.meter_id)
        return meter.code if meter else ""

    def render_values(self, record: Measurement) -> str:
        below = format_html('<span class="cell-sub">{}</span>', self.render_meter(record))
        return format_html("{}{}", self.shown.values(record), below)

    def value_values(self, record: Measurement) -> str:
        return self.shown.values(record)

    def render_ets(self, value: Any) -> str:
        return instant(value)

    def value_ets(self, value: Any) -> str:
        return str(value.isoformat()) if value else ""

    def render_upload(self, record: Measurement) -> str:
        upload = self.shown.upload(record)
        return format_html('<a href="{}">{}</a>', upload_url(upload), upload) if upload else ""

    def value_upload(self, record: Measurement) -> str:
        return str(self.shown.upload(record) or "")


class UploadTable(Table):
    """One row an upload: what was sent, by whom, and how its rows fared."""

    name = tables.Column("Upload", accessor="pk", attrs={"td": {"class": "nowrap"}})
    kind = tables.Column("Kind", attrs=WIDE)
    meter = tables.Column("Meter", accessor="meter__code", default="", attrs=CODE)
    created_at = tables.Column("Sent", attrs=WIDE)
    created_by = tables.Column("By", empty_values=(), attrs=WIDE)
    state = tables.Column("State")
    rows_read = tables.Column("Read", attrs=WIDE_NUMBER)
    accepted = tables.Column("Accepted", attrs=WIDE_NUMBER)
    duplicates = tables.Column("Duplicates", attrs=WIDE_NUMBER)
    rejected = tables.Column("Rejected", attrs=NUMBER)

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.interrupted = interrupted(data.data)

    def render_name(self, record: Upload) -> str:
        return format_html('<a class="row-name" href="{}">{}</a>', upload_url(record), record)

    def value_name(self, record: Upload) -> str:
        return str(record)

    def render_created_at(self, value: Any) -> str:
        return instant(value)

    def value_created_at(self, value: Any) -> str:
        return str(value.isoformat(timespec="seconds"))

    def render_created_by(self, record: Upload) -> str:
        return str(record.created_by or "command line")

    def render_state(self, record: Upload) -> str:
        return upload_status(record, interrupted=record.pk in self.interrupted)

    def value_state(self, record: Upload) -> str:
        return str(record.state)

    def render_rows_read(self, value: int) -> str:
        return f"{value:,}"

    render_accepted = render_duplicates = render_rejected = render_rows_read

    def value_rows_read(self, value: int) -> int:
        return value

    value_accepted = value_duplicates = value_rejected = value_rows_read


class EventTable(Table):
    """Ingest events: what was refused and why."""

    name = tables.Column("Kind", accessor="kind")
    reason = tables.Column("Reason")
    account_code = tables.Column("Account", attrs=CODE)
    meter_code = tables.Column("Meter", attrs=CODE)
    line = tables.Column("Line", default="", attrs=WIDE_NUMBER)
    created_at = tables.Column("Received", attrs=WIDE)
    actioned_at = tables.Column("State", empty_values=())

    def render_name(self, record: IngestEvent) -> str:
        url = reverse("usage:event_detail", pk=record.pk)
        return format_html('<a class="row-name" href="{}">{}</a>', url, record.get_kind_display())

    def value_name(self, record: IngestEvent) -> str:
        return record.kind

    def render_reason(self, record: IngestEvent) -> str:
        """Why; on phones whose usage it was and where in the file it stands are told below."""
        line = f"line {record.line:,}" if record.line else ""
        where = ", ".join(part for part in (record.account_code, line) if part)
        return format_html('{}<span class="cell-sub">{}</span>', record.reason, where)

    def value_reason(self, record: IngestEvent) -> str:
        return record.reason

    def render_created_at(self, value: Any) -> str:
        return instant(value)

    def value_created_at(self, value: Any) -> str:
        return str(value.isoformat(timespec="seconds"))

    def render_actioned_at(self, record: IngestEvent) -> str:
        return event_status(record)

    def value_actioned_at(self, record: IngestEvent) -> str:
        return "actioned" if record.actioned_at else "open"


class UploadEventTable(EventTable):
    """The ingest events of one upload, in the order of its file."""

    class Meta(Table.Meta):
        exclude = ("created_at",)
        sequence = ("line", "name", "...")


def upload_url(upload: Upload) -> str:
    return reverse("usage:upload_detail", pk=upload.pk)


def upload_status(upload: Upload, *, interrupted: bool) -> str:
    return status("FAILED", "Broken off") if interrupted else status(upload.state)


def event_status(event: IngestEvent) -> str:
    return status("COMPLETE", "Actioned") if event.actioned_at else status("PENDING", "Open")
