"""The catalogue and plan attachments to look at."""

from django.contrib import admin

from m3console.core.admin import LookOnly
from plans.models import (
    AccountPlan,
    Aggregation,
    CompoundAggregation,
    CompoundInput,
    Counter,
    CounterAdjustment,
    CounterPricing,
    DataField,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)


@admin.register(Product)
class ProductAdmin(LookOnly):
    list_display = ("name", "code", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "code", "=id")


@admin.register(Meter)
class MeterAdmin(LookOnly):
    list_display = ("name", "code", "product", "organization")
    list_select_related = ("organization", "product")
    search_fields = ("name", "code", "=id")


@admin.register(DataField)
class DataFieldAdmin(LookOnly):
    list_display = ("code", "name", "category", "unit", "numeric", "position", "meter")
    list_select_related = ("meter",)
    search_fields = ("code", "name", "meter__code")


@admin.register(Aggregation)
class AggregationAdmin(LookOnly):
    list_display = ("name", "code", "meter", "method", "unit", "organization")
    list_select_related = ("organization", "meter")
    search_fields = ("name", "code", "=id")


@admin.register(CompoundAggregation)
class CompoundAggregationAdmin(LookOnly):
    list_display = ("name", "code", "calculation", "unit", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "code", "=id")


@admin.register(CompoundInput)
class CompoundInputAdmin(LookOnly):
    list_display = ("compound_aggregation", "aggregation")
    list_select_related = ("compound_aggregation", "aggregation")
    search_fields = ("compound_aggregation__code", "aggregation__code")


@admin.register(PlanTemplate)
class PlanTemplateAdmin(LookOnly):
    list_display = ("name", "code", "product", "currency", "bill_frequency", "organization")
    list_select_related = ("organization", "product")
    search_fields = ("name", "code", "=id")


@admin.register(Plan)
class PlanAdmin(LookOnly):
    list_display = ("name", "code", "plan_template", "standing_charge", "minimum_spend", "organization")
    list_select_related = ("organization", "plan_template")
    search_fields = ("name", "code", "=id")


@admin.register(Pricing)
class PricingAdmin(LookOnly):
    list_display = (
        "aggregation",
        "compound_aggregation",
        "segment",
        "type",
        "plan",
        "plan_template",
        "start_date",
        "end_date",
        "organization",
    )
    list_select_related = ("organization", "aggregation", "compound_aggregation", "plan", "plan_template")
    search_fields = ("aggregation__code", "compound_aggregation__code", "plan__code", "=id")


@admin.register(Counter)
class CounterAdmin(LookOnly):
    list_display = ("name", "code", "unit", "product", "organization")
    list_select_related = ("organization", "product")
    search_fields = ("name", "code", "=id")


@admin.register(CounterPricing)
class CounterPricingAdmin(LookOnly):
    list_display = ("counter", "plan", "plan_template", "start_date", "end_date", "organization")
    list_select_related = ("organization", "counter", "plan", "plan_template")
    search_fields = ("counter__code", "plan__code", "=id")


@admin.register(CounterAdjustment)
class CounterAdjustmentAdmin(LookOnly):
    list_display = ("account", "counter", "date", "value", "organization")
    list_select_related = ("organization", "account", "counter")
    search_fields = ("=account__code", "=counter__code", "=id")


@admin.register(AccountPlan)
class AccountPlanAdmin(LookOnly):
    list_display = ("account", "plan", "start_date", "end_date", "organization")
    list_select_related = ("organization", "account", "plan")
    search_fields = ("=account__code", "=plan__code", "=id")
