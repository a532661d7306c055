"""The field that says whether a charge is billed in advance, or that this is inherited."""

from django import forms

from plans.in_advance import CHOICES, InAdvance

WORDS = {"true": True, "false": False}


def in_advance_field(label: str) -> "forms.TypedChoiceField":
    """In advance, in arrears, or blank: as inherited. The form says what that is with `say_inherited`."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("", "Inherited"), *CHOICES],
        coerce=WORDS.__getitem__,
        empty_value=None,
        required=False,
    )


def say_inherited(form: forms.Form, name: str, inherited: InAdvance | None) -> None:
    """Name in the blank choice what it stands for and where that comes from; unknown, only that it does."""
    field = form.fields[name]
    assert isinstance(field, forms.TypedChoiceField)
    if inherited is not None:
        field.choices = [("", f"As the {inherited.source}: {inherited.in_words}"), *CHOICES]
    value = form.initial.get(name)
    if isinstance(value, bool):
        form.initial[name] = "true" if value else "false"
