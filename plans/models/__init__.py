from plans.models.aggregations import Aggregation, Method, UnitRounding
from plans.models.attachments import AccountPlan, AttachmentStatus, CoveredProduct, HierarchyMode
from plans.models.compounds import CompoundAggregation, CompoundInput, Priceable
from plans.models.counters import Counter, CounterAdjustment, CounterPricing
from plans.models.meters import Category, DataField, Meter
from plans.models.plans import BillFrequency, Plan, PlanTemplate
from plans.models.pricing import BillsAs, Pricing
from plans.models.products import Product

__all__ = [
    "AccountPlan",
    "Aggregation",
    "AttachmentStatus",
    "BillFrequency",
    "BillsAs",
    "Category",
    "CompoundAggregation",
    "CompoundInput",
    "Counter",
    "CounterAdjustment",
    "CounterPricing",
    "CoveredProduct",
    "DataField",
    "HierarchyMode",
    "Meter",
    "Method",
    "Plan",
    "PlanTemplate",
    "Priceable",
    "Pricing",
    "Product",
    "UnitRounding",
]
