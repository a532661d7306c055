"""What a form says of a field that must not stay blank: "Enter a name.", "Choose a product."."""

from typing import Final

from django import forms

COMMON: Final = str(forms.Field.default_error_messages["required"])
CHOSEN: Final = (forms.ChoiceField, forms.ModelChoiceField, forms.FileField)
VERBS: Final = ("type ", "enter ", "choose ", "tick ")


NAMED: Final = "named_when_missing"


def ask_for_what_is_missing(form: forms.BaseForm) -> None:
    """Give each required field without a sentence of its own one that names it."""
    for name, field in form.fields.items():
        if field.required and str(field.error_messages["required"]) == COMMON:
            label = str(field.label or name.replace("_", " ")).strip()
            field.error_messages["required"] = sentence = asked(field, label)
            setattr(field, NAMED, sentence)


def names_itself(field: forms.Field, problem: str) -> bool:
    """Whether a problem of a field is that sentence, which needs no label before it."""
    return getattr(field, NAMED, "") == problem


def asked(field: forms.Field, label: str) -> str:
    if isinstance(field, forms.BooleanField):
        return f"Tick “{label}”."
    if label.lower().startswith(VERBS) and len(label.split()) > 2:
        return f"{label}."
    verb = "Choose" if isinstance(field, CHOSEN) else "Enter"
    return f"{verb} {_article(label)} {_inside(label)}."


def _article(label: str) -> str:
    words = label.split()
    if any(word.endswith("s") and not word.endswith("ss") for word in (words[0], words[-1])):
        return "the"  # of several
    return "an" if label[:1].lower() in "aeio" else "a"


def _inside(label: str) -> str:
    """The label within a sentence: "CSV file" keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
