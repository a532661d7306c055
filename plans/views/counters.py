"""Pages of counters."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from plans import services
from plans.filters import CounterFilter
from plans.forms.counters import CounterForm
from plans.models import Counter, CounterPricing, Product
from plans.services.counters import counter_blockers
from plans.services.rows import blockers_above
from plans.views.columns import BY_NAME, HIDE, MONO
from plans.views.counter_pricing_rows import shown_counter_pricings
from plans.views.pages import chosen, delete_page, entity_context, find, history, save_page, today
from plans.views.panels import scope
from plans.views.where_used import used_counter

SHOWN = 200


class CounterTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:counter_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    product = tables.Column(default="Global", attrs=HIDE)
    unit = tables.Column()

    class Meta(Table.Meta):
        sequence = ("name", "code", "product", "unit")


def counters() -> QuerySet[Counter]:
    return Counter.objects.select_related("product")


COUNTERS = ListRows(
    "plans:counter_list",
    "counter",
    lambda request: counters().filter(organization=request.organization),
    BY_NAME,
    "name",
    CounterFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def counter_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Counters",
        **COUNTERS.shown(request),
        table=CounterTable,
        create=("Create counter", "plans:counter_create"),
        empty="A counter holds a number that stays until it is changed, such as seats, and is billed by it.",
    )


def counter_create(request: Request) -> HttpResponse:
    product = chosen(request, Product.objects.all(), "product")
    form = CounterForm(request.POST or None, organization=request.organization, initial={"product": product})
    return save_page(
        request,
        form,
        lambda: services.create_counter(organization=request.organization, **form.cleaned_data),
        model=Counter,
    )


def counter_edit(request: Request, pk: UUID) -> HttpResponse:
    counter = find(request, counters(), pk)
    form = CounterForm(request.POST or None, organization=request.organization, entity=counter)
    return save_page(
        request,
        form,
        lambda: services.update_counter(counter, **form.cleaned_data),
        model=Counter,
        entity=counter,
    )


@require_safe
def counter_detail(request: Request, pk: UUID) -> HttpResponse:
    """What one is called, where it is priced, and how many accounts have a level of it."""
    counter = find(request, counters(), pk)
    pricings = CounterPricing.objects.filter(counter=counter).select_related(
        "counter", "plan__plan_template", "plan_template"
    )
    found = list(pricings.order_by("-start_date", "-id")[: SHOWN + 1])
    context = entity_context(request, counter, tab="details")
    context |= {
        "details": _details(counter, context["edit_url"]),
        "used": used_counter(counter),
        "pricings": shown_counter_pricings(found[:SHOWN], today(request)),
        "all_url": f"{reverse('plans:counter_pricing_list')}?counter={pk}" if len(found) > SHOWN else "",
    }
    return page(request, "plans/counter_detail.html", context)


def _details(counter: Counter, edit_url: str) -> dict[str, Any]:
    rows: list[tuple[str, Any]] = [("Product", scope(counter.product)), ("Unit", counter.unit)]
    return {
        "title": "Counter details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value} for label, value in rows],
    }


def counter_delete(request: Request, pk: UUID) -> HttpResponse:
    counter = find(request, counters(), pk)
    return delete_page(
        request,
        counter,
        delete=lambda: services.delete_counter(counter),
        blockers=lambda: [*counter_blockers(counter), *blockers_above(counter)],
        effects=["No plan prices this counter, and no account has a level of it. Its history stays."],
    )


@require_safe
def counter_history(request: Request, pk: UUID) -> HttpResponse:
    return history(request, find(request, Counter.objects.all(), pk))
