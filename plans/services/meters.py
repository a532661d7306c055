"""Meters with their data fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from m3console.core.audit import action
from m3console.core.errors import RuleViolation
from m3console.core.fields import CustomValues
from m3console.core.models import Organization
from m3console.core.registry import Blocker
from plans.models import Aggregation, Meter, Pricing, Product
from plans.services.data_fields import add_fields, check_list, positions, replace_fields
from plans.services.derived_fields import check_calculations, check_derived_list
from plans.services.rows import (
    Sentences,
    blocking,
    check_known,
    code_taken,
    created,
    held,
    removed,
    updated,
)


def create_meter(
    *,
    organization: Organization,
    name: str,
    code: str,
    product: Product | None = None,
    data_fields: Sequence[Mapping[str, str]],
    derived_fields: Sequence[Mapping[str, str]] = (),
    custom_fields: CustomValues | None = None,
) -> Meter:
    """A meter with 1 to 15 data fields (maps of category, code, name, unit) and 0 to 15 derived fields (the
    same, and a calculation); without a product a global one.

    Raises RuleViolation. Rules: spec 2, Meter.
    """
    check_list(data_fields)
    check_derived_list(derived_fields, data_fields)
    every = [*data_fields, *derived_fields]
    with action("meter.created"):
        product = held(product, organization, field="product") if product else None
        meter = created(
            Meter,
            _sentences(code),
            organization=organization,
            name=name,
            code=code,
            product=product,
            custom_fields=custom_fields or {},
            **positions(every),
        )
        add_fields(meter, every, **positions(()))
        check_calculations(meter)
        return meter


def update_meter(meter: Meter, *, version: int, **fields: Any) -> Meter:
    """Change name, code, product, custom or data fields; data fields are matched by id, or by code.

    One that is left out is removed; positions and derived fields stay. Raises RuleViolation, StaleVersion.
    """
    check_known(fields, frozenset({"name", "code", "product", "custom_fields", "data_fields"}))
    wanted: Sequence[Mapping[str, str]] | None = fields.pop("data_fields", None)
    with action("meter.updated"):
        meter = held(meter)
        if fields.get("product"):
            fields["product"] = held(fields["product"], meter.organization, field="product")
            _check_product(meter, fields["product"])
        given = positions((), meter)
        new = [] if wanted is None else replace_fields(meter, wanted)
        fields |= positions(new, meter)
        meter = updated(meter, _sentences(fields.get("code", meter.code)), version=version, **fields)
        add_fields(meter, new, **given)
        check_calculations(meter)
        return meter


def delete_meter(meter: Meter, *, version: int | None = None) -> None:
    """Delete a meter without aggregations and usage, and its fields. Raises InUse, StaleVersion."""
    with action("meter.deleted"):
        removed(meter, meter_blockers, version=version)


def meter_blockers(meter: Meter) -> list[Blocker]:
    """The aggregations over the meter; upper layers add its usage."""
    return blocking(Aggregation.objects.filter(meter=meter), "plans:aggregation_detail")


def _sentences(code: str) -> Sentences:
    return {"meter_code_once": code_taken(Meter, code)}


def _check_product(meter: Meter, product: Product) -> None:
    """A meter that moves to a product must not leave behind what already uses it elsewhere."""
    other = Aggregation.objects.filter(meter=meter).exclude(product=None).exclude(product=product).first()
    if other:
        raise RuleViolation(
            f"Its aggregation “{other}” belongs to {other.product}, so the meter cannot belong to {product}.",
            field="product",
        )
    pricing = Pricing.objects.filter(aggregation__meter=meter).outside(product).first()
    if pricing:
        raise RuleViolation(
            f"It is priced on “{pricing.owner}” of another product, so it must stay global.", field="product"
        )
