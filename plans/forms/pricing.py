"""The form of a pricing: aggregation, segment, type, bands, dates."""

from decimal import Decimal
from typing import Any

from django import forms

from m3console.core.rows import REDRAW
from plans.forms.bands import PriceForm
from plans.forms.in_advance import in_advance_field, say_inherited
from plans.forms.minimums import IN_ADVANCE, minimum_field, none_as_zero
from plans.forms.priced import PricedField, aggregations, compounds
from plans.in_advance import minimum_spend_in_advance
from plans.models import BillsAs, CompoundAggregation, Plan, Priceable, Pricing
from plans.models.aggregations import UnitRounding
from plans.segments import segment_key, segment_text


class PricingForm(PriceForm):
    """A pricing of a plan or template; aggregation and segment are chosen once."""

    aggregation = PricedField(
        widget=forms.Select(REDRAW), error_messages={"required": "Choose an aggregation."}
    )
    segment = forms.ChoiceField(error_messages={"required": "Choose a segment."})
    bills_as = forms.ChoiceField(
        choices=BillsAs.choices,
        required=False,
        initial=BillsAs.DEBIT,
        help_text="A credit is a negative line. A product credit is at most what the other lines of the"
        " product come to, a global credit at most those of the bill.",
    )
    tiers_span_plan = forms.BooleanField(
        required=False,
        help_text="Bands count from the attachment’s start, instead of from 0 in each bill period. Only for"
        " Sum and Count.",
    )
    minimum_spend = minimum_field(
        "The least that this price alone comes to in a bill period. Blank or 0: none."
    )
    minimum_spend_description = forms.CharField(
        label="Minimum described as", max_length=200, required=False, help_text="As it stands on bills."
    )
    minimum_spend_bill_in_advance = in_advance_field(IN_ADVANCE)
    choice, shows = "aggregation", "segments"
    field_order = ("aggregation", "segment")

    def __init__(self, *args: Any, entity: Pricing | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        if entity:
            del self.fields["aggregation"], self.fields["segment"]
        else:
            self._priced_field().offer(aggregations(self.template), compounds(self.template))
            self._offer_segments()
        plan = self.owner if isinstance(self.owner, Plan) else None
        inherited = minimum_spend_in_advance(self.owner.organization, self.template, plan)
        say_inherited(self, "minimum_spend_bill_in_advance", inherited)

    @classmethod
    def values_of(cls, entity: Any) -> dict[str, Any]:
        return super().values_of(entity) | {"bills_as": entity.type}

    def clean_bills_as(self) -> str:
        return self.cleaned_data["bills_as"] or BillsAs.DEBIT

    def clean_minimum_spend(self) -> Decimal:
        return none_as_zero(self.cleaned_data["minimum_spend"])

    @property
    def is_credit(self) -> bool:
        """Whether the price, as the form now says it, makes a credit."""
        return self.said("bills_as") in (BillsAs.PRODUCT_CREDIT, BillsAs.GLOBAL_CREDIT)

    @property
    def chosen(self) -> Priceable | None:
        """The aggregation or compound aggregation that is priced, once it is chosen."""
        if isinstance(self.entity, Pricing):
            return self.entity.priced
        return self._priced_field().offered.get(str(self.said("aggregation")))

    @property
    def priced(self) -> dict[str, Any]:
        """What was chosen, as create_pricing takes it."""
        chosen = self.cleaned_data["aggregation"]
        compound = isinstance(chosen, CompoundAggregation)
        return {"compound_aggregation" if compound else "aggregation": chosen}

    def _priced_field(self) -> PricedField:
        field = self.fields["aggregation"]
        assert isinstance(field, PricedField)
        return field

    @property
    def segment_words(self) -> str:
        """The segment of a pricing that is edited."""
        aggregation = self.chosen
        if not isinstance(self.entity, Pricing) or aggregation is None:
            return ""
        return segment_text(self.entity.segment, aggregation.segmented_fields)

    @property
    def unit(self) -> str:
        aggregation = self.chosen
        return aggregation.unit if aggregation else ""

    @property
    def whole(self) -> bool:
        """Whether units are whole ones, as they are counted until an aggregation says otherwise."""
        aggregation = self.chosen
        return aggregation is None or aggregation.rounding != UnitRounding.NONE

    @property
    def segment_so_far(self) -> str | None:
        """The key of the segment that is chosen, as it is saved; None until one is."""
        if isinstance(self.entity, Pricing):
            return self.entity.segment_key
        if "segment" not in self.fields:
            return "" if self.chosen else None
        said = str(self.said("segment") or "")
        field = self.fields["segment"]
        assert isinstance(field, forms.ChoiceField)
        return said if said and field.valid_value(said) else None

    def _offer_segments(self) -> None:
        aggregation, field = self.chosen, self.fields["segment"]
        if aggregation is None or not aggregation.segmented_fields:
            del self.fields["segment"]
            return
        assert isinstance(field, forms.ChoiceField)
        fields = aggregation.segmented_fields
        each = [(segment_key(segment), segment_text(segment, fields)) for segment in aggregation.segments]
        field.choices = [("", "Choose a segment"), *each]
