"""Filters of the catalogue's lists.

Choices are read once a request: a choice of model rows would be read again for each chip and check.
"""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from plans.models import Meter, PlanTemplate, Product

GLOBAL = "global"


class CatalogueFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Filters by what rows belong to; `offered` names the kind of rows that a filter offers."""

    offered: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in self.offered.items():
            rows = model._default_manager.filter(organization=self.request.organization)
            named = rows.order_by(Lower("name"), "id").values_list("id", "name")
            self.filters[name].extra["choices"] += [(str(pk), label) for pk, label in named]


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


class MeterFilter(CatalogueFilter):
    offered = {"product": Product}
    product = belongs("product", label="Product", unowned=True)


class AggregationFilter(CatalogueFilter):
    offered = {"product": Product, "meter": Meter}
    product = belongs("product", label="Product", unowned=True)
    meter = belongs("meter", label="Meter")


class TemplateFilter(CatalogueFilter):
    offered = {"product": Product}
    product = belongs("product", label="Product")


class PlanFilter(CatalogueFilter):
    offered = {"product": Product, "plan_template": PlanTemplate}
    product = belongs("plan_template__product", label="Product")
    plan_template = belongs("plan_template", label="Plan template")


class PricingFilter(CatalogueFilter):
    """By plan template; the others come with links from their pages."""

    offered = {"plan_template": PlanTemplate}
    plan_template = belongs("plan_template", label="Plan template")
    plan = named_in_link("plan", "Plan id")
    aggregation = named_in_link("aggregation", "Aggregation id")
