"""What a form says of a field that must not stay blank."""

import pytest
from django import forms
from django.template import Context, Template

from m3console.core.forms import ConsoleForm


def said(field, **names):
    form = type("Asked", (ConsoleForm,), {"thing": field} | names)({})
    form.is_valid()
    return form.errors["thing"][0]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (forms.CharField(label="Name"), "Enter a name."),
        (forms.EmailField(label="Email address"), "Enter an email address."),
        (forms.CharField(), "Enter a thing."),
        (forms.CharField(label="UID"), "Enter a UID."),
        (forms.IntegerField(label="Max decimal places"), "Enter the max decimal places."),
        (forms.IntegerField(label="Days before bill due"), "Enter the days before bill due."),
        (forms.ChoiceField(label="Aggregation"), "Choose an aggregation."),
        (forms.FileField(label="CSV file"), "Choose a CSV file."),
        (forms.BooleanField(label="I have read it"), "Tick “I have read it”."),
        (forms.CharField(label="Type the account's code"), "Type the account's code."),
        (forms.CharField(label="Segment", error_messages={"required": "Which one?"}), "Which one?"),
    ],
)
def test_the_sentence_names_the_field(field, sentence):
    assert said(field) == sentence


def test_above_the_form_the_label_is_not_said_twice():
    class Asked(ConsoleForm):
        name = forms.CharField()
        day = forms.DateField()

    shown = Template("{% include 'm3console/_error_summary.html' %}").render(
        Context({"form": Asked({"day": "x"})})
    )
    assert ">Enter a name.<" in shown
    assert ">Day: Enter a valid date.<" in shown
