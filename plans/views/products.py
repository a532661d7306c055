"""Pages of products."""

from functools import partial
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.filters import ListFilter
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from plans import services
from plans.forms.products import ProductForm
from plans.models import Aggregation, CompoundAggregation, Counter, Meter, Plan, PlanTemplate, Product
from plans.services.products import product_blockers
from plans.services.rows import blockers_above
from plans.views.columns import BY_NAME, MONO
from plans.views.pages import delete_page, entity_context, find, history, save_page
from plans.views.panels import panel
from plans.views.where_used import used_product


class ProductTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:product_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    id = tables.Column(verbose_name="Id", attrs={"th": {"class": "hide-md"}, "td": {"class": "mono hide-md"}})

    class Meta(Table.Meta):
        sequence = ("name", "code", "id")


PRODUCTS = ListRows(
    "plans:product_list",
    "product",
    lambda request: Product.objects.filter(organization=request.organization),
    BY_NAME,
    "name",
    ListFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def product_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Products",
        **PRODUCTS.shown(request),
        table=ProductTable,
        create=("Create product", "plans:product_create"),
        empty="A product is what you sell. It holds meters, aggregations, counters, templates and plans.",
    )


def product_create(request: Request) -> HttpResponse:
    form = ProductForm(request.POST or None)
    return save_page(
        request,
        form,
        lambda: services.create_product(organization=request.organization, **form.cleaned_data),
        model=Product,
    )


def product_edit(request: Request, pk: UUID) -> HttpResponse:
    product = find(request, Product.objects.all(), pk)
    form = ProductForm(request.POST or None, entity=product)
    return save_page(
        request,
        form,
        lambda: services.update_product(product, **form.cleaned_data),
        model=Product,
        entity=product,
    )


@require_safe
def product_detail(request: Request, pk: UUID) -> HttpResponse:
    """The product with its meters, aggregations, compounds, counters, templates and plans."""
    product = find(request, Product.objects.all(), pk)
    context = entity_context(request, product, tab="details")
    context |= {"panels": _panels(request, product), "used": used_product(product)}
    return page(request, "plans/product_detail.html", context)


def _panels(request: Request, product: Product) -> list[dict[str, Any]]:
    meters = Meter.objects.filter(product=product).prefetch_related("data_fields")
    aggregations = Aggregation.objects.filter(product=product).select_related("target_field")
    compounds = CompoundAggregation.objects.filter(product=product)
    counters = Counter.objects.filter(product=product)
    templates = PlanTemplate.objects.filter(product=product)
    plans = Plan.objects.filter(plan_template__product=product).select_related("plan_template")
    shown = partial(panel, request, owner=("product", product))
    return [
        shown(
            meters, key="meter", title="Meters",
            text=lambda row: ", ".join(f.code for f in row.data_fields.all()),
            empty="No meter belongs to this product. Global meters can be priced too.",
        ),
        shown(
            aggregations, key="aggregation", title="Aggregations", text=lambda row: row.in_words,
            empty="No aggregation belongs to this product. Global ones can be priced too.",
        ),
        shown(
            compounds, key="compound_aggregation", title="Compound aggregations",
            text=lambda row: row.calculation,
            empty="None: it would calculate a quantity to price from those of aggregations.",
        ),
        shown(
            counters, key="counter", title="Counters", text=lambda row: f"in {row.unit}",
            empty="No counter belongs to this product. Global ones can be priced too.",
        ),
        shown(
            templates, key="plan_template", title="Plan templates", text=lambda row: row.in_words,
            empty="Plans are made from a template: create one first.",
        ),
        shown(
            plans, key="plan", title="Plans", empty="No plan yet.",
            text=lambda row: f"from {row.plan_template}",
        ),
    ]  # fmt: skip


def product_delete(request: Request, pk: UUID) -> HttpResponse:
    product = find(request, Product.objects.all(), pk)
    return delete_page(
        request,
        product,
        delete=lambda: services.delete_product(product),
        blockers=lambda: [*product_blockers(product), *blockers_above(product)],
        effects=["Nothing uses this product. Its history stays."],
    )


@require_safe
def product_history(request: Request, pk: UUID) -> HttpResponse:
    return history(request, find(request, Product.objects.all(), pk))
