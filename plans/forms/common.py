"""Fields and layouts that the catalogue's forms share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Lower

from m3console.core.billed import bills_made_with
from m3console.core.entities import Entity
from m3console.core.models import Organization
from m3console.core.text import code_valid, strict_code_valid
from plans.models import Product

FIXED_HELP = "Stays as it is: bills were made with it. For another one, make a new one instead."
STRICT_HELP = "Letters, digits, _ and $; begins with a letter, _ or $."


def name_field() -> forms.CharField:
    return forms.CharField(max_length=200, error_messages={"required": "Enter a name."})


def code_field(*, strict: bool = False, required: bool = True) -> forms.CharField:
    return forms.CharField(
        max_length=80,
        required=required,
        help_text=f"Unique in this organization. {STRICT_HELP}" if strict else "Unique in this organization.",
        validators=[strict_code_valid if strict else code_valid],
        error_messages={"required": "Enter a code."},
    )


def products(organization: Organization) -> QuerySet[Product]:
    return Product.objects.filter(organization=organization).order_by(Lower("name"), "id")


def product_field(*, optional: bool, help_text: str = "") -> "forms.ModelChoiceField[Product]":
    """A product; an optional one is global when it is left blank. The form sets `.queryset`."""
    return forms.ModelChoiceField(
        Product.objects.none(),
        required=not optional,
        empty_label="Global: for every product" if optional else "Choose a product",
        help_text=help_text,
        error_messages={"required": "Choose a product."},
    )


def choose_from(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a field offer the rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def say_fixed(form: forms.Form, entity: Entity, names: Iterable[str]) -> None:
    """Say at fields that bills were made with what they say, so that it stays (spec 7)."""
    if bills_made_with(entity._meta.label_lower, entity.pk):
        for name in names:
            form.fields[name].help_text = FIXED_HELP


def laid_out(form: forms.Form, cards: Mapping[str, Sequence[str]]) -> FormHelper:
    """The form in titled cards: title → the fields in it, those that the form has."""
    helper = FormHelper()
    helper.form_tag = False
    helper.render_hidden_fields = True
    helper.layout = Layout(
        *(Fieldset(title, *(name for name in names if name in form.fields)) for title, names in cards.items())
    )
    return helper


def date_in_words(kind: str = "day", **attrs: Any) -> dict[str, Any]:
    """Attributes of a date's control that has it said in words beside it; "end": as the last billed day."""
    return {"data-date-words": kind, **attrs}
