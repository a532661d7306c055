"""Products: what is sold."""

from typing import Any

from m3console.core.audit import action
from m3console.core.fields import CustomValues
from m3console.core.models import Organization
from m3console.core.registry import Blocker
from plans.models import Aggregation, CompoundAggregation, Counter, Meter, PlanTemplate, Product
from plans.services.rows import (
    Sentences,
    blocking,
    check_known,
    code_taken,
    created,
    removed,
    updated,
)


def _sentences(code: str) -> Sentences:
    return {"product_code_once": code_taken(Product, code)}


def create_product(
    *, organization: Organization, name: str, code: str, custom_fields: CustomValues | None = None
) -> Product:
    """A new product; its code is unique among products (spec 2, Product). Raises RuleViolation."""
    with action("product.created"):
        return created(
            Product, _sentences(code), organization=organization, name=name, code=code,
            custom_fields=custom_fields or {},
        )  # fmt: skip


def update_product(product: Product, *, version: int, **fields: Any) -> Product:
    """Change name, code or custom fields. Raises RuleViolation, or StaleVersion if somebody saved."""
    check_known(fields, frozenset({"name", "code", "custom_fields"}))
    with action("product.updated"):
        return updated(product, _sentences(fields.get("code", product.code)), version=version, **fields)


def delete_product(product: Product, *, version: int | None = None) -> None:
    """Delete a product that holds nothing. Raises InUse with what it holds, StaleVersion."""
    with action("product.deleted"):
        removed(product, product_blockers, version=version)


def product_blockers(product: Product) -> list[Blocker]:
    """What the product holds: meters, aggregations, counters, templates (and with these its plans)."""
    return [
        *blocking(Meter.objects.filter(product=product), "plans:meter_detail"),
        *blocking(Aggregation.objects.filter(product=product), "plans:aggregation_detail"),
        *blocking(CompoundAggregation.objects.filter(product=product), "plans:compound_aggregation_detail"),
        *blocking(Counter.objects.filter(product=product), "plans:counter_detail"),
        *blocking(PlanTemplate.objects.filter(product=product), "plans:plan_template_detail"),
    ]
