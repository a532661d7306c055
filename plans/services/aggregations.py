"""Aggregations, and the segments that they are cut into."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from m3console.core.audit import action
from m3console.core.billed import refuse_billed
from m3console.core.errors import RuleViolation
from m3console.core.fields import CustomValues
from m3console.core.models import Organization
from m3console.core.registry import Blocker
from m3console.core.text import days_in_words
from plans.models import (
    Aggregation,
    Category,
    CompoundAggregation,
    DataField,
    Meter,
    Method,
    Pricing,
    Product,
)
from plans.models.meters import DIMENSIONS, NUMBERS
from plans.segments import Segment, segment_key, segment_text
from plans.services.bands import ADDING_UP
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

CHANGEABLE = frozenset(
    {
        "name", "code", "meter", "target_field", "method", "quantity_per_unit", "rounding", "unit",
        "default_value", "segmented_fields", "segments", "product", "custom_fields",
    }
)  # fmt: skip
FIXED = {"meter": "meter", "target_field": "target field", "method": "method"}
SHARED = {"product": "it", "meter": "its meter"}


def create_aggregation(
    *,
    organization: Organization,
    name: str,
    code: str,
    meter: Meter,
    target_field: str,
    method: str,
    quantity_per_unit: Decimal | int = 1,
    rounding: str = "NONE",
    unit: str,
    default_value: Decimal | None = None,
    segmented_fields: Sequence[str] = (),
    segments: Sequence[Segment] = (),
    product: Product | None = None,
    custom_fields: CustomValues | None = None,
) -> Aggregation:
    """An aggregation of one field (by code) of a meter; without a product a global one.

    Raises RuleViolation. Rules: spec 2, Aggregation.
    """
    with action("aggregation.created"):
        fields: dict[str, Any] = {
            "name": name, "code": code, "meter": held(meter, organization, field="meter"),
            "target_field": target_field, "method": method, "rounding": rounding, "unit": unit,
            "quantity_per_unit": Decimal(quantity_per_unit), "default_value": default_value,
            "segmented_fields": list(segmented_fields), "segments": [dict(each) for each in segments],
            "product": held(product, organization, field="product") if product else None,
            "custom_fields": custom_fields or {},
        }  # fmt: skip
        _check(fields)
        return created(Aggregation, _sentences(code), organization=organization, **fields)


def update_aggregation(aggregation: Aggregation, *, version: int, **fields: Any) -> Aggregation:
    """Change any of create_aggregation's fields; once billed, meter, field and method stay.

    Raises RuleViolation, or StaleVersion if somebody else saved meanwhile.
    """
    check_known(fields, CHANGEABLE)
    with action("aggregation.updated"):
        before = held(aggregation)
        after = {name: getattr(before, name) for name in CHANGEABLE} | fields
        after["meter"] = held(after["meter"], before.organization, field="meter")
        if isinstance(after["target_field"], DataField):
            after["target_field"] = after["target_field"].code
        if after["product"]:
            after["product"] = held(after["product"], before.organization, field="product")
        after["segmented_fields"] = list(after["segmented_fields"])
        after["segments"] = [dict(segment) for segment in after["segments"]]
        _check(after)
        _check_use(before, after)
        changed = {name: after[name] for name in fields}
        return updated(before, _sentences(after["code"]), version=version, **changed)


def delete_aggregation(aggregation: Aggregation, *, version: int | None = None) -> None:
    """Delete an aggregation that has no pricing. Raises InUse with where it is priced, StaleVersion."""
    with action("aggregation.deleted"):
        removed(aggregation, aggregation_blockers, version=version)


def aggregation_blockers(aggregation: Aggregation) -> list[Blocker]:
    """The plans and templates that price the aggregation, and the compounds that calculate with it."""
    compounds = CompoundAggregation.objects.filter(inputs__aggregation=aggregation)
    return [
        *priced_on(Pricing.objects.filter(aggregation=aggregation)),
        *blocking(compounds.order_by("id"), "plans:compound_aggregation_detail"),
    ]


def priced_on(pricings: QuerySet[Pricing]) -> list[Blocker]:
    """The pricings as what keeps something from being deleted."""

    def label(each: Pricing) -> str:
        segment = segment_text(each.segment, each.priced.segmented_fields)
        of = f" of {segment}" if segment else ""
        return f"pricing{of} on “{each.owner}” {days_in_words(each.start_date, each.end_date)}"

    rows = pricings.select_related("aggregation", "compound_aggregation", "plan", "plan_template")
    return blocking(rows.order_by("id"), "plans:pricing_detail", label=label)


def _sentences(code: str) -> Sentences:
    return {
        "aggregation_code_once": code_taken(Aggregation, code),
        "aggregation_quantity_per_unit_positive": RuleViolation(
            "Quantity per unit must be more than 0.", field="quantity_per_unit"
        ),
        "aggregation_default_not_negative": RuleViolation(
            "The default value must be 0 or more.", field="default_value"
        ),
    }


def _check(fields: dict[str, Any]) -> None:
    """Check the rules between fields, and put the data field in the place of its code."""
    meter: Meter = fields["meter"]
    data_fields = {field.code: field for field in meter.data_fields.all()}
    target = data_fields.get(fields["target_field"])
    if target is None:
        raise RuleViolation(f"Meter “{meter}” has no field “{fields['target_field']}”.", field="target_field")
    _check_method(target, fields["method"])
    fields["target_field"] = target
    product: Product | None = fields["product"]
    if product and meter.product_id and meter.product_id != product.pk:
        raise RuleViolation(
            f"Meter “{meter}” belongs to {meter.product}, so its aggregations cannot belong to {product}.",
            field="product",
        )
    _check_segmented_fields(meter, data_fields, fields["segmented_fields"])
    _check_segments(fields["segmented_fields"], fields["segments"])


def _check_method(target: DataField, method: str) -> None:
    if method == Method.UNIQUE:
        if target.category in NUMBERS:
            raise RuleViolation(
                f"Unique counts different texts; field “{target.code}” holds numbers.", field="method"
            )
        return
    if target.category == Category.METADATA:
        raise RuleViolation(
            f"Field “{target.code}” is metadata, which can only be counted as Unique.", field="method"
        )
    if method != Method.COUNT and target.category not in NUMBERS and method in Method.values:
        raise RuleViolation(
            f"{Method(method).label} needs numbers; field “{target.code}” holds text."
            " Use Count or Unique, or another field.",
            field="method",
        )


def _check_segmented_fields(
    meter: Meter, data_fields: Mapping[str, DataField], segmented_fields: Sequence[str]
) -> None:
    if len(set(segmented_fields)) != len(segmented_fields):
        raise RuleViolation("A field can be segmented by once only.", field="segmented_fields")
    for code in segmented_fields:
        field = data_fields.get(code)
        if field is None:
            raise RuleViolation(f"Meter “{meter}” has no field “{code}”.", field="segmented_fields")
        if field.category not in DIMENSIONS:
            raise RuleViolation(
                f"Field “{code}” is {field.get_category_display().lower()};"
                " only Who, What, Where and Other can be segmented.",
                field="segmented_fields",
            )


def _check_segments(segmented_fields: Sequence[str], segments: Sequence[Segment]) -> None:
    if segments and not segmented_fields:
        raise RuleViolation("Segments need segmented fields. Choose them first.", field="segments")
    seen: set[str] = set()
    for segment in segments:
        for code, value in segment.items():
            if code not in segmented_fields:
                raise RuleViolation(
                    f"Segment “{segment_text(segment)}” names “{code}”, which is not a segmented field.",
                    field="segments",
                )
            if not isinstance(value, str) or not value:
                raise RuleViolation(
                    f"Segment “{segment_text(segment)}” needs a text for “{code}”, or * for any value.",
                    field="segments",
                )
        key = segment_key(segment)
        if key in seen:
            raise RuleViolation(f"Segment “{segment_text(segment)}” stands there twice.", field="segments")
        seen.add(key)


def _check_use(before: Aggregation, after: Mapping[str, Any]) -> None:
    """What is billed keeps what its bills were made with (spec 7), and what is priced its segments."""
    for name, label in FIXED.items():
        if getattr(before, name) != after[name]:
            what, kind = f"The {label}", "plans.aggregation"
            refuse_billed(what, kind, before.pk, organization=before.organization_id, field=name)
    if before.code != after["code"]:
        _check_code(before)
    priced = Pricing.objects.filter(aggregation=before).select_related("plan", "plan_template")
    _check_segments_kept(before, after)
    _check_still_adding_up(before, after)
    for field, thing in (("product", after["product"]), ("meter", after["meter"].product)):
        if thing and (pricing := priced.outside(thing).first()):
            raise RuleViolation(
                f"It is priced on “{pricing.owner}” of another product, so {SHARED[field]} must be global.",
                field=field,
            )


def _check_code(before: Aggregation) -> None:
    compound = CompoundAggregation.objects.filter(inputs__aggregation=before).first()
    if compound:
        raise RuleViolation(
            f"It keeps its code: compound aggregation “{compound}” calculates with it.", field="code"
        )


def _check_segments_kept(before: Aggregation, after: Mapping[str, Any]) -> None:
    kept = {segment_key(segment) for segment in after["segments"]} if after["segmented_fields"] else {""}
    pricing = Pricing.objects.filter(aggregation=before).exclude(segment_key__in=kept).first()
    if pricing is None:
        return
    if pricing.segment is None:
        raise RuleViolation(
            f"It is priced on “{pricing.owner}” without segments, so it cannot be segmented."
            " Make a new one instead.",
            field="segmented_fields",
        )
    raise RuleViolation(
        f"Segment “{segment_text(pricing.segment)}” is priced on “{pricing.owner}”, so it must stay.",
        field="segments",
    )


def _check_still_adding_up(before: Aggregation, after: Mapping[str, Any]) -> None:
    spanning = Pricing.objects.filter(aggregation=before, tiers_span_plan=True)
    if after["method"] not in ADDING_UP and (pricing := spanning.first()):
        raise RuleViolation(
            f"Its tiers span the plan on “{pricing.owner}”, which only Sum and Count can.", field="method"
        )
