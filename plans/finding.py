"""What of the catalogue and of attachments search finds, and what can be created."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat

from m3console.core.models import Organization
from m3console.core.searching.finding import Findable, can_be_created, can_be_found
from plans.models import (
    AccountPlan,
    Aggregation,
    CompoundAggregation,
    Counter,
    CounterPricing,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)

TEXT: "TextField[str, str]" = TextField()
NAMED: tuple[tuple[str, str, str, int, str, type[Model]], ...] = (
    ("Product", "Products", "product", 20, "product", Product),
    ("Meter", "Meters", "meter", 21, "meter", Meter),
    ("Aggregation", "Aggregations", "sum", 22, "aggregation", Aggregation),
    ("Compound aggregation", "Compound aggregations", "sum", 22, "compound_aggregation", CompoundAggregation),
    ("Counter", "Counters", "counter", 26, "counter", Counter),
    ("Plan template", "Plan templates", "copy", 23, "plan_template", PlanTemplate),
    ("Plan", "Plans", "plan", 24, "plan", Plan),
)


def register() -> None:
    for label, plural, icon, order, noun, model in NAMED:
        can_be_found(
            Findable(
                label, plural, icon, order, model, _rows(model), "name", "code",
                code="code", listed=f"plans:{noun}_list",
            )
        )  # fmt: skip
        can_be_created((f"Create {label.lower()}", f"plans:{noun}_create"))
    can_be_found(
        Findable(
            "Pricing",
            "Pricings",
            "price",
            25,
            Pricing,
            _rows(Pricing),
            Coalesce("aggregation__name", "compound_aggregation__name"),
            Coalesce("plan__name", "plan_template__name"),
            listed="plans:pricing_list",
            key=F("start_date"),
        ),
        Findable(
            "Counter pricing",
            "Counter pricings",
            "price",
            27,
            CounterPricing,
            _rows(CounterPricing),
            "counter__name",
            Coalesce("plan__name", "plan_template__name"),
            listed="plans:counter_pricing_list",
            key=F("start_date"),
        ),
        Findable(
            "Plan attachment",
            "Plan attachments",
            "plan",
            12,
            AccountPlan,
            _rows(AccountPlan),
            "plan__name",
            Concat("account__name", Value(", from "), "start_date", output_field=TEXT),
            code="code",
            key=F("start_date"),
            falling=True,
        ),
    )


def _rows(model: type[Model]) -> Callable[[Organization], QuerySet[Any]]:
    return lambda organization: model._default_manager.filter(organization=organization)
