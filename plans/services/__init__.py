"""What changes the catalogue: each function is one act, in one transaction, recorded in the history."""

from plans.services.aggregations import create_aggregation, delete_aggregation, update_aggregation
from plans.services.compounds import (
    create_compound_aggregation,
    delete_compound_aggregation,
    update_compound_aggregation,
)
from plans.services.counter_pricing import (
    create_counter_pricing,
    delete_counter_pricing,
    update_counter_pricing,
)
from plans.services.counters import create_counter, delete_counter, update_counter
from plans.services.derived_fields import (
    create_derived_field,
    delete_derived_field,
    update_derived_field,
)
from plans.services.duplicates import duplicate_plan, duplicate_plan_template
from plans.services.meters import create_meter, delete_meter, update_meter
from plans.services.plans import (
    create_plan,
    create_plan_template,
    delete_plan,
    delete_plan_template,
    update_plan,
    update_plan_template,
)
from plans.services.pricing import create_pricing, delete_pricing, update_pricing
from plans.services.products import create_product, delete_product, update_product
from plans.services.rows import InUse

__all__ = [
    "InUse",
    "create_aggregation",
    "create_compound_aggregation",
    "create_counter",
    "create_counter_pricing",
    "create_derived_field",
    "create_meter",
    "create_plan",
    "create_plan_template",
    "create_pricing",
    "create_product",
    "delete_aggregation",
    "delete_compound_aggregation",
    "delete_counter",
    "delete_counter_pricing",
    "delete_derived_field",
    "delete_meter",
    "delete_plan",
    "delete_plan_template",
    "delete_pricing",
    "delete_product",
    "duplicate_plan",
    "duplicate_plan_template",
    "update_aggregation",
    "update_compound_aggregation",
    "update_counter",
    "update_counter_pricing",
    "update_derived_field",
    "update_meter",
    "update_plan",
    "update_plan_template",
    "update_pricing",
    "update_product",
]
