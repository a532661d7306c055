"""The form of a counter pricing: counter, type, bands, dates, and how it is billed."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from m3console.core.rows import REDRAW
from plans.forms.bands import PriceForm
from plans.forms.common import choose_from
from plans.models import Counter, CounterPricing, PlanTemplate
from plans.services.counter_pricing import FLAGS


def switch(label: str, help_text: str) -> forms.BooleanField:
    """A flag of a counter pricing, on unless it is switched off."""
    return forms.BooleanField(label=label, required=False, initial=True, help_text=help_text)


class CounterPricingForm(PriceForm):
    """A counter pricing of a plan or template; the counter is chosen once."""

    counter = forms.ModelChoiceField(
        Counter.objects.none(),
        empty_label="Choose a counter",
        widget=forms.Select(REDRAW),
        error_messages={"required": "Choose a counter."},
    )
    running_total_bill_in_advance = switch(
        "Running total billed in advance", "For the period that starts on the bill date."
    )
    pro_rate_running_total = switch(
        "Prorate running total", "By the days that it is priced; otherwise whole once a bill period."
    )
    pro_rate_adjustment_debit = switch(
        "Prorate adjustment debit", "What an adjustment adds, by the days left; otherwise whole."
    )
    pro_rate_adjustment_credit = switch(
        "Prorate adjustment credit", "What an adjustment takes off, by the days left; otherwise whole."
    )
    choice, shows = "counter", "unit"
    field_order = ("counter",)

    def __init__(self, *args: Any, entity: CounterPricing | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        if entity:
            del self.fields["counter"]
        else:
            choose_from(self, "counter", counters(self.template))

    @property
    def chosen(self) -> Counter | None:
        """The counter that is priced, once it is chosen."""
        if isinstance(self.entity, CounterPricing):
            return self.entity.counter
        said = self.said("counter")
        if isinstance(said, Counter):
            return said
        try:
            return counters(self.template).filter(pk=UUID(str(said))).first()
        except ValueError:
            return None

    @property
    def unit(self) -> str:
        counter = self.chosen
        return counter.unit if counter else ""

    @property
    def further_fields(self) -> list[Any]:
        """What the price editor shows below the price."""
        return [self[name] for name in FLAGS]


def counters(template: PlanTemplate) -> QuerySet[Counter]:
    """What can be priced on plans of the template's product: its own counters and global ones."""
    own = Q(product=None) | Q(product=template.product_id)
    rows = Counter.objects.filter(own, organization=template.organization_id)
    return rows.order_by(Lower("name"), "id")
