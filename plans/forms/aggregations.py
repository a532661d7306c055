"""The form of an aggregation with its segments."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models.functions import Lower

from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.exact import ExactField
from m3console.core.forms import ConsoleForm
from m3console.core.models import EntityType, Organization
from m3console.core.rows import REDRAW, RowsForm
from plans.forms.common import choose_from, code_field, name_field, product_field, products, say_fixed
from plans.models import Aggregation, DataField, Meter, Method, UnitRounding
from plans.models.meters import DIMENSIONS
from plans.segments import Segment
from plans.services.aggregations import FIXED

MOST_SEGMENTS = 500
"""More than a page can show in fields; such lists come from imports, and stay as they are."""


class AggregationForm(RowsForm):
    name = name_field()
    code = code_field(strict=True)
    product = product_field(
        optional=True,
        help_text="With a product, for that product’s plans only.",
    )
    meter = forms.ModelChoiceField(
        Meter.objects.none(),
        empty_label="Choose a meter",
        widget=forms.Select(REDRAW),
        error_messages={"required": "Choose a meter."},
    )
    target_field = forms.ChoiceField(error_messages={"required": "Choose a field of the meter."})
    method = forms.ChoiceField(choices=Method.choices, initial=Method.SUM)
    quantity_per_unit = ExactField(initial="1", help_text="Units are the quantity divided by this.")
    rounding = forms.ChoiceField(
        choices=UnitRounding.choices, initial=UnitRounding.NONE, help_text="Of units, to whole ones."
    )
    unit = forms.CharField(
        max_length=50, help_text="As it stands on bills.", error_messages={"required": "Enter a unit."}
    )
    default_value = ExactField(
        required=False, help_text="Counts when there is no usage; blank: no usage, no line."
    )
    segmented_fields = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple(REDRAW))
    default_segment = forms.BooleanField(
        required=False, label="A default segment", help_text="Takes what no other segment takes."
    )
    custom_fields = CustomFieldsFormField(EntityType.AGGREGATION)
    row_name = "Segment"
    rows_label = "Segments"

    def __init__(
        self, *args: Any, organization: Organization, entity: Aggregation | None = None, **kwargs: Any
    ) -> None:
        self.too_many = bool(entity and len(entity.segments) > MOST_SEGMENTS)
        self.organization = organization
        super().__init__(*args, entity=entity, **kwargs)
        choose_from(self, "product", products(organization))
        choose_from(self, "meter", meters(organization))
        fields = self.meter_fields()
        self._offer("target_field", fields, blank="Choose a field" if fields else "Choose a meter first")
        self._offer("segmented_fields", [each for each in fields if each.category in DIMENSIONS])
        if entity:
            say_fixed(self, entity, FIXED)

    @classmethod
    def values_of(cls, entity: Any) -> dict[str, Any]:
        return super().values_of(entity) | {
            "target_field": entity.target_field.code,
            "default_segment": {} in entity.segments,
        }

    @classmethod
    def saved_rows(cls, entity: Aggregation) -> list[dict[str, str]]:
        """The segments but the default one, which has a tick of its own; none if there are too many."""
        segments = entity.segments if len(entity.segments) <= MOST_SEGMENTS else []
        return [{f"of-{field}": value for field, value in each.items()} for each in segments if each]

    def meter_fields(self) -> list[DataField]:
        """The data fields of the meter that the form now names."""
        meter = self.said("meter")
        if isinstance(meter, Meter):
            return list(meter.data_fields.all())
        try:
            return list(DataField.objects.filter(organization=self.organization, meter=UUID(str(meter))))
        except ValueError:
            return []

    def row_class(self) -> type[ConsoleForm]:
        """A row has a value for each segmented field; text is kept to its last space."""
        columns = {
            f"of-{code}": forms.CharField(required=False, strip=False, label=code)
            for code in self.said("segmented_fields") or []
        }
        return type("SegmentForm", (ConsoleForm,), columns)

    @property
    def segments(self) -> list[Segment]:
        """The segments as typed, the default one where it stood, else last."""
        found: list[Segment] = [
            {name.removeprefix("of-"): value for name, value in row.items() if value}
            for row in self.row_values
        ]
        if self.cleaned_data["default_segment"]:
            before = self.entity.segments if isinstance(self.entity, Aggregation) else []
            found.insert(before.index({}) if {} in before else len(found), {})
        return found

    def _offer(self, name: str, fields: list[DataField], *, blank: str = "") -> None:
        field = self.fields[name]
        choices = [(each.code, f"{each} ({each.code}, {each.get_category_display()})") for each in fields]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", blank), *choices] if blank else choices


def meters(organization: Organization) -> Any:
    return Meter.objects.filter(organization=organization).order_by(Lower("name"), "id")
