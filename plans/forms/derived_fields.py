"""The form of a derived field, and what its calculation comes to on a sample."""

from typing import Any

from django import forms

from billing.engine.formulas import Kind, kind_of
from m3console.core import clock
from m3console.core.billed import bills_made_with
from m3console.core.custom_fields.values import in_words
from m3console.core.forms import EntityForm
from plans.calculations import (
    CUSTOM,
    TIMESTAMP,
    checked_derivation,
    custom_names,
    kinds_of_fields,
)
from plans.forms.calculations import Nameable, Trial, calculation_field
from plans.forms.common import STRICT_HELP, code_field, name_field
from plans.models import Category, DataField, Meter
from plans.models.meters import NUMBERS


class DerivedFieldForm(EntityForm):
    name = name_field()
    code = code_field(strict=True)
    category = forms.ChoiceField(
        choices=Category.choices,
        initial=Category.MEASURE,
        help_text="Measure, Income and Cost hold numbers and need a unit; the others hold text.",
    )
    unit = forms.CharField(max_length=50, required=False)
    calculation = calculation_field()

    def __init__(self, *args: Any, meter: Meter, entity: DataField | None = None, **kwargs: Any) -> None:
        self.meter = meter
        super().__init__(*args, entity=entity, **kwargs)
        self.fields["code"].help_text = f"Unique among the meter’s fields. {STRICT_HELP}"
        if entity and bills_made_with("plans.datafield", entity.pk):
            self.fields["category"].help_text = "Stays as it is: bills were made with it."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("category") in NUMBERS and not cleaned.get("unit"):
            self.add_error("unit", "Numbers need a unit.")
        return cleaned

    def trial(self) -> Trial:
        """What is typed, tried on a sample measurement."""
        fields, custom = self.meter.measured_fields, custom_names(self.meter)
        kinds = kinds_of_fields(fields, custom)
        category = str(self["category"].value())
        return Trial(
            str(self["calculation"].value() or ""),
            _nameable(fields, custom),
            lambda text: checked_derivation(text, category, kinds, self.meter),
            self.data,
        )


def _nameable(fields: list[DataField], custom: dict[str, Any]) -> dict[str, Nameable]:
    found = {
        each.code: Nameable(
            Kind.NUMBER if each.numeric else Kind.TEXT,
            f"{each.name}, {each.unit}" if each.unit else each.name,
            "10" if each.numeric else "a",
        )
        for each in fields
    }
    for name, value in custom.items():
        label = f"custom field {name.removeprefix(CUSTOM)}"
        found[name] = Nameable(kind_of(value), label, in_words(value))
    now = clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    found[TIMESTAMP] = Nameable(Kind.NUMBER, "Timestamp, in milliseconds since 1970", now)
    return found
