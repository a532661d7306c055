"""Form fields as the console shows them: label, help, error, control, dates in words."""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from m3console.core.missing import names_itself
from m3console.core.templatetags.console import day_words, last_day

register = template.Library()


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the field is one check box, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choices(field: BoundField) -> bool:
    """Whether the field is a group of radio buttons or check boxes, each a choice of its own."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def has_words(field: BoundField) -> bool:
    return "data-date-words" in field.field.widget.attrs


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's control, styled, wired to its help and its errors for those who hear the page."""
    attrs: dict[str, Any] = {"class": control_class(field)}
    described = describing(field)
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    if str(field.field.widget.attrs.get("placeholder", "")).lower() == str(field.label).lower():
        attrs["placeholder"] = False  # the label says it, and stays when something is typed
    return SafeString(field.as_widget(attrs=attrs))


@register.simple_tag
def choices(field: BoundField) -> list[Any]:
    """The choices of a group, each with its own control."""
    field.field.widget.attrs["class"] = "form-check-input"
    return list(field.subwidgets)


def control_class(field: BoundField) -> str:
    widget = field.field.widget
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, forms.CheckboxInput):
        base = "form-check-input"
    elif isinstance(widget, forms.Select):
        base = "form-select"
    else:
        base = "form-control"
    width = "" if "w-" in own else default_width(field)
    return " ".join(part for part in (base, width, own, "is-invalid" if field.errors else "") if part)


def default_width(field: BoundField) -> str:
    """As wide as what is expected in it (a date, a number, a name); long texts take the column."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    if kind in ("date", "datetime-local", "time"):
        return "w-date" if kind != "datetime-local" else "w-half"
    if kind == "number" or widget.attrs.get("inputmode") in ("decimal", "numeric"):
        return "w-money"
    if isinstance(widget, forms.Textarea | forms.CheckboxInput) or kind == "file":
        return ""
    return "w-half"


@register.filter
def describing(field: BoundField) -> str:
    """The ids of what explains the field: its help, its error, its date in words."""
    name = field.id_for_label or field.auto_id
    parts = [
        (field.help_text, "_help"),
        (field.errors, "_error"),
        (field.field.widget.attrs.get("data-date-words"), "_words"),
    ]
    own = field.field.widget.attrs.get("aria-describedby", "")
    return " ".join([own] * bool(own) + [name + suffix for shown, suffix in parts if shown])


@register.filter
def date_words(field: BoundField) -> str:
    """What the field's date means, in words; browsers disagree on the order of day and month."""
    value = field.value()
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            return ""
    if not isinstance(value, date) or isinstance(value, datetime):
        return ""
    attrs = field.field.widget.attrs
    if attrs.get("data-date-words") != "end":
        return day_words(value)
    return last_day(value, attrs.get("data-date-label", "Last billed day"))


@register.filter
def problems(form: forms.BaseForm) -> list[dict[str, str]]:
    """Every error of a form, with the id of the control that it is about, or "" for the form's own."""
    found = [{"id": "", "text": str(error)} for error in form.non_field_errors()]
    for field in form:
        name = "" if field.is_hidden else str(field.auto_id if is_choices(field) else field.id_for_label)
        label = getattr(field.field, "summary_label", field.label)
        told = [str(error) for error in field.errors]
        found += [
            {"id": name, "text": error if names_itself(field.field, error) else f"{label}: {error}"}
            for error in told
        ]
    return found
