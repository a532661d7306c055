"""Pages of plan templates."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, Collate, Lower
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.history.changes import Source
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.keyset import SortKey
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from m3console.core.templatetags.console import money
from plans import services
from plans.filters import TemplateFilter
from plans.forms.plans import TemplateForm
from plans.in_advance import standing_charge_in_advance
from plans.models import CounterPricing, Plan, PlanTemplate, Pricing, Product
from plans.services.plans import template_blockers
from plans.services.rows import blockers_above
from plans.views.attached import attached_figures
from plans.views.charged import charged_rows
from plans.views.columns import HIDE, MONO, NUM
from plans.views.counter_pricing_rows import counter_pricings_context
from plans.views.minimums import minimum_rows
from plans.views.pages import chosen, delete_page, entity_context, find, history, save_page
from plans.views.panels import link, panel
from plans.views.price_preview import conversion_notes
from plans.views.pricing_rows import pricings_context

SORTS: dict[str, SortKey] = {"name": Collate(Lower("name"), "C"), "code": Coalesce(F("code"), Value(""))}


class TemplateTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:plan_template_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    product = tables.Column(
        linkify=lambda record: reverse("plans:product_detail", pk=record.product_id), attrs=HIDE
    )
    frequency = tables.Column(accessor="frequency_in_words", attrs=HIDE)
    standing_charge = tables.Column(attrs=NUM)
    minimum_spend = tables.Column(attrs=NUM, visible=False)

    class Meta(Table.Meta):
        sequence = ("name", "code", "product", "frequency", "standing_charge", "minimum_spend")

    def render_standing_charge(self, record: PlanTemplate) -> Any:
        return money(record.standing_charge, record.currency)

    def value_standing_charge(self, record: PlanTemplate) -> Any:
        return f"{record.standing_charge:f} {record.currency}"

    def render_minimum_spend(self, record: PlanTemplate) -> Any:
        return money(record.minimum_spend, record.currency)

    def value_minimum_spend(self, record: PlanTemplate) -> Any:
        return f"{record.minimum_spend:f} {record.currency}"


def templates() -> QuerySet[PlanTemplate]:
    return PlanTemplate.objects.select_related("product")


TEMPLATES = ListRows(
    "plans:plan_template_list",
    "plan template",
    lambda request: templates().filter(organization=request.organization),
    SORTS,
    "name",
    TemplateFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_template_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Plan templates",
        **TEMPLATES.shown(request),
        table=TemplateTable,
        create=("Create plan template", "plans:plan_template_create"),
        empty="A plan template holds what the plans of a product share: currency, frequency, prices.",
    )


def plan_template_create(request: Request) -> HttpResponse:
    product = chosen(request, Product.objects.all(), "product")
    form = TemplateForm(
        request.POST or None,
        organization=request.organization,
        initial={"product": product} if product else None,
    )
    return save_page(
        request,
        form,
        lambda: services.create_plan_template(organization=request.organization, **form.cleaned_data),
        model=PlanTemplate,
    )


def plan_template_edit(request: Request, pk: UUID) -> HttpResponse:
    template = find(request, templates(), pk)
    form = TemplateForm(request.POST or None, organization=request.organization, entity=template)
    return save_page(
        request,
        form,
        lambda: services.update_plan_template(template, **form.cleaned_data),
        model=PlanTemplate,
        entity=template,
    )


@require_safe
def plan_template_detail(request: Request, pk: UUID) -> HttpResponse:
    """The template's pricings, which its plans inherit, and its plans."""
    template = find(request, templates(), pk)
    context = entity_context(request, template, tab="details")
    shown = pricings_context(request, template) | counter_pricings_context(request, template)
    plans = panel(
        request, Plan.objects.filter(plan_template=template), key="plan",
        title="Plans", text=lambda row: "", owner=("plan_template", template),
        empty="No plan yet. A plan takes over what the template says and may replace it.",
    )  # fmt: skip
    context |= {
        **shown,
        "all_url": f"{reverse('plans:pricing_list')}?plan_template={pk}" if shown["more"] else "",
        "create_url": reverse("plans:plan_template_pricing_create", pk=pk) if context["edit_url"] else "",
        "create_counter_url": (
            reverse("plans:plan_template_counter_pricing_create", pk=pk) if context["edit_url"] else ""
        ),
        "all_counters_url": (
            f"{reverse('plans:counter_pricing_list')}?plan_template={pk}" if shown["more_counters"] else ""
        ),
        "priced": bool(
            shown["has_prices"]
            or shown["counter_groups"]
            or template.standing_charge
            or template.minimum_spend
        ),
        "attached": attached_figures(request, template),
        "notes": list(conversion_notes(template)),
        "panel": plans,
        "currency": template.currency,
        "details": _details(template, context["edit_url"]),
    }
    return page(request, "plans/template_detail.html", context)


def _details(template: PlanTemplate, edit_url: str) -> dict[str, Any]:
    rows: list[tuple[str, Any, str]] = [
        ("Product", link("plans:product_detail", template.product), ""),
        ("Currency", template.currency, ""),
        ("Frequency", template.frequency_in_words, ""),
        (
            "Standing charge",
            money(template.standing_charge, template.currency),
            template.standing_charge_description,
        ),
        *charged_rows(standing_charge_in_advance(template.organization, template), template),
        *minimum_rows(template),
    ]
    return {
        "title": "Plan template details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value, "hint": hint} for label, value, hint in rows],
    }


def plan_template_delete(request: Request, pk: UUID) -> HttpResponse:
    template = find(request, templates(), pk)
    own = {"plan_template": template}
    count = Pricing.objects.filter(**own).count() + CounterPricing.objects.filter(**own).count()
    return delete_page(
        request,
        template,
        delete=lambda: services.delete_plan_template(template),
        blockers=lambda: [*template_blockers(template), *blockers_above(template)],
        effects=[f"Its pricings ({count}) will be deleted too. Its history stays."],
    )


@require_safe
def plan_template_history(request: Request, pk: UUID) -> HttpResponse:
    template = find(request, PlanTemplate.objects.all(), pk)
    own = {"plan_template_id": template.pk}
    return history(request, template, related=[Source(each, own) for each in (Pricing, CounterPricing)])
