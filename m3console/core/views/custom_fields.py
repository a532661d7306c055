"""The custom fields that an organization defines, for administrators (spec 1, Custom fields)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from m3console.core.custom_fields.definitions import (
    create_custom_field,
    delete_custom_field,
    overriding,
    overriding_in_words,
    update_custom_field,
)
from m3console.core.custom_fields.forms import CustomFieldForm
from m3console.core.custom_fields.values import entity_types
from m3console.core.forms import EntityForm, form_page, posted
from m3console.core.history.entries import history_page
from m3console.core.htmx import page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.models import CustomFieldDefinition, EntityType
from m3console.core.models.custom_fields import MOST_DEFINITIONS

FORM = ["GET", "HEAD", "POST"]
EXPLAIN = {
    "title": "What a custom field does",
    "items": [
        "Every entity of the type has it, with the default value.",
        "An entity’s own value of the same name overrides the default, on that entity only.",
        "Name and type stay once an entity overrides it.",
    ],
}


@require_safe
def custom_field_list(request: Request) -> HttpResponse:
    """The custom fields of each type of entity, in their order."""
    rows = CustomFieldDefinition.objects.filter(organization=request.organization).order_by("position")
    found: dict[str, list[CustomFieldDefinition]] = {}
    for row in rows:
        found.setdefault(row.entity_type, []).append(row)
    groups = [{"type": each, "plural": _plural(each), "rows": found.get(each, [])} for each in entity_types()]
    return page(request, "core/custom_field_list.html", {"groups": groups, "most": MOST_DEFINITIONS})


@require_http_methods(FORM)
def custom_field_create(request: Request) -> HttpResponse:
    form = CustomFieldForm(posted(request), initial={"entity_type": request.GET.get("type", "")[:20]})

    def save() -> HttpResponse:
        made = create_custom_field(organization=request.organization, **form.cleaned_data)
        messages.success(request, f"Custom field {made.name} of {_plural(made.entity_type)} created.")
        return redirect("core:custom_field_list")

    context = {"title": "Create custom field", "submit": "Create custom field", "explain": EXPLAIN}
    return form_page(request, form, save, context={**context, **_way()})


@require_http_methods(FORM)
def custom_field_edit(request: Request, pk: UUID) -> HttpResponse:
    definition = _definition(request, pk)
    form = CustomFieldForm(posted(request), entity=definition)

    def save() -> HttpResponse:
        changed = update_custom_field(definition, **form.cleaned_data)
        messages.success(request, f"Custom field {changed.name} of {_plural(changed.entity_type)} updated.")
        return redirect("core:custom_field_list")

    context = {**_own_page(definition, "settings"), "submit": "Update custom field", "explain": EXPLAIN}
    return form_page(request, form, save, context=context)


@require_http_methods(FORM)
def custom_field_delete(request: Request, pk: UUID) -> HttpResponse:
    """Ask, saying how many entities override it; posted, delete the version that was asked about."""
    definition = _definition(request, pk)
    form = EntityForm(posted(request), entity=definition)
    plural = _plural(definition.entity_type)
    context = {
        "title": f"Delete custom field {definition.name} of {plural}?",
        "effects": _effects(definition),
        "submit": "Delete custom field",
        "danger": True,
        **_way(),
    }

    def save() -> HttpResponse:
        delete_custom_field(definition, version=form.cleaned_data["version"])
        messages.success(request, f"Custom field {definition.name} of {plural} deleted.")
        return redirect("core:custom_field_list")

    return form_page(
        request, form, save, context=context, template="m3console/confirm.html", partial="confirm"
    )


@require_safe
def custom_field_history(request: Request, pk: UUID) -> HttpResponse:
    definition = _definition(request, pk)
    return history_page(request, definition, context=_own_page(definition, "history"))


def _effects(definition: CustomFieldDefinition) -> list[str]:
    plural = _plural(definition.entity_type)
    own = overriding_in_words(overriding(definition), definition.entity_type)
    kept = f"Overridden by {own}: their own values stay." if own else f"No {plural[:-1]} overrides it."
    default = definition.default_value
    if not default:
        return [kept]
    whose = "All other" if own else "All"
    return [kept, f"{whose} {plural} lose the value {default[:80]}."]


def _definition(request: Request, pk: UUID) -> CustomFieldDefinition:
    return get_object_or_404(CustomFieldDefinition, organization=request.organization, pk=pk)


def _plural(entity_type: str) -> str:
    return f"{EntityType(entity_type).label.lower()}s"


def _way() -> dict[str, Any]:
    url = reverse("core:custom_field_list")
    return {"crumbs": [{"label": "Custom fields", "url": url}], "cancel_url": url}


def _own_page(definition: CustomFieldDefinition, tab: str) -> dict[str, Any]:
    names = {"settings": "core:custom_field_edit", "history": "core:custom_field_history"}
    return {
        **_way(),
        "title": f"Custom field {definition.name} of {_plural(definition.entity_type)}",
        "tabs_label": "Custom field",
        "tabs": [
            {"label": key.capitalize(), "url": reverse(name, pk=definition.pk), "current": key == tab}
            for key, name in names.items()
        ],
    }
