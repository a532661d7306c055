"""The organization's configuration, and its currencies, for administrators (spec 1, Organization)."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core import permissions
from m3console.core.configuration import create_currency, update_currency, update_organization
from m3console.core.errors import Obstructed
from m3console.core.forms import form_page, posted
from m3console.core.forms_configuration import ConfigurationForm, CurrencyForm
from m3console.core.history.changes import Source
from m3console.core.history.entries import history_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.listing import Table, listing
from m3console.core.models import Currency, CurrencyConversion, CustomFieldDefinition, Organization
from m3console.core.rows import asked_to_redraw, sent

FORM = ["GET", "HEAD", "POST"]
TEMPLATE = "core/configuration.html"
CHANGES = {
    "title": "What a change does",
    "items": [
        "It counts for bills not yet cut, and for those that a run rates again.",
        "Approved bills keep what they were made with until they are rated again, locked bills for ever.",
        "What is refused says why; nothing is saved then.",
    ],
}


@require_http_methods(FORM)
def organization_edit(request: Request) -> HttpResponse:
    """The configuration, to see and to change."""
    organization = request.organization
    form = ConfigurationForm(**sent(request), entity=organization)
    context = {**_organization_page("settings"), "submit": "Update configuration", "explain": CHANGES}
    if asked_to_redraw(request):
        return page(request, TEMPLATE, {"form": form, **context}, partial="form")

    def save() -> HttpResponse:
        try:
            update_organization(
                organization,
                version=form.cleaned_data["version"],
                conversions=form.conversions(),
                **form.settings(),
            )
        except Obstructed as problem:
            context["blockers"] = problem.blockers
            raise
        messages.success(request, "The configuration is updated.")
        return redirect("core:organization_edit")

    return form_page(request, form, save, context=context, template=TEMPLATE)


@require_safe
def organization_history(request: Request) -> HttpResponse:
    """What of the configuration was changed, its conversions and custom fields included."""
    of_it = {"organization_id": request.organization.pk}
    related = [Source(CurrencyConversion, of_it), Source(CustomFieldDefinition, of_it)]
    context = _organization_page("history")
    return history_page(request, request.organization, related=related, context=context)


def _organization_page(tab: str) -> dict[str, Any]:
    names = {"settings": "core:organization_edit", "history": "core:organization_history"}
    return {
        "title": "Configuration",
        "cancel_url": reverse("core:organization_edit"),
        "tabs_label": "Configuration",
        "tabs": [
            {"label": key.capitalize(), "url": reverse(name), "current": key == tab}
            for key, name in names.items()
        ],
    }


class CurrencyTable(Table):
    row_header = "code"
    code = tables.Column()
    name = tables.Column(attrs={"td": {"class": "hide-md"}, "th": {"class": "hide-md"}})
    max_decimal_places = tables.Column(
        "Decimal places", attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    rounding_mode = tables.Column("Rounding")
    archived = tables.Column("Offered", attrs={"td": {"class": "hide-md"}, "th": {"class": "hide-md"}})

    class Meta(Table.Meta):
        sequence = ("code", "name", "max_decimal_places", "rounding_mode", "archived")

    def render_archived(self, value: bool) -> str:
        return "No, archived" if value else "Yes"


class LinkedCurrencyTable(CurrencyTable):
    """For who may change them: a code leads to its form."""

    code = tables.Column(linkify=lambda record: reverse("core:currency_edit", pk=record.pk))


def _conversions(role: str) -> dict[str, str] | None:
    """Where the rates between currencies are, for who may open it."""
    if not permissions.allows(role, "core:organization_edit"):
        return None
    return {"label": "Currency conversions", "url": f"{reverse('core:organization_edit')}#conversions"}


@require_safe
def currency_list(request: Request) -> HttpResponseBase:
    """The currencies and custom units of the organization."""
    may_change = permissions.allows(request.membership.role, "core:currency_edit")
    return listing(
        request,
        title="Currencies",
        rows=_currencies(request.organization),
        table=LinkedCurrencyTable if may_change else CurrencyTable,
        sorts={"code": "code"},
        default="code",
        create=("Create currency", "core:currency_create"),
        noun="currency",
        empty="Plans are priced and bills are made in them.",
        context={"help_link": _conversions(request.membership.role)},
    )


@require_http_methods(FORM)
def currency_create(request: Request) -> HttpResponse:
    form = CurrencyForm(posted(request))

    def save() -> HttpResponse:
        made = create_currency(organization=request.organization, **form.cleaned_data)
        messages.success(request, f"Currency {made.code} created.")
        return redirect("core:currency_list")

    context = {"title": "Create currency", "submit": "Create currency", **_way()}
    return form_page(request, form, save, context=context)


@require_http_methods(FORM)
def currency_edit(request: Request, pk: UUID) -> HttpResponse:
    currency = get_object_or_404(_currencies(request.organization), pk=pk)
    form = CurrencyForm(posted(request), entity=currency)

    def save() -> HttpResponse:
        changed = update_currency(currency, **form.cleaned_data)
        messages.success(request, f"Currency {changed.code} updated.")
        return redirect("core:currency_list")

    context = {**_currency_page(currency, "settings"), "submit": "Update currency", **_way()}
    return form_page(request, form, save, context=context)


@require_safe
def currency_history(request: Request, pk: UUID) -> HttpResponse:
    currency = get_object_or_404(_currencies(request.organization), pk=pk)
    return history_page(request, currency, context={**_currency_page(currency, "history"), **_way()})


def _currencies(organization: Organization) -> QuerySet[Currency]:
    return Currency.objects.filter(organization=organization)


def _way() -> dict[str, Any]:
    url = reverse("core:currency_list")
    return {"crumbs": [{"label": "Currencies", "url": url}], "cancel_url": url}


def _currency_page(currency: Currency, tab: str) -> dict[str, Any]:
    names = {"settings": "core:currency_edit", "history": "core:currency_history"}
    return {
        "title": f"Currency {currency.code}",
        "tabs_label": "Currency",
        "tabs": [
            {"label": key.capitalize(), "url": reverse(name, pk=currency.pk), "current": key == tab}
            for key, name in names.items()
        ],
    }
