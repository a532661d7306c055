"""The form of a compound aggregation, and what its calculation comes to on a sample."""

from typing import Any

from django import forms

from billing.engine.formulas import Formula, FormulaError, Kind, kind_of, parse_formula
from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.custom_fields.values import in_words
from m3console.core.exact import ExactField
from m3console.core.forms import EntityForm
from m3console.core.models import EntityType, Organization
from plans.calculations import AGGREGATION, CUSTOM, custom_names
from plans.compounds import check_compound, named_aggregations
from plans.forms.calculations import Nameable, Trial, calculation_field
from plans.forms.common import choose_from, code_field, name_field, product_field, products, say_fixed
from plans.models import Aggregation, CompoundAggregation, Product, UnitRounding
from plans.services.compounds import FIXED

MOST_OFFERED = 100
"""Aggregations that the form lists; a calculation may name any."""


class CompoundAggregationForm(EntityForm):
    name = name_field()
    code = code_field(strict=True)
    product = product_field(optional=True, help_text="With a product, for that product’s plans only.")
    calculation = calculation_field()
    evaluate_null_aggregations = forms.BooleanField(
        required=False,
        help_text="Otherwise an aggregation without usage and default value means no value, and no line.",
    )
    quantity_per_unit = ExactField(initial="1", help_text="Units are what it comes to divided by this.")
    rounding = forms.ChoiceField(
        choices=UnitRounding.choices, initial=UnitRounding.NONE, help_text="Of units, to whole ones."
    )
    unit = forms.CharField(
        max_length=50, help_text="As it stands on bills.", error_messages={"required": "Enter a unit."}
    )
    custom_fields = CustomFieldsFormField(EntityType.COMPOUND_AGGREGATION)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        entity: CompoundAggregation | None = None,
        **kwargs: Any,
    ) -> None:
        self.organization = organization
        super().__init__(*args, entity=entity, **kwargs)
        choose_from(self, "product", products(organization))
        if entity:
            say_fixed(self, entity, FIXED)

    def trial(self) -> Trial:
        """What is typed, tried on sample quantities."""
        text = str(self["calculation"].value() or "")
        rows = list(
            Aggregation.objects.filter(organization=self.organization).order_by("code")[:MOST_OFFERED]
        )
        rows += _named_beyond(text, rows, self.organization)
        custom = custom_names(self._draft())
        codes = [row.code for row in rows]

        def check(typed: str) -> Formula:
            formula = parse_formula(typed)
            check_compound(formula, codes, custom)
            return formula

        evaluates = bool(self["evaluate_null_aggregations"].value())
        return Trial(text, _nameable(rows, custom), check, self.data, skips_null=not evaluates)

    def _draft(self) -> CompoundAggregation:
        """The compound as far as its custom fields are concerned."""
        draft = CompoundAggregation(organization=self.organization, custom_fields=self._own_custom_fields())
        try:
            product = self.fields["product"].clean(self["product"].value())
        except forms.ValidationError:
            product = None
        draft.product = product if isinstance(product, Product) else None
        return draft

    def _own_custom_fields(self) -> dict[str, Any]:
        """Its own values as typed; as saved while they cannot be read."""
        saved = self.entity.custom_fields if isinstance(self.entity, CompoundAggregation) else {}
        try:
            typed = self.fields["custom_fields"].clean(self["custom_fields"].data) if self.is_bound else None
        except forms.ValidationError:
            typed = None
        return dict(saved if typed is None else typed)


def _named_beyond(text: str, rows: list[Aggregation], organization: Organization) -> list[Aggregation]:
    """What a calculation names that is not among the rows."""
    try:
        codes = set(named_aggregations(parse_formula(text))) - {row.code for row in rows}
    except FormulaError:
        return []
    return list(Aggregation.objects.filter(organization=organization, code__in=codes)) if codes else []


def _nameable(rows: list[Aggregation], custom: dict[str, Any]) -> dict[str, Nameable]:
    found = {f"{AGGREGATION}{row.code}": Nameable(Kind.NUMBER, row.name, "100") for row in rows}
    for name, value in custom.items():
        label = f"custom field {name.removeprefix(CUSTOM)}"
        found[name] = Nameable(kind_of(value), label, in_words(value))
    return found
