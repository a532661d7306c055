"""Pages of derived fields; they are shown on the page of their meter."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from m3console.core.errors import RuleViolation
from m3console.core.forms import form_page, posted
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.registry import Blocker
from m3console.core.rows import WORDS, asked_to_redraw
from plans.forms.calculations import Trial
from plans.forms.derived_fields import DerivedFieldForm
from plans.models import DataField, Meter
from plans.services.derived_fields import create_derived_field, delete_derived_field, update_derived_field
from plans.views.meters import meters
from plans.views.pages import find

TEMPLATE = "plans/derived_field_form.html"


def derived_fields() -> QuerySet[DataField]:
    rows = DataField.objects.exclude(calculation="").select_related("meter__organization", "meter__product")
    return rows.prefetch_related("meter__data_fields")


def derived_field_create(request: Request, pk: UUID) -> HttpResponse:
    meter = find(request, meters(), pk)
    form = DerivedFieldForm(posted(request), meter=meter)
    return _form_page(request, form, lambda: create_derived_field(meter, **form.cleaned_data), meter)


def derived_field_edit(request: Request, pk: UUID) -> HttpResponse:
    field = get_object_or_404(derived_fields(), pk=pk, organization=request.organization)
    form = DerivedFieldForm(posted(request), meter=field.meter, entity=field)
    return _form_page(
        request, form, lambda: update_derived_field(field, **form.cleaned_data), field.meter, field
    )


def _form_page(
    request: Request,
    form: DerivedFieldForm,
    save: Callable[[], DataField],
    meter: Meter,
    field: DataField | None = None,
) -> HttpResponse:
    verb = "Update" if field else "Create"
    context: dict[str, Any] = {
        "title": f"Edit derived field {field}" if field else "Create derived field",
        "submit": f"{verb} derived field",
        "crumbs": _crumbs(meter),
        "cancel_url": reverse("plans:meter_detail", pk=meter.pk),
        "meter": meter,
    }

    def act() -> HttpResponse:
        saved = save()
        messages.success(request, f"Derived field “{saved}” {verb.lower()}d.")
        return redirect("plans:meter_detail", pk=meter.pk)

    return calculation_page(request, form, act, trial=form.trial, template=TEMPLATE, context=context)


def calculation_page(
    request: Request,
    form: Any,
    act: Callable[[], HttpResponse],
    *,
    trial: Callable[[], Trial],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """A form with a calculation; htmx asks it for the sample, or only its answer, while one types."""
    context |= {"trial": trial()}
    if asked_to_redraw(request):
        form.unjudged()
        partial = "form"
        if request.htmx and WORDS in request.GET:
            partial = "answer" if request.GET[WORDS] == "answer" else "trial"
        return page(request, template, {"form": form, **context}, partial=partial)
    return form_page(request, form, act, context=context, template=template)


def derived_field_delete(request: Request, pk: UUID) -> HttpResponse:
    field = get_object_or_404(derived_fields(), pk=pk, organization=request.organization)
    blockers: list[Blocker] = []
    if request.method == "POST":
        try:
            delete_derived_field(field)
        except RuleViolation as refusal:
            blockers = [Blocker(refusal.message)]
        else:
            messages.success(request, f"Derived field “{field}” deleted.")
            if not request.htmx:
                return redirect("plans:meter_detail", pk=field.meter_id)
            return HttpResponse(headers={"HX-Redirect": reverse("plans:meter_detail", pk=field.meter_id)})
    context = {
        "title": f"Delete derived field {field}?",
        "submit": "Delete derived field",
        "danger": True,
        "cancel_url": reverse("plans:meter_detail", pk=field.meter_id),
        "effects": ["Measurements are no longer taken in with it. Its history stays."],
        "crumbs": _crumbs(field.meter),
        "blockers": blockers,
        "blocked": "This derived field is used and cannot be deleted.",
    }
    status = 422 if blockers else 200
    return page(request, "m3console/confirm.html", context, partial="confirm", status=status)


def _crumbs(meter: Meter) -> list[dict[str, str]]:
    return [
        {"label": "Meters", "url": reverse("plans:meter_list")},
        {"label": str(meter), "url": reverse("plans:meter_detail", pk=meter.pk)},
    ]
