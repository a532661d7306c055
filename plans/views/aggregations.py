"""Pages of aggregations."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from m3console.core.rows import sent
from m3console.core.templatetags.console import spelled
from plans import services
from plans.filters import AggregationFilter
from plans.forms.aggregations import AggregationForm
from plans.models import Aggregation, Meter, Pricing, Product
from plans.segments import segment_key, segment_text
from plans.services.aggregations import aggregation_blockers
from plans.services.rows import blockers_above
from plans.views.columns import BY_NAME, HIDE, MONO
from plans.views.pages import chosen, delete_page, entity_context, find, history, save_page, today
from plans.views.panels import link, scope
from plans.views.pricing_rows import shown_pricings
from plans.views.where_used import used_aggregation

SHOWN = 200


class AggregationTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:aggregation_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    product = tables.Column(default="Global", attrs=HIDE)
    meter = tables.Column(
        linkify=lambda record: reverse("plans:meter_detail", pk=record.meter_id), attrs=HIDE
    )
    counts = tables.Column(accessor="in_words", verbose_name="Counts", attrs=HIDE)
    unit = tables.Column(attrs=HIDE)

    class Meta(Table.Meta):
        sequence = ("name", "code", "product", "meter", "counts", "unit")


def aggregations() -> QuerySet[Aggregation]:
    return Aggregation.objects.select_related("product", "meter__product", "target_field")


AGGREGATIONS = ListRows(
    "plans:aggregation_list",
    "aggregation",
    lambda request: aggregations().filter(organization=request.organization),
    BY_NAME,
    "name",
    AggregationFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def aggregation_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Aggregations",
        **AGGREGATIONS.shown(request),
        table=AggregationTable,
        create=("Create aggregation", "plans:aggregation_create"),
        empty="An aggregation turns the measurements of a meter's field into units that a plan prices.",
    )


def aggregation_create(request: Request) -> HttpResponse:
    meter = chosen(request, Meter.objects.all(), "meter")
    product = chosen(request, Product.objects.all(), "product")
    form = AggregationForm(
        **sent(request), organization=request.organization, initial={"meter": meter, "product": product}
    )
    return save_page(
        request,
        form,
        lambda: services.create_aggregation(organization=request.organization, **_fields(form)),
        model=Aggregation,
        template="plans/aggregation_form.html",
    )


def aggregation_edit(request: Request, pk: UUID) -> HttpResponse:
    aggregation = find(request, aggregations(), pk)
    form = AggregationForm(**sent(request), organization=request.organization, entity=aggregation)
    return save_page(
        request,
        form,
        lambda: services.update_aggregation(aggregation, **_fields(form)),
        model=Aggregation,
        entity=aggregation,
        template="plans/aggregation_form.html",
    )


def _fields(form: AggregationForm) -> dict[str, Any]:
    fields = {name: value for name, value in form.cleaned_data.items() if name != "default_segment"}
    return fields if form.too_many else {**fields, "segments": form.segments}


@require_safe
def aggregation_detail(request: Request, pk: UUID) -> HttpResponse:
    """What the aggregation counts, its segments, and where it is priced."""
    aggregation = find(request, aggregations(), pk)
    pricings = Pricing.objects.filter(aggregation=aggregation).select_related(
        "aggregation", "compound_aggregation", "plan__plan_template", "plan_template"
    )
    found = list(pricings.order_by("-start_date", "-id")[: SHOWN + 1])
    context = entity_context(request, aggregation, tab="details")
    context |= {
        "details": _details(aggregation, context["edit_url"]),
        "segments": _segments(aggregation),
        "segment_count": len(aggregation.segments),
        "used": used_aggregation(aggregation),
        "pricings": shown_pricings(found[:SHOWN], today(request)),
        "all_url": f"{reverse('plans:pricing_list')}?aggregation={pk}" if len(found) > SHOWN else "",
    }
    return page(request, "plans/aggregation_detail.html", context)


def _segments(aggregation: Aggregation) -> list[dict[str, Any]]:
    """The first segments in their order, each with how many pricings it has."""
    shown = aggregation.segments[:SHOWN]
    keys = [segment_key(each) for each in shown]
    rows = Pricing.objects.filter(aggregation=aggregation, segment_key__in=keys)
    counts = dict(rows.values_list("segment_key").annotate(Count("pk")))
    return [
        {
            "values": segment_text(each, aggregation.segmented_fields),
            "is_default": not each,
            "pricings": counts.get(key, 0),
        }
        for each, key in zip(shown, keys, strict=True)
    ]


def _details(aggregation: Aggregation, edit_url: str) -> dict[str, Any]:
    default = aggregation.default_value
    rows: list[tuple[str, Any]] = [
        ("Product", scope(aggregation.product)),
        ("Meter", link("plans:meter_detail", aggregation.meter)),
        ("Target field", f"{aggregation.target_field} ({aggregation.target_field.code})"),
        ("Method", aggregation.get_method_display()),
        ("Quantity per unit", spelled(aggregation.quantity_per_unit)),
        ("Rounding", aggregation.get_rounding_display()),
        ("Unit", aggregation.unit),
        ("Default value", "none: without usage, no line" if default is None else spelled(default)),
        ("Segmented by", ", ".join(aggregation.segmented_fields)),
    ]
    return {
        "title": "Aggregation details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value} for label, value in rows],
    }


def aggregation_delete(request: Request, pk: UUID) -> HttpResponse:
    aggregation = find(request, aggregations(), pk)
    return delete_page(
        request,
        aggregation,
        delete=lambda: services.delete_aggregation(aggregation),
        blockers=lambda: [*aggregation_blockers(aggregation), *blockers_above(aggregation)],
        effects=["No plan or template prices this aggregation. Its history stays."],
    )


@require_safe
def aggregation_history(request: Request, pk: UUID) -> HttpResponse:
    return history(request, find(request, Aggregation.objects.all(), pk))
