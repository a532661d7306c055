"""What ingestion needs to know of a meter: its fields by code, and where their values stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import connection

from billing.engine.formulas import parse_formula
from m3console.core.models import Organization
from plans.calculations import CUSTOM, custom_names
from plans.models import Category, DataField, Meter

MAX_TEXT = 500
MAX_METADATA = 256


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A data field. `position` is its place among the meter's numbers or among its texts."""

    category: str
    numeric: bool
    position: int
    longest: int
    calculation: str = ""


@dataclass(frozen=True, slots=True)
class MeterShape:
    """A meter. `numbers` and `texts` are how many places a measurement of it has for each.

    `fields` are those that measurements are sent with, `derived` those that are calculated; `custom` are the
    custom fields that the calculations name, by the name that they give them.
    """

    id: UUID
    code: str
    fields: dict[str, FieldShape]
    numbers: int
    texts: int
    derived: dict[str, FieldShape] = field(default_factory=dict)
    custom: Mapping[str, Decimal | str] = field(default_factory=dict)

    def by_code(self, dims: Sequence[str | None], vals: Sequence[Decimal | None]) -> dict[str, str | Decimal]:
        """A measurement's values by data-field code; those not sent, and removed fields', are left out."""
        found = {}
        for code, shape in (self.fields | self.derived).items():
            values: Sequence[str | Decimal | None] = vals if shape.numeric else dims
            value = values[shape.position] if shape.position < len(values) else None
            if value is not None:
                found[code] = value
        return found


def meter_shapes(organization: Organization, codes: Iterable[str]) -> dict[str, MeterShape]:
    """The organization's meters of these codes; unknown codes are left out.

    They can be neither deleted nor given another code until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from plans_meter where organization_id = %s and code = any(%s)"
            " order by id for key share",
            [organization.pk, sorted(code for code in set(codes) if _askable(code))],
        )
        held = [row[0] for row in cursor.fetchall()]
    return {meter.code: shape_of(meter) for meter in _with_fields(held)}


def _askable(code: str) -> bool:
    """Whether the database can be asked for the text at all: it knows neither NUL nor lone surrogates."""
    return "\0" not in code and code.encode("utf-8", "replace").decode() == code


def shapes_by_id(meters: Iterable[UUID]) -> dict[UUID, MeterShape]:
    return {meter.pk: shape_of(meter) for meter in _with_fields(meters)}


def _with_fields(meters: Iterable[UUID]) -> Iterable[Meter]:
    rows = Meter.objects.filter(pk__in=set(meters)).select_related("organization", "product")
    return rows.prefetch_related("data_fields")


def shape_of(meter: Meter) -> MeterShape:
    every = {each.code: _shape(each) for each in meter.data_fields.all()}
    derived = {code: shape for code, shape in every.items() if shape.calculation}
    return MeterShape(
        id=meter.pk,
        code=meter.code,
        fields={code: shape for code, shape in every.items() if not shape.calculation},
        numbers=_places(shape for shape in every.values() if shape.numeric),
        texts=_places(shape for shape in every.values() if not shape.numeric),
        derived=derived,
        custom=_custom(meter, derived.values()),
    )


def _places(shapes: Iterable[FieldShape]) -> int:
    return max((shape.position for shape in shapes), default=-1) + 1


def _custom(meter: Meter, derived: Iterable[FieldShape]) -> Mapping[str, Decimal | str]:
    named = {name for shape in derived for name in parse_formula(shape.calculation).names}
    if not any(name.startswith(CUSTOM) for name in named):
        return {}
    return {name: value for name, value in custom_names(meter).items() if name in named}


def _shape(row: DataField) -> FieldShape:
    longest = MAX_METADATA if row.category == Category.METADATA else MAX_TEXT
    return FieldShape(str(row.category), bool(row.numeric), row.position, longest, row.calculation)
