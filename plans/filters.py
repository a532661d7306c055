"""Filters of the catalogue's lists.

Choices are values and labels, not rows: those would be read again for each chip and check.
"""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from m3console.core.lists.filters import ListFilter
from m3console.core.models import Organization
from m3console.core.registry import Offered
from plans.models import BillsAs, CounterPricing, Meter, Plan, PlanTemplate, Pricing, Product

GLOBAL = "global"


def every(model: Any) -> Offered:
    """All rows of a model that the organization has, by name."""

    def rows(organization: Organization) -> QuerySet[Any]:
        found: QuerySet[Any] = model._default_manager.filter(organization=organization)
        return found

    return Offered(rows)


def belongs(path: str, *, label: str, unowned: bool = False) -> django_filters.ChoiceFilter:
    """A choice of what `path` points to; `unowned` offers rows that point to nothing as Global."""

    def narrow(rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(**{path: None}) if value == GLOBAL else Q(**{path: UUID(value)}))

    return django_filters.ChoiceFilter(
        label=label, method=narrow, empty_label="Any", choices=[(GLOBAL, "Global")] if unowned else []
    )


def named_in_link(path: str, label: str) -> django_filters.UUIDFilter:
    """A filter that only links set, such as “All pricings” of a plan."""
    return django_filters.UUIDFilter(field_name=path, label=label, widget=forms.HiddenInput)


def priced_with(
    label: str = "Prices the aggregation", priced: str = "aggregation"
) -> django_filters.UUIDFilter:
    """Plans or templates that price an aggregation or compound themselves; only links set it."""

    def narrow(rows: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        owner = "plan" if rows.model is Plan else "plan_template"
        return rows.filter(Exists(Pricing.objects.filter(**{owner: OuterRef("pk"), priced: value})))

    return django_filters.UUIDFilter(label=label, method=narrow, widget=forms.HiddenInput)


def counted_with(label: str = "Prices the counter") -> django_filters.UUIDFilter:
    """Plans or templates that price a counter themselves; only links set it."""

    def narrow(rows: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        owner = "plan" if rows.model is Plan else "plan_template"
        return rows.filter(Exists(CounterPricing.objects.filter(**{owner: OuterRef("pk")}, counter=value)))

    return django_filters.UUIDFilter(label=label, method=narrow, widget=forms.HiddenInput)


class MeterFilter(ListFilter):
    offered = {"product": every(Product)}
    product = belongs("product", label="Product", unowned=True)


class AggregationFilter(ListFilter):
    offered = {"product": every(Product), "meter": every(Meter)}
    product = belongs("product", label="Product", unowned=True)
    meter = belongs("meter", label="Meter")


class CompoundFilter(ListFilter):
    """By product; a link shows those that calculate with an aggregation."""

    offered = {"product": every(Product)}
    product = belongs("product", label="Product", unowned=True)
    aggregation = named_in_link("inputs__aggregation", "Aggregation id")


class CounterFilter(ListFilter):
    offered = {"product": every(Product)}
    product = belongs("product", label="Product", unowned=True)


class TemplateFilter(ListFilter):
    offered = {"product": every(Product)}
    product = belongs("product", label="Product")
    aggregation = priced_with()
    compound = priced_with("Prices the compound aggregation", "compound_aggregation")
    counter = counted_with()


class PlanFilter(ListFilter):
    offered = {"product": every(Product), "plan_template": every(PlanTemplate)}
    product = belongs("plan_template__product", label="Product")
    plan_template = belongs("plan_template", label="Plan template")
    aggregation = priced_with()
    compound = priced_with("Prices the compound aggregation", "compound_aggregation")
    counter = counted_with()


class PricingFilter(ListFilter):
    """By plan template and by what it bills as; the others come with links from their pages."""

    offered = {"plan_template": every(PlanTemplate)}
    plan_template = belongs("plan_template", label="Plan template")
    bills_as = django_filters.ChoiceFilter(
        field_name="type", label="Bills as", choices=BillsAs.choices, empty_label="Any"
    )
    plan = named_in_link("plan", "Plan id")
    aggregation = named_in_link("aggregation", "Aggregation id")
    compound = named_in_link("compound_aggregation", "Compound aggregation id")
    meter = named_in_link("aggregation__meter", "Meter id")


class CounterPricingFilter(ListFilter):
    """By plan template; the others come with links from their pages."""

    offered = {"plan_template": every(PlanTemplate)}
    plan_template = belongs("plan_template", label="Plan template")
    plan = named_in_link("plan", "Plan id")
    counter = named_in_link("counter", "Counter id")
