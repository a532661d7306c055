"""Paths of the catalogue and of plan attachments, below an organization."""

from django.urls import path

from plans.views import (
    aggregations,
    attached,
    attachments,
    bulk,
    compounds,
    counter_adjustments,
    counter_pricings,
    counters,
    derived_fields,
    duplicates,
    meters,
    plans,
    pricings,
    products,
    templates,
)

app_name = "plans"

urlpatterns = [
    # Plan attachments, of an account and by themselves
    path("accounts/<uuid:pk>/plans/", attachments.attachment_list, name="attachment_list"),
    path("accounts/<uuid:pk>/plans/create/", attachments.attachment_create, name="attachment_create"),
    path("plan-attachments/<uuid:pk>/", attachments.attachment_detail, name="attachment_detail"),
    path("plan-attachments/<uuid:pk>/edit/", attachments.attachment_edit, name="attachment_edit"),
    path("plan-attachments/<uuid:pk>/delete/", attachments.attachment_delete, name="attachment_delete"),
    path("plan-attachments/<uuid:pk>/history/", attachments.attachment_history, name="attachment_history"),
    # Counter adjustments, of an account and by themselves
    path(
        "accounts/<uuid:pk>/counter-adjustments/",
        counter_adjustments.counter_adjustment_list,
        name="counter_adjustment_list",
    ),
    path(
        "accounts/<uuid:pk>/counter-adjustments/create/",
        counter_adjustments.counter_adjustment_create,
        name="counter_adjustment_create",
    ),
    path(
        "counter-adjustments/<uuid:pk>/",
        counter_adjustments.counter_adjustment_detail,
        name="counter_adjustment_detail",
    ),
    path(
        "counter-adjustments/<uuid:pk>/edit/",
        counter_adjustments.counter_adjustment_edit,
        name="counter_adjustment_edit",
    ),
    path(
        "counter-adjustments/<uuid:pk>/delete/",
        counter_adjustments.counter_adjustment_delete,
        name="counter_adjustment_delete",
    ),
    path(
        "counter-adjustments/<uuid:pk>/history/",
        counter_adjustments.counter_adjustment_history,
        name="counter_adjustment_history",
    ),
    # products/
    path("products/", products.product_list, name="product_list"),
    path("products/create/", products.product_create, name="product_create"),
    path("products/many/delete/", bulk.product_delete_many, name="product_delete_many"),
    path("products/<uuid:pk>/", products.product_detail, name="product_detail"),
    path("products/<uuid:pk>/edit/", products.product_edit, name="product_edit"),
    path("products/<uuid:pk>/delete/", products.product_delete, name="product_delete"),
    path("products/<uuid:pk>/history/", products.product_history, name="product_history"),
    # meters/
    path("meters/", meters.meter_list, name="meter_list"),
    path("meters/create/", meters.meter_create, name="meter_create"),
    path("meters/many/delete/", bulk.meter_delete_many, name="meter_delete_many"),
    path("meters/<uuid:pk>/", meters.meter_detail, name="meter_detail"),
    path("meters/<uuid:pk>/edit/", meters.meter_edit, name="meter_edit"),
    path("meters/<uuid:pk>/delete/", meters.meter_delete, name="meter_delete"),
    path("meters/<uuid:pk>/history/", meters.meter_history, name="meter_history"),
    path(
        "meters/<uuid:pk>/derived-fields/create/",
        derived_fields.derived_field_create,
        name="derived_field_create",
    ),
    path("derived-fields/<uuid:pk>/edit/", derived_fields.derived_field_edit, name="derived_field_edit"),
    path(
        "derived-fields/<uuid:pk>/delete/", derived_fields.derived_field_delete, name="derived_field_delete"
    ),
    # aggregations/
    path("aggregations/", aggregations.aggregation_list, name="aggregation_list"),
    path("aggregations/create/", aggregations.aggregation_create, name="aggregation_create"),
    path("aggregations/many/delete/", bulk.aggregation_delete_many, name="aggregation_delete_many"),
    path("aggregations/<uuid:pk>/", aggregations.aggregation_detail, name="aggregation_detail"),
    path("aggregations/<uuid:pk>/edit/", aggregations.aggregation_edit, name="aggregation_edit"),
    path("aggregations/<uuid:pk>/delete/", aggregations.aggregation_delete, name="aggregation_delete"),
    path("aggregations/<uuid:pk>/history/", aggregations.aggregation_history, name="aggregation_history"),
    # compound-aggregations/
    path(
        "compound-aggregations/",
        compounds.compound_aggregation_list,
        name="compound_aggregation_list",
    ),
    path(
        "compound-aggregations/create/",
        compounds.compound_aggregation_create,
        name="compound_aggregation_create",
    ),
    path(
        "compound-aggregations/many/delete/",
        bulk.compound_aggregation_delete_many,
        name="compound_aggregation_delete_many",
    ),
    path(
        "compound-aggregations/<uuid:pk>/",
        compounds.compound_aggregation_detail,
        name="compound_aggregation_detail",
    ),
    path(
        "compound-aggregations/<uuid:pk>/edit/",
        compounds.compound_aggregation_edit,
        name="compound_aggregation_edit",
    ),
    path(
        "compound-aggregations/<uuid:pk>/delete/",
        compounds.compound_aggregation_delete,
        name="compound_aggregation_delete",
    ),
    path(
        "compound-aggregations/<uuid:pk>/history/",
        compounds.compound_aggregation_history,
        name="compound_aggregation_history",
    ),
    # counters/
    path("counters/", counters.counter_list, name="counter_list"),
    path("counters/create/", counters.counter_create, name="counter_create"),
    path("counters/many/delete/", bulk.counter_delete_many, name="counter_delete_many"),
    path("counters/<uuid:pk>/", counters.counter_detail, name="counter_detail"),
    path("counters/<uuid:pk>/edit/", counters.counter_edit, name="counter_edit"),
    path("counters/<uuid:pk>/delete/", counters.counter_delete, name="counter_delete"),
    path("counters/<uuid:pk>/history/", counters.counter_history, name="counter_history"),
    # plan-templates/
    path("plan-templates/", templates.plan_template_list, name="plan_template_list"),
    path("plan-templates/create/", templates.plan_template_create, name="plan_template_create"),
    path("plan-templates/many/delete/", bulk.plan_template_delete_many, name="plan_template_delete_many"),
    path("plan-templates/<uuid:pk>/", templates.plan_template_detail, name="plan_template_detail"),
    path("plan-templates/<uuid:pk>/edit/", templates.plan_template_edit, name="plan_template_edit"),
    path("plan-templates/<uuid:pk>/delete/", templates.plan_template_delete, name="plan_template_delete"),
    path("plan-templates/<uuid:pk>/history/", templates.plan_template_history, name="plan_template_history"),
    path(
        "plan-templates/<uuid:pk>/accounts/", attached.plan_template_accounts, name="plan_template_accounts"
    ),
    path(
        "plan-templates/<uuid:pk>/duplicate/",
        duplicates.plan_template_duplicate,
        name="plan_template_duplicate",
    ),
    path(
        "plan-templates/<uuid:pk>/pricings/create/",
        pricings.plan_template_pricing_create,
        name="plan_template_pricing_create",
    ),
    path(
        "plan-templates/<uuid:pk>/counter-pricings/create/",
        counter_pricings.plan_template_counter_pricing_create,
        name="plan_template_counter_pricing_create",
    ),
    # plans/
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/create/", plans.plan_create, name="plan_create"),
    path("plans/many/delete/", bulk.plan_delete_many, name="plan_delete_many"),
    path("plans/<uuid:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<uuid:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<uuid:pk>/delete/", plans.plan_delete, name="plan_delete"),
    path("plans/<uuid:pk>/history/", plans.plan_history, name="plan_history"),
    path("plans/<uuid:pk>/accounts/", attached.plan_accounts, name="plan_accounts"),
    path("plans/<uuid:pk>/duplicate/", duplicates.plan_duplicate, name="plan_duplicate"),
    path("plans/<uuid:pk>/pricings/create/", pricings.pricing_create, name="pricing_create"),
    path(
        "plans/<uuid:pk>/counter-pricings/create/",
        counter_pricings.counter_pricing_create,
        name="counter_pricing_create",
    ),
    # pricings/
    path("pricings/", pricings.pricing_list, name="pricing_list"),
    path("pricings/<uuid:pk>/", pricings.pricing_detail, name="pricing_detail"),
    path("pricings/<uuid:pk>/edit/", pricings.pricing_edit, name="pricing_edit"),
    path("pricings/<uuid:pk>/delete/", pricings.pricing_delete, name="pricing_delete"),
    path("pricings/<uuid:pk>/history/", pricings.pricing_history, name="pricing_history"),
    # counter-pricings/
    path("counter-pricings/", counter_pricings.counter_pricing_list, name="counter_pricing_list"),
    path(
        "counter-pricings/<uuid:pk>/", counter_pricings.counter_pricing_detail, name="counter_pricing_detail"
    ),
    path(
        "counter-pricings/<uuid:pk>/edit/", counter_pricings.counter_pricing_edit, name="counter_pricing_edit"
    ),
    path(
        "counter-pricings/<uuid:pk>/delete/",
        counter_pricings.counter_pricing_delete,
        name="counter_pricing_delete",
    ),
    path(
        "counter-pricings/<uuid:pk>/history/",
        counter_pricings.counter_pricing_history,
        name="counter_pricing_history",
    ),
]
