"""Filters of the catalogue's lists."""

import django_filters
from django.db.models import QuerySet
from django.db.models.functions import Lower

from m3console.core.http import Request
from plans.forms.common import products
from plans.models import Aggregation, Meter, Plan, PlanTemplate, Product


def products_of(request: Request) -> QuerySet[Product]:
    return products(request.organization)


def meters_of(request: Request) -> QuerySet[Meter]:
    return Meter.objects.filter(organization=request.organization).order_by(Lower("name"), "id")


class OfProductFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By product; also what belongs to none."""

    product = django_filters.ModelChoiceFilter(
        queryset=products_of, empty_label="Any", null_label="Global", null_value="global"
    )


class AggregationFilter(OfProductFilter):
    meter = django_filters.ModelChoiceFilter(queryset=meters_of, empty_label="Any")


class TemplateFilter(django_filters.FilterSet):  # type: ignore[misc]
    product = django_filters.ModelChoiceFilter(queryset=products_of, empty_label="Any")


class PlanFilter(django_filters.FilterSet):  # type: ignore[misc]
    product = django_filters.ModelChoiceFilter(
        field_name="plan_template__product", label="Product", queryset=products_of, empty_label="Any"
    )
    plan_template = django_filters.ModelChoiceFilter(
        label="Plan template",
        queryset=lambda request: PlanTemplate.objects.filter(organization=request.organization).order_by(
            Lower("name"), "id"
        ),
        empty_label="Any",
    )


class PricingFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By what is priced, and by the plan or template whose page has not room for all its pricings."""

    aggregation = django_filters.ModelChoiceFilter(
        queryset=lambda request: Aggregation.objects.filter(organization=request.organization).order_by(
            Lower("name"), "id"
        ),
        empty_label="Any",
    )
    plan = django_filters.ModelChoiceFilter(
        queryset=lambda request: Plan.objects.filter(organization=request.organization).order_by(
            Lower("name"), "id"
        ),
        empty_label="Any",
    )
    plan_template = django_filters.ModelChoiceFilter(
        label="Plan template",
        queryset=lambda request: PlanTemplate.objects.filter(organization=request.organization).order_by(
            Lower("name"), "id"
        ),
        empty_label="Any",
    )
