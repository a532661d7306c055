"""The derived fields of meters: calculated from data fields as measurements come in (spec 2, Meter)."""

from collections.abc import Mapping, Sequence

from billing.engine.formulas import FormulaError
from m3console.core.audit import action
from m3console.core.errors import RuleViolation
from plans.calculations import checked_derivation, custom_names, kinds_of_fields, refusal
from plans.models import DataField, Meter
from plans.services.data_fields import MOST_FIELDS, add_fields, change_field, positions, remove_field, said
from plans.services.rows import gone, held, refuse_change, updated, used_above


def create_derived_field(
    meter: Meter, *, category: str, code: str, name: str, unit: str = "", calculation: str
) -> DataField:
    """A field that is calculated for each measurement taken in from now on. Raises RuleViolation."""
    wanted = {"category": category, "code": code, "name": name, "unit": unit, "calculation": calculation}
    with action("derived_field.created"):
        meter = held(meter)
        others = [{"code": field.code} for field in meter.derived_fields]
        check_derived_list([*others, wanted], [])
        given = positions((), meter)
        meter = updated(meter, {}, version=meter.version, **positions([wanted], meter))
        add_fields(meter, [wanted], **given)
        check_calculations(meter)
        return meter.data_fields.get(code=code)


def update_derived_field(
    field: DataField,
    *,
    version: int,
    category: str,
    code: str,
    name: str,
    unit: str = "",
    calculation: str,
) -> DataField:
    """Change a derived field; with usage that was measured with it, its calculation stays.

    `version` is its meter's. Raises RuleViolation, StaleVersion.
    """
    wanted = {"category": category, "code": code, "name": name, "unit": unit, "calculation": calculation}
    with action("derived_field.updated"):
        meter, field = _held(field, version)
        check_derived_list([wanted], [])
        if calculation != field.calculation:
            _change_calculation(field, calculation)
        change_field(field, wanted)
        check_calculations(meter)
        return field


def delete_derived_field(field: DataField, *, version: int | None = None) -> None:
    """Remove a derived field that no aggregation and no usage has. Raises RuleViolation, StaleVersion."""
    with action("derived_field.deleted"):
        _, field = _held(field, field.version if version is None else version)
        remove_field(field)


def check_derived_list(derived: Sequence[Mapping[str, str]], data: Sequence[Mapping[str, str]]) -> None:
    """Refuse too many derived fields, one without a calculation, and two fields of one code."""
    if len(derived) > MOST_FIELDS:
        raise RuleViolation(
            f"A meter has at most {MOST_FIELDS} derived fields; this one would have {len(derived)}.",
            field="derived_fields",
        )
    seen = {each["code"] for each in data}
    for each in derived:
        if each["code"] in seen:
            raise RuleViolation(f"Two fields of the meter have the code “{each['code']}”.", field="code")
        if not each.get("calculation", "as it is"):
            raise RuleViolation(f"Derived field “{each['code']}” needs a calculation.", field="calculation")
        seen.add(each["code"])


def check_calculations(meter: Meter) -> None:
    """Refuse a meter on which a derived field names what is not there, or comes to what it cannot hold."""
    fields = list(DataField.objects.filter(meter=meter))
    if not any(field.calculation for field in fields):
        return
    kinds = kinds_of_fields([field for field in fields if not field.calculation], custom_names(meter))
    for field in fields:
        if field.calculation:
            try:
                checked_derivation(field.calculation, field.category, kinds, meter)
            except FormulaError as error:
                raise refusal(error, f"{said(field)}: ") from None


def _held(field: DataField, version: int) -> tuple[Meter, DataField]:
    """The field and its meter with its next version; no measurement of it is taken in until the end.

    Loads hold the meter's key, so this waits for those that may have calculated the field as it was.
    """
    meter = Meter.objects.select_for_update().filter(pk=field.meter_id).first()
    row = DataField.objects.filter(pk=field.pk).exclude(calculation="").first()
    if meter is None or row is None:
        raise gone(Meter)
    meter = updated(meter, {}, version=version)
    return meter, row


def _change_calculation(field: DataField, calculation: str) -> None:
    what = f"The calculation of derived field “{field.code}”"
    refuse_change(what, used_above("plans.datafield", field.pk), field="calculation")
    field.calculation = calculation
    field.save(update_fields=["calculation"])
