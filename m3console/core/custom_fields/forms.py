"""The form of a custom field that an organization defines."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from m3console.core.custom_fields.values import entity_types
from m3console.core.fields import MAX_NAME, MAX_TEXT
from m3console.core.forms import EntityForm
from m3console.core.models import CustomFieldDefinition, ValueType
from m3console.core.text import strict_code_valid


class CustomFieldForm(EntityForm):
    """A custom field; the type of entity that it is for is chosen once."""

    entity_type = forms.ChoiceField(label="Entity type", error_messages={"required": "Choose a type."})
    name = forms.CharField(
        max_length=MAX_NAME,
        validators=[strict_code_valid],
        help_text="Calculations call it customFields.<name>. Letters, digits, _ and $;"
        " begins with a letter, _ or $.",
        error_messages={"required": "Enter a name."},
    )
    value_type = forms.ChoiceField(
        label="Type", choices=ValueType.choices, initial=ValueType.STRING, widget=forms.RadioSelect
    )
    default_value = forms.CharField(
        max_length=MAX_TEXT,
        required=False,
        help_text="Holds wherever an entity has no value of its own. Blank: no value there.",
    )

    def __init__(self, *args: Any, entity: CustomFieldDefinition | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        if entity:
            del self.fields["entity_type"]
        else:
            self.fields["entity_type"].choices = [  # type: ignore[attr-defined]
                ("", "Choose a type"),
                *((each.value, each.label) for each in entity_types()),
            ]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.render_hidden_fields = False, True
        self.helper.layout = Layout(*(name for name in self.fields if name != "version"))
