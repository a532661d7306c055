"""Pages of pricings."""

import json
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.rows import WORDS, sent
from m3console.core.templatetags.console import day, period, period_text, status
from plans import services
from plans.filters import PricingFilter
from plans.forms.minimums import MINIMUM
from plans.forms.pricing import PricingForm
from plans.models import BillsAs, Plan, PlanTemplate, Pricing
from plans.pricing_types import SHAPES, type_of
from plans.segments import segment_text
from plans.services.rows import blockers_above
from plans.views.columns import HIDE
from plans.views.minimums import minimum_rows
from plans.views.pages import KINDS, delete_page, entity_context, find, history, save_page, today
from plans.views.panels import link
from plans.views.plans import plans
from plans.views.price_preview import lasting_notes, preview
from plans.views.templates import templates
from plans.wording import bands_of, price_text, sentences, status_of, type_of_pricing

CAPPED: dict[str, str] = {
    BillsAs.PRODUCT_CREDIT: "at most the other lines of the product",
    BillsAs.GLOBAL_CREDIT: "at most the other lines of the bill",
}
SAVED = ("start_date", "end_date", "description", "tiers_span_plan", *MINIMUM)


class PricingTable(Table):
    """On phones price and days stand below the aggregation."""

    aggregation = tables.Column(empty_values=())
    segment = tables.Column(default="", attrs=HIDE)
    owner = tables.Column(verbose_name="Plan or template", attrs=HIDE)
    type = tables.Column(empty_values=(), attrs=HIDE)
    price = tables.Column(empty_values=(), attrs=HIDE)
    start_date = tables.Column(verbose_name="Period", empty_values=(), attrs=HIDE)
    status = tables.Column(empty_values=())

    row_header = "aggregation"

    class Meta(Table.Meta):
        sequence = ("aggregation", "segment", "owner", "type", "price", "start_date", "status")

    def render_aggregation(self, record: Pricing) -> Any:
        segment = f", {self.render_segment(record)}" if record.segment is not None else ""
        return format_html(
            '<a href="{}">{}</a><span class="cell-sub">{}{}: {}, {}</span>',
            reverse("plans:pricing_detail", pk=record.pk), record.priced, record.owner, segment,
            self.render_price(record), self.value_start_date(record),
        )  # fmt: skip

    def value_aggregation(self, record: Pricing) -> str:
        return str(record.priced)

    def render_segment(self, record: Pricing) -> str:
        return segment_text(record.segment, record.priced.segmented_fields)

    def render_owner(self, record: Pricing) -> Any:
        return link(f"plans:{'plan' if record.plan_id else 'plan_template'}_detail", record.owner)

    def value_owner(self, record: Pricing) -> str:
        return str(record.owner)

    def render_type(self, record: Pricing) -> str:
        kind = type_of_pricing(record).label
        return kind if record.type == BillsAs.DEBIT else f"{kind}, {record.get_type_display().lower()}"

    def render_price(self, record: Pricing) -> str:
        return price_text(type_of_pricing(record), bands_of(record), record.priced.unit)

    def render_start_date(self, record: Pricing) -> Any:
        return period(record.start_date, record.end_date)

    def value_start_date(self, record: Pricing) -> str:
        return period_text(record.start_date, record.end_date)

    def render_status(self, record: Pricing) -> Any:
        return status(status_of(record, today(self.request)))

    def value_status(self, record: Pricing) -> str:
        return status_of(record, today(self.request))


def pricings() -> QuerySet[Pricing]:
    return Pricing.objects.select_related(
        "aggregation__meter", "compound_aggregation", "plan__plan_template", "plan_template"
    )


@require_safe
def pricing_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Pricings",
        rows=pricings().filter(organization=request.organization),
        table=PricingTable,
        sorts={"start_date": F("start_date")},
        default="-start_date",
        filters=PricingFilter,
        search="Aggregation, plan, template or id",
        noun="pricing",
        empty="Prices are set on the page of a plan or of a plan template.",
    )


def pricing_create(request: Request, pk: UUID) -> HttpResponse:
    return _create(request, find(request, plans(), pk))


def plan_template_pricing_create(request: Request, pk: UUID) -> HttpResponse:
    return _create(request, find(request, templates(), pk))


def _create(request: Request, owner: Plan | PlanTemplate) -> HttpResponse:
    form = PricingForm(**sent(request), owner=owner)

    def save() -> Pricing:
        return services.create_pricing(
            organization=request.organization,
            plan=owner if isinstance(owner, Plan) else None,
            plan_template=owner if isinstance(owner, PlanTemplate) else None,
            **form.priced,
            segment=_segment(form),
            **_fields(form),
        )

    return _editor(request, form, save, owner)


def pricing_edit(request: Request, pk: UUID) -> HttpResponse:
    pricing = find(request, pricings(), pk)
    form = PricingForm(**sent(request), owner=pricing.owner, entity=pricing)

    def save() -> Pricing:
        return services.update_pricing(pricing, version=form.cleaned_data["version"], **_fields(form))

    return _editor(request, form, save, pricing.owner)


def _editor(request: Request, form: PricingForm, save: Any, owner: Plan | PlanTemplate) -> HttpResponse:
    """The price editor; htmx asks it for the words alone while bands are typed."""
    key = "plan" if isinstance(owner, Plan) else "plan_template"
    owner_url = reverse(f"plans:{key}_detail", pk=owner.pk)
    if request.method == "POST" and request.htmx and WORDS in request.GET:
        return page(request, "plans/pricing_form.html", {"form": form, **preview(form)}, partial="words")
    pricing = form.entity if isinstance(form.entity, Pricing) else None
    crumbs = [
        {"label": "Plans" if key == "plan" else "Plan templates", "url": reverse(f"plans:{key}_list")},
        {"label": str(owner), "url": owner_url},
    ]
    return save_page(
        request,
        form,
        save,
        model=Pricing,
        entity=pricing,
        template="plans/pricing_form.html",
        back_url="" if pricing else owner_url,
        done_url=f"{owner_url}?new={{pk}}" if pricing is None else "",
        context={
            "crumbs": crumbs, "owner": owner, "owner_url": owner_url, "currency": form.template.currency,
            "notes": lasting_notes(form), **preview(form),
        },
    )  # fmt: skip


def _segment(form: PricingForm) -> dict[str, str] | None:
    chosen: str = form.cleaned_data.get("segment") or ""
    return json.loads(chosen) if chosen else None


def _fields(form: PricingForm) -> dict[str, Any]:
    fields = {name: form.cleaned_data[name] for name in SAVED}
    shape = {"cumulative": SHAPES[form.kind].cumulative, "bands": form.bands}
    return {**fields, **shape, "type": form.cleaned_data["bills_as"]}


@require_safe
def pricing_detail(request: Request, pk: UUID) -> HttpResponse:
    """The pricing's bands, in figures and in words."""
    pricing = find(request, pricings(), pk)
    template = pricing.plan.plan_template if pricing.plan else pricing.owner
    kind = type_of_pricing(pricing)
    context = _head(request, pricing, tab="details")
    currency = template.currency if isinstance(template, PlanTemplate) else ""
    context |= {
        "unit": pricing.priced.unit,
        "bands": bands_of(pricing),
        "shape": SHAPES[kind],
        "type": kind.label,
        "sentences": sentences(kind, bands_of(pricing), pricing.priced.unit, currency),
        "currency": currency,
        "details": _details(pricing, context["edit_url"]),
    }
    return page(request, "plans/pricing_detail.html", context)


def _head(request: Request, pricing: Pricing, *, tab: str) -> dict[str, Any]:
    """What all tabs of a pricing begin with; above it stands the plan or template that it is of."""
    key, plural = ("plan", "Plans") if pricing.plan_id else ("plan_template", "Plan templates")
    return entity_context(request, pricing, tab=tab, title=title_of(pricing)) | {
        "crumbs": [
            {"label": plural, "url": reverse(f"plans:{key}_list")},
            {"label": str(pricing.owner), "url": reverse(f"plans:{key}_detail", pk=pricing.owner.pk)},
        ],
        "status_word": status_of(pricing, today(request)),
        "terms": period_text(pricing.start_date, pricing.end_date),
    }


def title_of(pricing: Pricing) -> str:
    segment = segment_text(pricing.segment, pricing.priced.segmented_fields)
    return f"{pricing.priced}, {segment}" if segment else str(pricing.priced)


def _details(pricing: Pricing, edit_url: str) -> dict[str, Any]:
    owner = link(f"plans:{'plan' if pricing.plan_id else 'plan_template'}_detail", pricing.owner)
    rows: list[tuple[str, Any, str]] = [
        ("Plan" if pricing.plan_id else "Plan template", owner, ""),
        (KINDS[type(pricing.priced)].noun.capitalize(), _priced_link(pricing), ""),
        ("Segment", segment_text(pricing.segment, pricing.priced.segmented_fields), ""),
        ("Type", type_of_pricing(pricing).label, ""),
        ("Bills as", pricing.get_type_display(), CAPPED.get(pricing.type, "")),
        ("Tiers", *_tiers(pricing)),
        ("First day", day(pricing.start_date), ""),
        ("End", day(pricing.end_date) if pricing.end_date else "runs until ended", ""),
        ("Description", pricing.description, ""),
        ("Overage prices", _overage(pricing), "of what a prepayment or balance leaves uncovered"),
        *(minimum_rows(pricing) if pricing.type == BillsAs.DEBIT else ()),
    ]
    return {
        "title": "Pricing details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value, "hint": hint} for label, value, hint in rows],
    }


def _priced_link(pricing: Pricing) -> SafeString:
    return link(f"plans:{KINDS[type(pricing.priced)].key}_detail", pricing.priced)


def _overage(pricing: Pricing) -> str:
    columns = (pricing.overage_lower_limits, pricing.overage_fixed_prices, pricing.overage_unit_prices)
    bands = list(zip(*columns, strict=True))
    if not bands:
        return ""
    kind = type_of(cumulative=True, fixed_prices=columns[1], unit_prices=columns[2])
    return price_text(kind, bands, pricing.priced.unit)


def _tiers(pricing: Pricing) -> tuple[str, str]:
    """Where bands count from; nothing to say where there is one band."""
    if pricing.tiers_span_plan:
        return "span the plan", "bands count from the attachment’s start"
    return ("of each bill period", "") if len(pricing.lower_limits) > 1 else ("", "")


def pricing_delete(request: Request, pk: UUID) -> HttpResponse:
    pricing = find(request, pricings(), pk)
    key = "plan" if pricing.plan_id else "plan_template"
    days = period_text(pricing.start_date, pricing.end_date)
    return delete_page(
        request,
        pricing,
        delete=lambda: services.delete_pricing(pricing),
        blockers=lambda: blockers_above(pricing),
        effects=[f"Without it {title_of(pricing)} has no price of its own on {pricing.owner}: {days}."],
        back_url=reverse(f"plans:{key}_detail", pk=pricing.owner.pk),
        blocked="It cannot be deleted, as bills have lines priced by it. End it by an end date instead.",
    )


@require_safe
def pricing_history(request: Request, pk: UUID) -> HttpResponse:
    pricing = find(request, pricings(), pk)
    return history(request, pricing, context=_head(request, pricing, tab="history"))
