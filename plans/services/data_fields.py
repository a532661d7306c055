"""The fields of meters: added at positions of their own, changed, and removed while nothing uses them."""

from collections.abc import Mapping, Sequence

from m3console.core.billed import refuse_billed
from m3console.core.entities import check_fields
from m3console.core.errors import RuleViolation, refusing
from plans.models import Aggregation, Category, DataField, Meter
from plans.models.meters import NUMBERS
from plans.services.rows import refuse_change, used_above

MOST_FIELDS = 15


def check_list(data_fields: Sequence[Mapping[str, str]]) -> None:
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


def positions(new: Sequence[Mapping[str, str]], meter: Meter | None = None) -> dict[str, int]:
    """How many positions of numbers and of text are given once the meter has the new fields too."""
    numbers = sum(each["category"] in NUMBERS for each in new)
    return {
        "number_positions": numbers + (meter.number_positions if meter else 0),
        "text_positions": len(new) - numbers + (meter.text_positions if meter else 0),
    }


def add_fields(meter: Meter, new: Sequence[Mapping[str, str]], **given: int) -> None:
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
            calculation=each.get("calculation") or "",
            position=given[count],
        )
        given[count] += 1
        check_field(field)
        with refusing(_taken(field)):
            field.save(force_insert=True)


def said(field: DataField) -> str:
    """How sentences call a field."""
    return f"{'Derived' if field.calculation else 'Data'} field “{field.code}”"


def check_field(field: DataField) -> None:
    try:
        check_fields(field)
    except RuleViolation as problem:
        raise RuleViolation(f"{said(field)}: {problem.message}", field="data_fields") from None
    if field.category in NUMBERS and not field.unit:
        raise RuleViolation(f"{said(field)} holds numbers, so it needs a unit.", field="data_fields")


def replace_fields(meter: Meter, wanted: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Change and remove data fields so that they are those wanted; answers the ones still to be added."""
    check_list(wanted)
    present = {str(field.pk): field for field in meter.measured_fields}
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
            remove_field(field)
    for field, each in kept:
        change_field(field, each)
    return new


def remove_field(field: DataField) -> None:
    reasons = [f"aggregation “{a}” uses it" for a in aggregations_using(field)]
    reasons += used_above("plans.datafield", field.pk)
    if reasons:
        raise RuleViolation(f"{said(field)} cannot be removed: {'; '.join(reasons)}.", field="data_fields")
    field.delete()


def change_field(field: DataField, wanted: Mapping[str, str]) -> None:
    """Give a field another category, code, name or unit, as far as what uses it allows."""
    before = (field.category, field.code, field.name, field.unit)
    after = (wanted["category"], wanted["code"], wanted["name"], wanted.get("unit") or "")
    if before == after:
        return
    if after[0] != field.category:
        check_category(field, after[0])
    if after[1] != field.code:
        check_code(field)
    field.category, field.code, field.name, field.unit = after
    check_field(field)
    with refusing(_taken(field)):
        field.save(update_fields=["category", "code", "name", "unit"])


def _taken(field: DataField) -> dict[str, RuleViolation]:
    sentence = f"Two fields of the meter have the code “{field.code}”."
    return {"data_field_code_once": RuleViolation(sentence, field="data_fields")}


def check_category(field: DataField, category: str) -> None:
    if (field.category in NUMBERS) != (category in NUMBERS):
        raise RuleViolation(
            f"{said(field)} cannot turn from numbers into text or back. Add another field.",
            field="data_fields",
        )
    what, kind = f"The category of data field “{field.code}”", "plans.datafield"
    refuse_billed(what, kind, field.pk, organization=field.organization_id, field="data_fields")
    if category == Category.METADATA:
        reasons = [f"aggregation “{aggregation}” uses it" for aggregation in aggregations_using(field)]
        refuse_change(f"The category of data field “{field.code}”", reasons, field="data_fields")


def check_code(field: DataField) -> None:
    segmented = Aggregation.objects.filter(meter_id=field.meter_id, segmented_fields__contains=[field.code])
    if aggregation := segmented.first():
        raise RuleViolation(
            f"{said(field)} keeps its code: aggregation “{aggregation}” is segmented by it.",
            field="data_fields",
        )


def aggregations_using(field: DataField) -> list[Aggregation]:
    rows = Aggregation.objects.filter(meter_id=field.meter_id)
    return [a for a in rows if a.target_field_id == field.pk or field.code in a.segmented_fields]
