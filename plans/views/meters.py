"""Pages of meters."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core import permissions
from m3console.core.history.changes import Source
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from m3console.core.rows import sent
from plans import services
from plans.filters import MeterFilter
from plans.forms.meters import MeterForm
from plans.models import Aggregation, DataField, Meter, Product
from plans.services.data_fields import MOST_FIELDS
from plans.services.meters import meter_blockers
from plans.services.rows import blockers_above
from plans.views.columns import BY_NAME, HIDE, MONO
from plans.views.pages import chosen, delete_page, entity_context, find, history, save_page
from plans.views.panels import panel, scope
from plans.views.where_used import used_meter


class MeterTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:meter_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    product = tables.Column(default="Global")
    fields = tables.Column(
        verbose_name="Data fields",
        empty_values=(),
        attrs=HIDE,
    )

    class Meta(Table.Meta):
        sequence = ("name", "code", "product", "fields")

    def render_fields(self, record: Meter) -> str:
        return ", ".join(field.code for field in record.data_fields.all())


def meters() -> QuerySet[Meter]:
    return Meter.objects.select_related("product").prefetch_related("data_fields")


METERS = ListRows(
    "plans:meter_list",
    "meter",
    lambda request: meters().filter(organization=request.organization),
    BY_NAME,
    "name",
    MeterFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def meter_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Meters",
        **METERS.shown(request),
        table=MeterTable,
        create=("Create meter", "plans:meter_create"),
        empty="A meter says what a measurement of usage carries: numbers, and text to tell them apart by.",
    )


def meter_create(request: Request) -> HttpResponse:
    product = chosen(request, Product.objects.all(), "product")
    form = MeterForm(**sent(request), organization=request.organization, initial={"product": product})
    return save_page(
        request,
        form,
        lambda: services.create_meter(
            organization=request.organization, **form.cleaned_data, data_fields=form.row_values
        ),
        model=Meter,
        template="plans/meter_form.html",
    )


def meter_edit(request: Request, pk: UUID) -> HttpResponse:
    meter = find(request, meters(), pk)
    form = MeterForm(**sent(request), organization=request.organization, entity=meter)
    return save_page(
        request,
        form,
        lambda: services.update_meter(meter, **form.cleaned_data, data_fields=form.row_values),
        model=Meter,
        entity=meter,
        template="plans/meter_form.html",
    )


@require_safe
def meter_detail(request: Request, pk: UUID) -> HttpResponse:
    """The meter with its data fields and the aggregations over it."""
    meter = find(request, meters(), pk)
    rows = Aggregation.objects.filter(meter=meter).select_related("target_field")
    aggregations = panel(
        request, rows, key="aggregation", title="Aggregations",
        text=lambda row: row.in_words, owner=("meter", meter),
        empty="No aggregation yet: it says how measurements become a quantity to price.",
    )  # fmt: skip
    context: dict[str, Any] = entity_context(request, meter, tab="details")
    details = {
        "title": "Meter details",
        "edit_url": context["edit_url"],
        "rows": [{"label": "Product", "value": scope(meter.product)}],
    }
    context |= {"details": details, "panel": aggregations, "fields": meter.measured_fields}
    context |= {"derived": meter.derived_fields, "derived_create_url": _url(request, meter)}
    context["used"] = used_meter(meter)
    return page(request, "plans/meter_detail.html", context)


def _url(request: Request, meter: Meter) -> str:
    """The page that gives the meter another derived field, if there is room and the person may."""
    name = "plans:derived_field_create"
    full = len(meter.derived_fields) >= MOST_FIELDS
    allowed = permissions.allows(request.membership.role, name) and not full
    return reverse(name, pk=meter.pk) if allowed else ""


def meter_delete(request: Request, pk: UUID) -> HttpResponse:
    meter = find(request, meters(), pk)
    count = len(meter.data_fields.all())
    return delete_page(
        request,
        meter,
        delete=lambda: services.delete_meter(meter),
        blockers=lambda: [*meter_blockers(meter), *blockers_above(meter)],
        effects=[f"Its {count} field{'s' if count != 1 else ''} will be deleted too. Its history stays."],
    )


@require_safe
def meter_history(request: Request, pk: UUID) -> HttpResponse:
    meter = find(request, Meter.objects.all(), pk)
    return history(request, meter, related=[Source(DataField, {"meter_id": meter.pk})])
