"""Which entities of the catalogue have custom fields, and attachments with them."""

from m3console.core.custom_fields.values import carried_by
from m3console.core.models import EntityType
from plans.models import AccountPlan, Aggregation, CompoundAggregation, Meter, Plan, PlanTemplate, Product


def register() -> None:
    carried_by(EntityType.PRODUCT, Product)
    carried_by(EntityType.METER, Meter)
    carried_by(EntityType.AGGREGATION, Aggregation)
    carried_by(EntityType.COMPOUND_AGGREGATION, CompoundAggregation)
    carried_by(EntityType.PLAN_TEMPLATE, PlanTemplate)
    carried_by(EntityType.PLAN, Plan)
    carried_by(EntityType.ACCOUNT_PLAN, AccountPlan)
