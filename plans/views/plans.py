"""Pages of plans."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.history.changes import Source
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.lists.selection import ListRows
from m3console.core.templatetags.console import amount, money
from plans import services
from plans.filters import PlanFilter
from plans.forms.plans import PlanForm
from plans.in_advance import standing_charge_in_advance
from plans.models import CounterPricing, Plan, PlanTemplate, Pricing
from plans.priced import with_priced
from plans.services.plans import plan_blockers
from plans.services.rows import blockers_above
from plans.views.attached import attached_figures
from plans.views.charged import charged_rows
from plans.views.columns import BY_NAME, HIDE, MONO, NUM, priced_tag
from plans.views.counter_pricing_rows import counter_pricings_context
from plans.views.minimums import minimum_rows
from plans.views.pages import chosen, delete_page, entity_context, find, history, save_page
from plans.views.panels import link
from plans.views.price_preview import conversion_notes
from plans.views.pricing_rows import pricings_context


class PlanTable(Table):
    name = tables.Column(linkify=lambda record: reverse("plans:plan_detail", pk=record.pk))
    code = tables.Column(attrs=MONO)
    product = tables.Column(
        accessor="plan_template__product",
        linkify=lambda record: reverse("plans:product_detail", pk=record.plan_template.product_id),
        attrs=HIDE,
    )
    plan_template = tables.Column(
        linkify=lambda record: reverse("plans:plan_template_detail", pk=record.plan_template_id),
        attrs=HIDE,
    )
    charge = tables.Column(verbose_name="Standing charge", attrs=NUM)
    minimum = tables.Column(verbose_name="Minimum spend", attrs=NUM, visible=False)
    priced = tables.Column(attrs=HIDE)

    class Meta(Table.Meta):
        sequence = ("name", "code", "product", "plan_template", "charge", "minimum", "priced")

    def render_charge(self, record: Plan) -> Any:
        return money(record.charge, record.plan_template.currency)

    def value_charge(self, record: Plan) -> str:
        return f"{record.charge:f} {record.plan_template.currency}"

    def render_minimum(self, record: Plan) -> Any:
        return money(record.minimum, record.plan_template.currency)

    def value_minimum(self, record: Plan) -> str:
        return f"{record.minimum:f} {record.plan_template.currency}"

    def render_priced(self, value: bool) -> Any:
        return priced_tag(value)

    def value_priced(self, value: bool) -> str:
        return "yes" if value else "no"


def plans() -> QuerySet[Plan]:
    return Plan.objects.select_related("plan_template__product")


PLANS = ListRows(
    "plans:plan_list",
    "plan",
    lambda request: with_priced(plans().filter(organization=request.organization)),
    BY_NAME,
    "name",
    PlanFilter,
    "Name, code or id",
)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Plans",
        **PLANS.shown(request),
        table=PlanTable,
        create=("Create plan", "plans:plan_create"),
        empty="A plan is a price list for accounts, made from a plan template of a product.",
    )


def plan_create(request: Request) -> HttpResponse:
    template = chosen(request, PlanTemplate.objects.all(), "plan_template")
    form = PlanForm(request.POST or None, organization=request.organization, template=template)
    return save_page(
        request,
        form,
        lambda: services.create_plan(organization=request.organization, **form.cleaned_data),
        model=Plan,
    )


def plan_edit(request: Request, pk: UUID) -> HttpResponse:
    plan = find(request, plans(), pk)
    form = PlanForm(request.POST or None, organization=request.organization, entity=plan)
    return save_page(
        request, form, lambda: services.update_plan(plan, **form.cleaned_data), model=Plan, entity=plan
    )


@require_safe
def plan_detail(request: Request, pk: UUID) -> HttpResponse:
    """The plan's pricings by aggregation, its template's among them, with what it inherits."""
    plan = find(request, plans(), pk)
    context = entity_context(request, plan, tab="details")
    shown = pricings_context(request, plan) | counter_pricings_context(request, plan)
    context |= {
        **shown,
        "all_url": f"{reverse('plans:pricing_list')}?plan={pk}" if shown["more"] else "",
        "create_url": reverse("plans:pricing_create", pk=pk) if context["edit_url"] else "",
        "create_counter_url": (reverse("plans:counter_pricing_create", pk=pk) if context["edit_url"] else ""),
        "all_counters_url": (
            f"{reverse('plans:counter_pricing_list')}?plan={pk}" if shown["more_counters"] else ""
        ),
        "currency": plan.plan_template.currency,
        "priced": bool(shown["has_prices"] or shown["counter_groups"] or plan.charge or plan.minimum),
        "details": _details(plan, context["edit_url"]),
        "attached": attached_figures(request, plan),
        "notes": list(conversion_notes(plan)),
    }
    return page(request, "plans/plan_detail.html", context)


def _details(plan: Plan, edit_url: str) -> dict[str, Any]:
    template = plan.plan_template
    inherited = amount(template.standing_charge, template.currency)
    own = plan.standing_charge is not None
    described = plan.standing_charge_description or template.standing_charge_description
    from_template = not plan.standing_charge_description and described
    rows: list[tuple[str, Any, str]] = [
        ("Product", link("plans:product_detail", template.product), ""),
        ("Plan template", link("plans:plan_template_detail", template), ""),
        ("Currency", template.currency, ""),
        ("Frequency", template.frequency_in_words, ""),
        (
            "Standing charge",
            money(plan.charge, template.currency),
            f"template has {inherited}" if own else f"inherited from template {template}",
        ),
        ("Charge description", described, f"inherited from template {template}" if from_template else ""),
        *charged_rows(standing_charge_in_advance(plan.organization, template, plan), template, "plan"),
        *minimum_rows(plan),
    ]
    return {
        "title": "Plan details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value, "hint": hint} for label, value, hint in rows],
    }


def plan_delete(request: Request, pk: UUID) -> HttpResponse:
    plan = find(request, plans(), pk)
    count = Pricing.objects.filter(plan=plan).count() + CounterPricing.objects.filter(plan=plan).count()
    return delete_page(
        request,
        plan,
        delete=lambda: services.delete_plan(plan),
        blockers=lambda: [*plan_blockers(plan), *blockers_above(plan)],
        effects=[f"Its own pricings ({count}) will be deleted too. Its history stays."],
    )


@require_safe
def plan_history(request: Request, pk: UUID) -> HttpResponse:
    plan = find(request, plans(), pk)
    return history(
        request, plan, related=[Source(each, {"plan_id": plan.pk}) for each in (Pricing, CounterPricing)]
    )
