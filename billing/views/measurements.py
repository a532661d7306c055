"""The measurements that a line of a bill counted."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import F
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from billing.models import Bill, BillLine
from billing.usage.counted import Counted
from billing.usage.models import Measurement
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.templatetags.console import instant, spelled
from plans.models import Aggregation, DataField


class MeasurementTable(Table):
    """Measurements of one meter: when, what, under which uid."""

    name = tables.Column("Timestamp", accessor="ts")
    value = tables.Column(
        "Value counted", empty_values=(), attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    dimensions = tables.Column(
        "Dimensions", empty_values=(), attrs={"td": {"class": "hide-md"}, "th": {"class": "hide-md"}}
    )
    uid = tables.Column("Uid", attrs={"td": {"class": "mono hide-md"}, "th": {"class": "hide-md"}})

    target: DataField
    fields_by_position: dict[int, DataField]

    def render_name(self, value: Any) -> str:
        return instant(value)

    def value_name(self, value: Any) -> str:
        return str(value.isoformat())

    def render_value(self, record: Measurement) -> str:
        value = self._value(record)
        return f"{spelled(value)} {self.target.unit}" if self.target.numeric else str(value)

    def value_value(self, record: Measurement) -> Any:
        return self._value(record)

    def render_dimensions(self, record: Measurement) -> str:
        known = self.fields_by_position
        return ", ".join(
            f"{known[n].code} {text}" for n, text in enumerate(record.dims) if text and n in known
        )

    def _value(self, record: Measurement) -> Any:
        values = record.vals if self.target.numeric else record.dims
        return values[self.target.position]


@require_safe
def line_measurements(request: Request, pk: UUID, line: UUID) -> HttpResponse | StreamingHttpResponse:
    """What a usage line counted, row by row, up to the ingestion number at which the bill was rated."""
    bill = get_object_or_404(Bill, organization=request.organization, pk=pk)
    found = get_object_or_404(BillLine.objects.select_related("revision"), revision__bill=bill, pk=line)
    aggregation = _aggregation(found, request.GET.get("of", ""))
    segment = None if found.segment is None else tuple(sorted(found.segment.items()))
    counted = Counted(
        organization=request.organization,
        account_id=found.account_id,
        meter_id=aggregation.meter_id,
        start=found.service_start,
        end=found.service_end,
        watermark=found.revision.watermark,
    )
    return listing(
        request,
        title="Measurements",
        rows=counted.rows_of(aggregation, segment),
        table=_table(aggregation),
        sorts={"name": F("ts")},
        default="name",
        noun="measurement",
        empty="The line stands on a default value.",
        context={"bill": bill, "line": found, "crumbs": _crumbs(bill, found)},
        template="billing/line_measurements.html",
    )


def _aggregation(line: BillLine, code: str) -> Aggregation:
    """What the line counts; of a compound's line the aggregation of the code that went into it."""
    if line.aggregation_id is None:
        raise Http404("This line counts no measurements.")
    rows = Aggregation.objects.select_related("target_field")
    steps = line.explanation["steps"]
    inputs = {step["aggregation"]["code"] for step in steps if step["step"] == "input"}
    if code in inputs:
        return get_object_or_404(rows, organization=line.revision.bill.organization_id, code=code)
    return get_object_or_404(rows, pk=line.aggregation_id)


def _table(aggregation: Aggregation) -> type[MeasurementTable]:
    texts = DataField.objects.filter(meter_id=aggregation.meter_id, numeric=False)

    class OfMeter(MeasurementTable):
        target = aggregation.target_field
        fields_by_position = {field.position: field for field in texts}

    return OfMeter


def _crumbs(bill: Bill, line: BillLine) -> list[dict[str, str]]:
    return [
        {"label": "Bill management", "url": reverse("billing:bill_list")},
        {
            "label": f"Bill {bill.reference}",
            "url": f"{reverse('billing:bill_detail', pk=bill.pk)}?open={line.pk}",
        },
    ]
