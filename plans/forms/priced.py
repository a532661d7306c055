"""The choice of what a pricing prices: an aggregation or a compound aggregation."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from plans.models import Aggregation, CompoundAggregation, PlanTemplate, Priceable


class PricedField(forms.ChoiceField):
    """Aggregations and, in a group of their own, compound aggregations; cleaned to the one chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offered: dict[str, Priceable] = {}

    def offer(self, aggregations: Iterable[Aggregation], compounds: Iterable[CompoundAggregation]) -> None:
        simple, compound = list(aggregations), list(compounds)
        self.offered = {str(each.pk): each for each in simple} | {str(each.pk): each for each in compound}
        choices: list[Any] = [("", "Choose an aggregation"), *map(_choice, simple)]
        if compound:
            choices.append(("Compound aggregations", list(map(_choice, compound))))
        self.choices = choices

    def prepare_value(self, value: Any) -> Any:
        return str(value.pk) if isinstance(value, Priceable) else value

    def clean(self, value: Any) -> Any:
        return self.offered.get(str(super().clean(self.prepare_value(value))))


def _choice(each: Priceable) -> tuple[str, str]:
    return str(each.pk), str(each)


def aggregations(template: PlanTemplate) -> QuerySet[Aggregation]:
    """What can be priced on plans of the template's product: its own aggregations and global ones."""
    own = Q(product=None) | Q(product=template.product_id)
    of_meter = Q(meter__product=None) | Q(meter__product=template.product_id)
    rows = Aggregation.objects.filter(own, of_meter, organization=template.organization_id)
    return rows.select_related("meter").order_by(Lower("name"), "id")


def compounds(template: PlanTemplate) -> QuerySet[CompoundAggregation]:
    """The product's own compound aggregations and global ones."""
    own = Q(product=None) | Q(product=template.product_id)
    rows = CompoundAggregation.objects.filter(own, organization=template.organization_id)
    return rows.order_by(Lower("name"), "id")
