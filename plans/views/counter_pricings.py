"""Pages of counter pricings."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.rows import WORDS, sent
from m3console.core.templatetags.console import day, period, period_text, status
from plans import services
from plans.filters import CounterPricingFilter
from plans.forms.counter_pricing import CounterPricingForm
from plans.models import CounterPricing, Plan, PlanTemplate
from plans.pricing_types import SHAPES
from plans.services.counter_pricing import FLAGS
from plans.services.rows import blockers_above
from plans.views.columns import HIDE
from plans.views.counter_pricing_rows import billed_text
from plans.views.pages import delete_page, entity_context, find, history, save_page, today
from plans.views.panels import link
from plans.views.plans import plans
from plans.views.price_preview import OTHERS, conversion_notes, previewed
from plans.views.templates import templates
from plans.wording import bands_of, price_text, sentences, status_of, type_of_pricing


class CounterPricingTable(Table):
    """On phones price and days stand below the counter."""

    counter = tables.Column()
    owner = tables.Column(verbose_name="Plan or template", attrs=HIDE)
    type = tables.Column(empty_values=(), attrs=HIDE)
    price = tables.Column(empty_values=(), attrs=HIDE)
    billed = tables.Column(empty_values=(), attrs=HIDE)
    start_date = tables.Column(verbose_name="Period", empty_values=(), attrs=HIDE)
    status = tables.Column(empty_values=())

    row_header = "counter"

    class Meta(Table.Meta):
        sequence = ("counter", "owner", "type", "price", "billed", "start_date", "status")

    def render_counter(self, record: CounterPricing) -> Any:
        return format_html(
            '<a href="{}">{}</a><span class="cell-sub">{}: {}, {}</span>',
            reverse("plans:counter_pricing_detail", pk=record.pk), record.counter, record.owner,
            self.render_price(record), self.value_start_date(record),
        )  # fmt: skip

    def value_counter(self, record: CounterPricing) -> str:
        return str(record.counter)

    def render_owner(self, record: CounterPricing) -> Any:
        return link(f"plans:{'plan' if record.plan_id else 'plan_template'}_detail", record.owner)

    def value_owner(self, record: CounterPricing) -> str:
        return str(record.owner)

    def render_type(self, record: CounterPricing) -> str:
        return type_of_pricing(record).label

    def render_price(self, record: CounterPricing) -> str:
        return price_text(type_of_pricing(record), bands_of(record), record.counter.unit)

    def render_billed(self, record: CounterPricing) -> str:
        return billed_text(record)

    def render_start_date(self, record: CounterPricing) -> Any:
        return period(record.start_date, record.end_date)

    def value_start_date(self, record: CounterPricing) -> str:
        return period_text(record.start_date, record.end_date)

    def render_status(self, record: CounterPricing) -> Any:
        return status(status_of(record, today(self.request)))

    def value_status(self, record: CounterPricing) -> str:
        return status_of(record, today(self.request))


def counter_pricings() -> QuerySet[CounterPricing]:
    return CounterPricing.objects.select_related("counter", "plan__plan_template", "plan_template")


@require_safe
def counter_pricing_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Counter pricings",
        rows=counter_pricings().filter(organization=request.organization),
        table=CounterPricingTable,
        sorts={"start_date": F("start_date")},
        default="-start_date",
        filters=CounterPricingFilter,
        search="Counter, plan, template or id",
        noun="counter pricing",
        empty="Counters are priced on the page of a plan or of a plan template.",
    )


def counter_pricing_create(request: Request, pk: UUID) -> HttpResponse:
    return _create(request, find(request, plans(), pk))


def plan_template_counter_pricing_create(request: Request, pk: UUID) -> HttpResponse:
    return _create(request, find(request, templates(), pk))


def _create(request: Request, owner: Plan | PlanTemplate) -> HttpResponse:
    form = CounterPricingForm(**sent(request), owner=owner)

    def save() -> CounterPricing:
        return services.create_counter_pricing(
            organization=request.organization,
            plan=owner if isinstance(owner, Plan) else None,
            plan_template=owner if isinstance(owner, PlanTemplate) else None,
            counter=form.cleaned_data["counter"],
            **_fields(form),
        )

    return _editor(request, form, save, owner)


def counter_pricing_edit(request: Request, pk: UUID) -> HttpResponse:
    pricing = find(request, counter_pricings(), pk)
    form = CounterPricingForm(**sent(request), owner=pricing.owner, entity=pricing)

    def save() -> CounterPricing:
        version = form.cleaned_data["version"]
        return services.update_counter_pricing(pricing, version=version, **_fields(form))

    return _editor(request, form, save, pricing.owner)


def _editor(
    request: Request, form: CounterPricingForm, save: Any, owner: Plan | PlanTemplate
) -> HttpResponse:
    """The price editor; htmx asks it for the words alone while bands are typed."""
    template = "plans/pricing_form.html"
    if request.method == "POST" and request.htmx and WORDS in request.GET:
        return page(request, template, {"form": form, **_preview(form)}, partial="words")
    pricing = form.entity if isinstance(form.entity, CounterPricing) else None
    above = _above(owner)
    owner_url = above[-1]["url"]
    return save_page(
        request,
        form,
        save,
        model=CounterPricing,
        entity=pricing,
        template=template,
        back_url="" if pricing else owner_url,
        done_url=f"{owner_url}?new={{pk}}" if pricing is None else "",
        context={
            "crumbs": above, "owner": owner, "owner_url": owner_url, "currency": form.template.currency,
            "notes": list(conversion_notes(owner)), **_preview(form),
        },
    )  # fmt: skip


def _above(owner: Plan | PlanTemplate) -> list[dict[str, str]]:
    """The way to the plan or template that a counter pricing is of."""
    key, plural = ("plan", "Plans") if isinstance(owner, Plan) else ("plan_template", "Plan templates")
    return [
        {"label": plural, "url": reverse(f"plans:{key}_list")},
        {"label": str(owner), "url": reverse(f"plans:{key}_detail", pk=owner.pk)},
    ]


def _preview(form: CounterPricingForm) -> dict[str, Any]:
    """Curve, timeline and warnings of what is typed, as far as it makes sense."""
    counter = form.chosen
    if counter is None:
        return previewed(form, (), lambda start, end: "")
    rows = CounterPricing.objects.holding_on(form.owner).filter(counter=counter).select_related("counter")
    if isinstance(form.entity, CounterPricing):
        rows = rows.exclude(pk=form.entity.pk)
    return previewed(
        form,
        list(rows.order_by("-start_date")[:OTHERS]),
        lambda start, end: f"No price {period_text(start, end)}: {counter} is not billed on these days.",
    )


def _fields(form: CounterPricingForm) -> dict[str, Any]:
    names = ("start_date", "end_date", "description", *FLAGS)
    fields = {name: form.cleaned_data[name] for name in names}
    return {**fields, "cumulative": SHAPES[form.kind].cumulative, "bands": form.bands}


@require_safe
def counter_pricing_detail(request: Request, pk: UUID) -> HttpResponse:
    """The counter pricing's bands, in figures and in words, and how it is billed."""
    pricing = find(request, counter_pricings(), pk)
    template = pricing.plan.plan_template if pricing.plan else pricing.owner
    currency = template.currency if isinstance(template, PlanTemplate) else ""
    kind = type_of_pricing(pricing)
    context = _head(request, pricing, tab="details")
    context |= {
        "unit": pricing.counter.unit,
        "bands": bands_of(pricing),
        "shape": SHAPES[kind],
        "type": kind.label,
        "sentences": sentences(kind, bands_of(pricing), pricing.counter.unit, currency),
        "currency": currency,
        "details": _details(pricing, context["edit_url"]),
    }
    return page(request, "plans/pricing_detail.html", context)


def _head(request: Request, pricing: CounterPricing, *, tab: str) -> dict[str, Any]:
    """What all tabs of a counter pricing begin with; above it stands the plan or template that it is of."""
    return entity_context(request, pricing, tab=tab, title=str(pricing.counter)) | {
        "crumbs": _above(pricing.owner),
        "status_word": status_of(pricing, today(request)),
        "terms": period_text(pricing.start_date, pricing.end_date),
    }


def _details(pricing: CounterPricing, edit_url: str) -> dict[str, Any]:
    owner = link(f"plans:{'plan' if pricing.plan_id else 'plan_template'}_detail", pricing.owner)
    in_advance = pricing.running_total_bill_in_advance
    rows: list[tuple[str, Any]] = [
        ("Plan" if pricing.plan_id else "Plan template", owner),
        ("Counter", link("plans:counter_detail", pricing.counter)),
        ("Type", type_of_pricing(pricing).label),
        ("First day", day(pricing.start_date)),
        ("End", day(pricing.end_date) if pricing.end_date else "runs until ended"),
        ("Description", pricing.description),
        ("Running total", f"billed in {'advance' if in_advance else 'arrears'}"),
        ("Prorate running total", _yes(pricing.pro_rate_running_total)),
        ("Prorate adjustment debit", _yes(pricing.pro_rate_adjustment_debit)),
        ("Prorate adjustment credit", _yes(pricing.pro_rate_adjustment_credit)),
    ]
    return {
        "title": "Counter pricing details",
        "edit_url": edit_url,
        "rows": [{"label": label, "value": value} for label, value in rows],
    }


def _yes(flag: bool) -> str:
    return "yes, by days" if flag else "no, whole"


def counter_pricing_delete(request: Request, pk: UUID) -> HttpResponse:
    pricing = find(request, counter_pricings(), pk)
    days = period_text(pricing.start_date, pricing.end_date)
    return delete_page(
        request,
        pricing,
        delete=lambda: services.delete_counter_pricing(pricing),
        blockers=lambda: blockers_above(pricing),
        effects=[f"Without it {pricing.counter} has no price of its own on {pricing.owner}: {days}."],
        back_url=_above(pricing.owner)[-1]["url"],
        blocked="It cannot be deleted, as bills have lines priced by it. End it by an end date instead.",
    )


@require_safe
def counter_pricing_history(request: Request, pk: UUID) -> HttpResponse:
    pricing = find(request, counter_pricings(), pk)
    return history(request, pricing, context=_head(request, pricing, tab="history"))
