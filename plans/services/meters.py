"""Meters and their data fields."""

from collections.abc import Mapping, Sequence
from typing import Any

from m3console.core.audit import action
from m3console.core.billed import refuse_billed
from m3console.core.entities import check_fields
from m3console.core.errors import RuleViolation, refusing
from m3console.core.fields import CustomValues
from m3console.core.models import Organization
from m3console.core.registry import Blocker
from plans.models import Aggregation, Category, DataField, Meter, Pricing, Product
from plans.models.meters import NUMBERS
from plans.services.rows import (
    Sentences,
    blocking,
    check_known,
    code_taken,
    created,
    held,
    refuse_change,
    removed,
    updated,
    used_above,
)

MOST_FIELDS = 15


def create_meter(
    *,
    organization: Organization,
    name: str,
    code: str,
    product: Product | None = None,
    data_fields: Sequence[Mapping[str, str]],
    custom_fields: CustomValues | None = None,
) -> Meter:
    """A meter with 1 to 15 data fields (maps of category, code, name, unit); without a product a global one.

    Raises RuleViolation. Rules: spec 2, Meter.
    """
    _check_list(data_fields)
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
            **_positions(data_fields),
        )
        _add_fields(meter, data_fields, **_positions(()))
        return meter


def update_meter(meter: Meter, *, version: int, **fields: Any) -> Meter:
    """Change name, code, product, custom or data fields; data fields are matched by id, or by code.

    A field that is left out is removed; positions stay. Raises RuleViolation, StaleVersion.
    """
    check_known(fields, frozenset({"name", "code", "product", "custom_fields", "data_fields"}))
    wanted: Sequence[Mapping[str, str]] | None = fields.pop("data_fields", None)
    with action("meter.updated"):
        meter = held(meter)
        if fields.get("product"):
            fields["product"] = held(fields["product"], meter.organization, field="product")
            _check_product(meter, fields["product"])
        given = _positions((), meter)
        new = [] if wanted is None else _replace_fields(meter, wanted)
        fields |= _positions(new, meter)
        meter = updated(meter, _sentences(fields.get("code", meter.code)), version=version, **fields)
        _add_fields(meter, new, **given)
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


def _check_list(data_fields: Sequence[Mapping[str, str]]) -> None:
    if not 1 <= len(data_fields) <= MOST_FIELDS:
        raise RuleViolation(
            f"A meter has 1 to {MOST_FIELDS} data fields; this one would have {len(data_fields)}.",
            field="data_fields",
        )
    seen: set[str] = set()
    for each in data_fields:
        if each["code"] in seen:
            raise RuleViolation(f"Two data fields have the code “{each['code']}”.", field="data_fields")
        seen.add(each["code"])


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


def _positions(new: Sequence[Mapping[str, str]], meter: Meter | None = None) -> dict[str, int]:
    """How many positions of numbers and of text are given once the meter has the new fields too."""
    numbers = sum(each["category"] in NUMBERS for each in new)
    return {
        "number_positions": numbers + (meter.number_positions if meter else 0),
        "text_positions": len(new) - numbers + (meter.text_positions if meter else 0),
    }


def _add_fields(meter: Meter, new: Sequence[Mapping[str, str]], **given: int) -> None:
    """Add fields at the next positions after those given, which are counted apart for numbers and text."""
    for each in new:
        count = "number_positions" if each["category"] in NUMBERS else "text_positions"
        field = DataField(
            organization_id=meter.organization_id,
            meter=meter,
            category=each["category"],
            code=each["code"],
            name=each["name"],
            unit=each.get("unit") or "",
            position=given[count],
        )
        given[count] += 1
        _check_field(field)
        field.save(force_insert=True)


def _check_field(field: DataField) -> None:
    try:
        check_fields(field)
    except RuleViolation as problem:
        raise RuleViolation(f"Data field “{field.code}”: {problem.message}", field="data_fields") from None
    if field.category in NUMBERS and not field.unit:
        raise RuleViolation(
            f"Data field “{field.code}” holds numbers, so it needs a unit.", field="data_fields"
        )


def _replace_fields(meter: Meter, wanted: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Change and remove fields so that they are those wanted; answers the ones that are still to be added."""
    _check_list(wanted)
    present = {str(field.pk): field for field in meter.data_fields.all()}
    named = {str(each["id"]) for each in wanted if each.get("id")}
    by_code = {field.code: field for pk, field in present.items() if pk not in named}
    kept: list[tuple[DataField, Mapping[str, str]]] = []
    new: list[Mapping[str, str]] = []
    for each in wanted:
        field = present.get(str(each["id"])) if each.get("id") else by_code.get(each["code"])
        if field is None:
            new.append(each)
        else:
            kept.append((field, each))
    staying = {field.pk for field, _ in kept}
    for field in present.values():
        if field.pk not in staying:
            _remove_field(field)
    for field, each in kept:
        _change_field(field, each)
    return new


def _remove_field(field: DataField) -> None:
    reasons = [f"aggregation “{a}” uses it" for a in _aggregations_using(field)]
    reasons += used_above("plans.datafield", field.pk)
    if reasons:
        raise RuleViolation(
            f"Data field “{field.code}” cannot be removed: {'; '.join(reasons)}.", field="data_fields"
        )
    field.delete()


def _change_field(field: DataField, wanted: Mapping[str, str]) -> None:
    before = (field.category, field.code, field.name, field.unit)
    after = (wanted["category"], wanted["code"], wanted["name"], wanted.get("unit") or "")
    if before == after:
        return
    if after[0] != field.category:
        _check_category(field, after[0])
    if after[1] != field.code:
        _check_code(field)
    field.category, field.code, field.name, field.unit = after
    _check_field(field)
    with refusing({"data_field_code_once": f"Two data fields have the code “{field.code}”."}):
        field.save(update_fields=["category", "code", "name", "unit"])


def _check_category(field: DataField, category: str) -> None:
    if (field.category in NUMBERS) != (category in NUMBERS):
        raise RuleViolation(
            f"Data field “{field.code}” cannot turn from numbers into text or back. Add another field.",
            field="data_fields",
        )
    what, kind = f"The category of data field “{field.code}”", "plans.datafield"
    refuse_billed(what, kind, field.pk, organization=field.organization_id, field="data_fields")
    if category == Category.METADATA:
        reasons = [f"aggregation “{aggregation}” uses it" for aggregation in _aggregations_using(field)]
        refuse_change(f"The category of data field “{field.code}”", reasons, field="data_fields")


def _check_code(field: DataField) -> None:
    segmented = Aggregation.objects.filter(meter_id=field.meter_id, segmented_fields__contains=[field.code])
    if aggregation := segmented.first():
        raise RuleViolation(
            f"Data field “{field.code}” keeps its code: aggregation “{aggregation}” is segmented by it.",
            field="data_fields",
        )


def _aggregations_using(field: DataField) -> list[Aggregation]:
    rows = Aggregation.objects.filter(meter_id=field.meter_id)
    return [a for a in rows if a.target_field_id == field.pk or field.code in a.segmented_fields]
