"""What changes the catalogue: each function is one act, in one transaction, recorded in the history."""

from plans.services.aggregations import create_aggregation, update_aggregation
from plans.services.meters import create_meter, update_meter
from plans.services.plans import create_plan, create_plan_template, update_plan, update_plan_template
from plans.services.pricing import create_pricing, update_pricing
from plans.services.products import create_product, update_product

__all__ = [
    "create_aggregation",
    "create_meter",
    "create_plan",
    "create_plan_template",
    "create_pricing",
    "create_product",
    "update_aggregation",
    "update_meter",
    "update_plan",
    "update_plan_template",
    "update_pricing",
    "update_product",
]
