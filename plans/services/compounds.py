"""Compound aggregations: calculations over aggregations and custom fields."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from m3console.core.audit import action
from m3console.core.billed import refuse_billed
from m3console.core.errors import RuleViolation
from m3console.core.fields import CustomValues
from m3console.core.models import Organization
from m3console.core.registry import Blocker
from plans.compounds import checked_calculation
from plans.models import Aggregation, CompoundAggregation, CompoundInput, Pricing, Product
from plans.services.aggregations import priced_on
from plans.services.rows import (
    Sentences,
    check_known,
    code_taken,
    created,
    held,
    removed,
    updated,
)

CHANGEABLE = frozenset(
    {
        "name", "code", "product", "calculation", "evaluate_null_aggregations", "quantity_per_unit",
        "rounding", "unit", "custom_fields",
    }
)  # fmt: skip
FIXED = {"calculation": "calculation", "evaluate_null_aggregations": "handling of null aggregations"}


def create_compound_aggregation(
    *,
    organization: Organization,
    name: str,
    code: str,
    calculation: str,
    evaluate_null_aggregations: bool = False,
    quantity_per_unit: Decimal | int = 1,
    rounding: str = "NONE",
    unit: str,
    product: Product | None = None,
    custom_fields: CustomValues | None = None,
) -> CompoundAggregation:
    """A calculation that plans can price; without a product a global one.

    Raises RuleViolation; of a calculation with its place. Rules: spec 2, Compound aggregation.
    """
    with action("compound_aggregation.created"):
        fields: dict[str, Any] = {
            "name": name, "code": code, "calculation": calculation, "unit": unit, "rounding": rounding,
            "evaluate_null_aggregations": evaluate_null_aggregations,
            "quantity_per_unit": Decimal(quantity_per_unit),
            "product": held(product, organization, field="product") if product else None,
            "custom_fields": custom_fields or {},
        }  # fmt: skip
        inputs = _checked(CompoundAggregation(organization=organization, **fields))
        compound = created(CompoundAggregation, _sentences(code), organization=organization, **fields)
        _name_inputs(compound, inputs)
        return compound


def update_compound_aggregation(
    compound: CompoundAggregation, *, version: int, **fields: Any
) -> CompoundAggregation:
    """Change any of create_compound_aggregation's fields; once billed, the calculation stays.

    Raises RuleViolation, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, CHANGEABLE)
    with action("compound_aggregation.updated"):
        before = held(compound)
        if fields.get("product"):
            fields["product"] = held(fields["product"], before.organization, field="product")
        after = {name: getattr(before, name) for name in CHANGEABLE} | fields
        inputs = _checked(CompoundAggregation(organization=before.organization, pk=before.pk, **after))
        _check_use(before, after)
        saved = updated(before, _sentences(after["code"]), version=version, **fields)
        _name_inputs(saved, inputs)
        return saved


def delete_compound_aggregation(compound: CompoundAggregation, *, version: int | None = None) -> None:
    """Delete a compound aggregation that has no pricing. Raises InUse with where it is, StaleVersion."""
    with action("compound_aggregation.deleted"):
        removed(compound, compound_blockers, version=version, parts=_parts)


def _parts(compound: CompoundAggregation) -> list[QuerySet[Any]]:
    return [CompoundInput.objects.filter(compound_aggregation=compound)]


def compound_blockers(compound: CompoundAggregation) -> list[Blocker]:
    """The plans and templates that price it."""
    return priced_on(Pricing.objects.filter(compound_aggregation=compound))


def _sentences(code: str) -> Sentences:
    return {
        "compound_code_once": code_taken(CompoundAggregation, code),
        "compound_quantity_per_unit_positive": RuleViolation(
            "Quantity per unit must be more than 0.", field="quantity_per_unit"
        ),
    }


def _checked(draft: CompoundAggregation) -> list[Aggregation]:
    """The aggregations that its calculation names, kept as they are until the transaction ends."""
    named = checked_calculation(draft)
    rows = Aggregation.objects.select_for_update(no_key=True).filter(organization=draft.organization)
    return list(rows.filter(code__in=named).order_by("pk"))


def _name_inputs(compound: CompoundAggregation, inputs: list[Aggregation]) -> None:
    CompoundInput.objects.filter(compound_aggregation=compound).exclude(aggregation__in=inputs).delete()
    CompoundInput.objects.bulk_create(
        [
            CompoundInput(
                organization_id=compound.organization_id, compound_aggregation=compound, aggregation=each
            )
            for each in inputs
        ],
        ignore_conflicts=True,
    )


def _check_use(before: CompoundAggregation, after: Mapping[str, Any]) -> None:
    """What is billed keeps what its bills were made with (spec 7), and what is priced its product."""
    for name, label in FIXED.items():
        if getattr(before, name) != after[name]:
            what, kind = f"The {label}", "plans.compoundaggregation"
            refuse_billed(what, kind, before.pk, organization=before.organization_id, field=name)
    if product := after["product"]:
        pricing = Pricing.objects.filter(compound_aggregation=before).outside(product).first()
        if pricing:
            raise RuleViolation(
                f"It is priced on “{pricing.owner}” of another product, so it must be global.",
                field="product",
            )
