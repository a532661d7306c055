"""Pages of compound aggregations."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.forms import posted
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from m3console.core.templatetags.console import spelled
from plans import services
from plans.filters import CompoundFilter
from plans.forms.compounds import CompoundAggregationForm
from plans.models import CompoundAggregation, Pricing, Product
from plans.services.compounds import compound_blockers
from plans.services.rows import blockers_above
from plans.views.columns import BY_NAME, HIDE, MONO
from plans.views.derived_fields import calculation_page
from plans.views.pages import KINDS, chosen, delete_page, entity_context, find, form_words, history, today
from plans.views.panels import scope
from plans.views.pricing_rows import shown_pricings
from plans.views.where_used import used_compound

SHOWN = 200
TEMPLATE = "plans/compound_aggregation_form.html"


class CompoundTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:compound_aggregation_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    product = tables.Column(default="Global", attrs=HIDE)
    calculation = tables.Column(
        attrs={"td": {"class": "mono hide-md text-break"}, "th": {"class": "hide-md"}}
    )
    unit = tables.Column(attrs=HIDE)

    class Meta(Table.Meta):
        sequence = ("name", "code", "product", "calculation", "unit")


def compounds() -> QuerySet[CompoundAggregation]:
    return CompoundAggregation.objects.select_related("product", "organization")


COMPOUNDS = ListRows(
    "plans:compound_aggregation_list",
    "compound aggregation",
    lambda request: compounds().filter(organization=request.organization),
    BY_NAME,
    "name",
    CompoundFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def compound_aggregation_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Compound aggregations",
        **COMPOUNDS.shown(request),
        table=CompoundTable,
        create=("Create compound aggregation", "plans:compound_aggregation_create"),
        empty="A compound aggregation calculates a quantity to price from those of several aggregations.",
    )


def compound_aggregation_create(request: Request) -> HttpResponse:
    product = chosen(request, Product.objects.all(), "product")
    form = CompoundAggregationForm(
        posted(request), organization=request.organization, initial={"product": product}
    )
    return _form_page(request, form, None)


def compound_aggregation_edit(request: Request, pk: UUID) -> HttpResponse:
    compound = find(request, compounds(), pk)
    form = CompoundAggregationForm(posted(request), organization=request.organization, entity=compound)
    return _form_page(request, form, compound)


def _form_page(
    request: Request, form: CompoundAggregationForm, compound: CompoundAggregation | None
) -> HttpResponse:
    def act() -> HttpResponse:
        if compound:
            saved = services.update_compound_aggregation(compound, **form.cleaned_data)
        else:
            saved = services.create_compound_aggregation(
                organization=request.organization, **form.cleaned_data
            )
        done = "updated" if compound else "created"
        messages.success(request, f"Compound aggregation “{saved}” {done}.")
        return redirect("plans:compound_aggregation_detail", pk=saved.pk)

    context = form_words(KINDS[CompoundAggregation], compound)
    return calculation_page(request, form, act, trial=form.trial, template=TEMPLATE, context=context)


@require_safe
def compound_aggregation_detail(request: Request, pk: UUID) -> HttpResponse:
    """What it calculates, over which aggregations, and where it is priced."""
    compound = find(request, compounds(), pk)
    pricings = Pricing.objects.filter(compound_aggregation=compound).select_related(
        "compound_aggregation", "plan__plan_template", "plan_template"
    )
    found = list(pricings.order_by("-start_date", "-id")[: SHOWN + 1])
    context = entity_context(request, compound, tab="details")
    context |= {
        "details": _details(compound, context["edit_url"]),
        "inputs": compound.inputs.select_related("aggregation__meter").order_by("aggregation__code"),
        "used": used_compound(compound),
        "pricings": shown_pricings(found[:SHOWN], today(request)),
        "all_url": f"{reverse('plans:pricing_list')}?compound={pk}" if len(found) > SHOWN else "",
    }
    return page(request, "plans/compound_aggregation_detail.html", context)


def _details(compound: CompoundAggregation, edit_url: str) -> dict[str, Any]:
    evaluates = compound.evaluate_null_aggregations
    rows: list[tuple[str, Any]] = [
        ("Product", scope(compound.product)),
        ("Null aggregations", "evaluated" if evaluates else "no value, no line"),
        ("Quantity per unit", spelled(compound.quantity_per_unit)),
        ("Rounding", compound.get_rounding_display()),
        ("Unit", compound.unit),
    ]
    return {
        "title": "Compound aggregation details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value} for label, value in rows],
    }


def compound_aggregation_delete(request: Request, pk: UUID) -> HttpResponse:
    compound = find(request, compounds(), pk)
    return delete_page(
        request,
        compound,
        delete=lambda: services.delete_compound_aggregation(compound),
        blockers=lambda: [*compound_blockers(compound), *blockers_above(compound)],
        effects=["No plan or template prices this compound aggregation. Its history stays."],
    )


@require_safe
def compound_aggregation_history(request: Request, pk: UUID) -> HttpResponse:
    return history(request, find(request, CompoundAggregation.objects.all(), pk))
