"""A small catalogue to test with: each function makes one thing with what is not given made up."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans import services
from plans.models import (
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

GB = {"category": "MEASURE", "code": "gb", "name": "Gigabytes", "unit": "GB"}
REGION = {"category": "WHERE", "code": "region", "name": "Region", "unit": ""}
USER = {"category": "METADATA", "code": "user", "name": "User", "unit": ""}
SIZE = {"category": "WHAT", "code": "size", "name": "Size", "unit": ""}


KINDS = [
    "product", "meter", "aggregation", "counter", "plan_template", "plan", "pricing", "counter_pricing",
    "compound_aggregation",
]  # fmt: skip


def listed_as(one: Any) -> str:
    """What the list of its kind calls it: a pricing by what it prices."""
    return str(getattr(one, "aggregation", None) or getattr(one, "counter", None) or one)


def a_product(organization: Organization, code: str = "storage", **fields: Any) -> Product:
    return services.create_product(
        organization=organization, **{"name": code.title(), "code": code, **fields}
    )


def a_meter(organization: Organization, code: str = "disk", **fields: Any) -> Meter:
    wanted = {"name": code.title(), "code": code, "data_fields": [GB, REGION, USER, SIZE], **fields}
    return services.create_meter(organization=organization, **wanted)


def an_aggregation(meter: Meter, code: str = "gb_sum", **fields: Any) -> Aggregation:
    wanted = {"name": code, "code": code, "target_field": "gb", "method": "SUM", "unit": "GB", **fields}
    return services.create_aggregation(organization=meter.organization, meter=meter, **wanted)


def a_compound(organization: Organization, code: str = "ratio", **fields: Any) -> CompoundAggregation:
    wanted = {
        "name": code.title(), "code": code, "calculation": "aggregation.gb_sum * 2", "unit": "GB", **fields
    }  # fmt: skip
    return services.create_compound_aggregation(organization=organization, **wanted)


def a_template(product: Product, code: str | None = "monthly", **fields: Any) -> PlanTemplate:
    wanted = {"name": code or "Template", "code": code, "currency": "USD", **fields}
    return services.create_plan_template(organization=product.organization, product=product, **wanted)


def a_plan(template: PlanTemplate, code: str = "standard", **fields: Any) -> Plan:
    wanted = {"name": code.title(), "code": code, **fields}
    return services.create_plan(organization=template.organization, plan_template=template, **wanted)


def bands(*rows: tuple[str, str, str]) -> list[tuple[Decimal, Decimal, Decimal]]:
    return [(Decimal(lower), Decimal(fixed), Decimal(unit)) for lower, fixed, unit in rows]


def a_pricing(aggregation: Aggregation, plan: Plan | None = None, **fields: Any) -> Pricing:
    wanted: dict[str, Any] = {
        "plan": plan,
        "start_date": date(2024, 1, 1),
        "cumulative": True,
        "bands": bands(("0", "0", "0.15"), ("500", "0", "0.10")),
        **fields,
    }
    return services.create_pricing(organization=aggregation.organization, aggregation=aggregation, **wanted)


def a_counter(organization: Organization, code: str = "seats", **fields: Any) -> Counter:
    wanted = {"name": code.title(), "code": code, "unit": "seat", **fields}
    return services.create_counter(organization=organization, **wanted)


def a_counter_pricing(counter: Counter, plan: Plan | None = None, **fields: Any) -> CounterPricing:
    wanted: dict[str, Any] = {
        "plan": plan,
        "start_date": date(2024, 1, 1),
        "cumulative": True,
        "bands": bands(("0", "0", "2"), ("20", "0", "3")),
        **fields,
    }
    return services.create_counter_pricing(organization=counter.organization, counter=counter, **wanted)


def refused(field: str | None, *parts: str) -> Any:
    """Expect a refusal beside a field whose sentence holds the parts."""
    pattern = "(?is)" + ".*".join(parts)
    return pytest.raises(RuleViolation, match=pattern, check=lambda problem: problem.field == field)


def rows(*each: dict[str, str]) -> dict[str, str]:
    """The rows of a form as it is sent."""
    sent = {f"row-{n}-{name}": value for n, row in enumerate(each) for name, value in row.items()}
    return {"row-INITIAL_FORMS": "0", "row-TOTAL_FORMS": str(len(each)), **sent}
