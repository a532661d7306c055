"""What the forms of prices share: pricing type, bands, dates, and what they say so far in words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from m3console.core.exact import ExactField, exact
from m3console.core.forms import ConsoleForm, DateInput
from m3console.core.rows import RowsForm
from plans.forms.common import date_in_words
from plans.models import Plan, PlanTemplate
from plans.pricing_types import SHAPES, PricingType
from plans.wording import Band, bands_of, sentences, type_of_pricing

ZERO = Decimal(0)


class BandForm(ConsoleForm):
    """One band. Which prices it has depends on the pricing's type; the others stay blank."""

    lower_limit = ExactField(label="Lower limit, over", error_messages={"required": "Enter where it begins."})
    fixed_price = ExactField(required=False)
    unit_price = ExactField(required=False)


class PriceForm(RowsForm):
    """A price in bands on a plan or template. Its forms add what is priced, which is chosen once.

    `choice` is the name of that field, `shows` what of it is drawn anew once it is chosen.
    """

    pricing_type = forms.ChoiceField(
        choices=PricingType.choices, initial=PricingType.TIERED, widget=forms.RadioSelect
    )
    start_date = forms.DateField(
        widget=DateInput(date_in_words()), error_messages={"required": "Enter the first day of this price."}
    )
    end_date = forms.DateField(
        required=False,
        widget=DateInput(date_in_words("end")),
        help_text="The first day that this price no longer holds. Blank: until ended.",
    )
    description = forms.CharField(max_length=200, required=False, help_text="As it stands on bills.")
    row_name = "Band"
    rows_label = "Bands"
    most_rows = 200
    choice: ClassVar[str]
    shows: ClassVar[str]

    def __init__(
        self,
        *args: Any,
        owner: Plan | PlanTemplate,
        entity: Any = None,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        self.owner = owner
        self.template = owner.plan_template if isinstance(owner, Plan) else owner
        initial = {"start_date": today, **(kwargs.pop("initial", None) or {})} if today else None
        super().__init__(*args, entity=entity, initial=initial, **kwargs)
        if self.rows.forms:
            self.rows.forms[0].fields["lower_limit"].widget.attrs["readonly"] = True

    @classmethod
    def values_of(cls, entity: Any) -> dict[str, Any]:
        return super().values_of(entity) | {"pricing_type": type_of_pricing(entity)}

    @classmethod
    def saved_rows(cls, entity: Any) -> Sequence[dict[str, Decimal | str]]:
        """The bands; prices that the type has not are blank."""
        shape = SHAPES[type_of_pricing(entity)]
        return [
            {
                "lower_limit": lower,
                "fixed_price": fixed if shape.fixed else "",
                "unit_price": unit if shape.unit else "",
            }
            for lower, fixed, unit in bands_of(entity)
        ]

    def first_rows(self) -> Sequence[dict[str, Decimal | str]]:
        return [{"lower_limit": ZERO}]

    @property
    def priced_field(self) -> BoundField | None:
        """What is priced, while that can be chosen."""
        return self[self.choice] if self.choice in self.fields else None

    @property
    def kind(self) -> PricingType:
        """The pricing type as the form now says it; Tiered while it says nonsense."""
        said = str(self.said("pricing_type"))
        return PricingType(said) if said in PricingType.values else PricingType.TIERED

    @property
    def unused(self) -> str:
        """Which prices the type has not, in words."""
        shape = SHAPES[self.kind]
        if shape.fixed and shape.unit:
            return "Each band a fixed price, a unit price or both"
        return f"{self.kind.label} has no {'unit' if shape.fixed else 'fixed'} prices"

    @property
    def types(self) -> list[tuple[PricingType, str]]:
        return [(kind, SHAPES[kind].says) for kind in PricingType]

    def row_class(self) -> type[ConsoleForm]:
        """A band with the prices of the type; the column of prices that it has not is shown as not used."""
        shape = SHAPES[self.kind]
        used = {"fixed_price": shape.fixed, "unit_price": shape.unit}
        currency = self.template.currency
        columns: dict[str, forms.Field] = {}
        for name, is_used in used.items():
            field = ExactField(required=False, label=f"{name.replace('_', ' ').capitalize()}, {currency}")
            if not is_used:
                field.widget.attrs |= {"placeholder": "not used", "disabled": True}
            columns[name] = field
        return type("TypedBandForm", (BandForm,), columns)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        shape, label = SHAPES[self.kind], self.kind.label
        for number, row in enumerate(self.row_values if self.rows.is_valid() else [], start=1):
            fixed, unit = row.get("fixed_price"), row.get("unit_price")
            if fixed and not shape.fixed:
                self.add_error(None, f"Band {number}: {label} has no fixed prices. Leave it blank.")
            if unit and not shape.unit:
                self.add_error(None, f"Band {number}: {label} has no unit prices. Leave it blank.")
            given = [price for price, used in ((fixed, shape.fixed), (unit, shape.unit)) if used]
            if given.count(None) == len(given):
                self.add_error(None, f"Band {number} has no price. Enter 0 if it is free.")
        return cleaned

    @property
    def bands(self) -> list[Band]:
        """The bands to save; prices that the type has and that were left blank are 0."""
        return [
            (row["lower_limit"], row.get("fixed_price") or ZERO, row.get("unit_price") or ZERO)
            for row in self.row_values
        ]

    @property
    def bands_so_far(self) -> list[Band]:
        """The bands as far as they are typed; none while they make no sense."""
        bands = [band for band in (_readable(row) for row in self._typed_rows()) if band is not None]
        rising = all(before[0] < after[0] for before, after in pairwise(bands))
        return (
            bands if bands and bands[0][0] == 0 and rising and all(min(band) >= 0 for band in bands) else []
        )

    @property
    def unit(self) -> str:
        """What units are called, empty until what is priced is chosen."""
        raise NotImplementedError

    @property
    def whole(self) -> bool:
        """Whether units are whole ones."""
        return True

    @property
    def is_credit(self) -> bool:
        """Whether the price lowers bills."""
        return False

    @property
    def in_words(self) -> list[str]:
        """What the bands say, as far as they are typed and make sense."""
        if not (bands := self.bands_so_far):
            return []
        return sentences(self.kind, bands, self.unit, self.template.currency)

    @property
    def days_so_far(self) -> tuple[date, date | None] | None:
        """The days as far as they are typed; None while they make no sense."""
        days: list[date | None] = []
        for name in ("start_date", "end_date"):
            try:
                days.append(self.fields[name].clean(self.said(name)))
            except ValidationError:
                return None
        start, end = days
        return None if start is None or (end is not None and end <= start) else (start, end)

    def _typed_rows(self) -> list[dict[str, Any]]:
        return [{name: row[name].value() for name in row.fields} for row in self.rows.forms]


def _readable(row: dict[str, Any]) -> Band | None:
    """A row's band, or None while it is being typed."""
    if row["fixed_price"] in (None, "") and row["unit_price"] in (None, ""):
        return None
    try:
        lower, fixed, unit = (
            value if isinstance(value, Decimal) else exact(str(value).strip() or "0")
            for value in (row["lower_limit"], row["fixed_price"] or "0", row["unit_price"] or "0")
        )
    except ValueError:
        return None
    return lower, fixed, unit
