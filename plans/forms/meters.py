"""The form of a meter with its data fields."""

from typing import Any

from django import forms

from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.forms import ConsoleForm
from m3console.core.models import EntityType, Organization
from m3console.core.rows import RowsForm
from m3console.core.text import strict_code_valid
from plans.forms.common import choose_from, code_field, name_field, product_field, products
from plans.models import Category, Meter
from plans.models.meters import NUMBERS
from plans.services.data_fields import MOST_FIELDS


class DataFieldForm(ConsoleForm):
    """One data field; its id tells a renamed field from a new one."""

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(choices=Category.choices, initial=Category.MEASURE)
    code = forms.CharField(
        max_length=80, validators=[strict_code_valid], error_messages={"required": "Enter a code."}
    )
    name = forms.CharField(max_length=200, error_messages={"required": "Enter a name."})
    unit = forms.CharField(max_length=50, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("category") in NUMBERS and not cleaned.get("unit"):
            self.add_error("unit", "Numbers need a unit.")
        return cleaned


class MeterForm(RowsForm):
    name = name_field()
    code = code_field()
    product = product_field(optional=True, help_text="With a product, for that product’s plans only.")
    custom_fields = CustomFieldsFormField(EntityType.METER)
    row_form = DataFieldForm
    row_name = "Field"
    rows_label = "Data fields"
    most_rows = MOST_FIELDS + 1  # one too many is answered with the rule's own sentence

    def __init__(
        self, *args: Any, organization: Organization, entity: Meter | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        choose_from(self, "product", products(organization))

    @classmethod
    def saved_rows(cls, entity: Meter) -> list[dict[str, str]]:
        return [
            {
                "id": str(each.pk),
                "category": each.category,
                "code": each.code,
                "name": each.name,
                "unit": each.unit,
            }
            for each in entity.measured_fields
        ]
