"""What ingestion needs to know of a meter: its fields by code, and where their values stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from m3console.core.models import Organization
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


@dataclass(frozen=True, slots=True)
class MeterShape:
    """A meter. `numbers` and `texts` are how many places a measurement of it has for each."""

    id: UUID
    code: str
    fields: dict[str, FieldShape]
    numbers: int
    texts: int

    def by_code(self, dims: Sequence[str | None], vals: Sequence[Decimal | None]) -> dict[str, str | Decimal]:
        """A measurement's values by data-field code; those not sent, and removed fields', are left out."""
        found = {}
        for code, field in self.fields.items():
            values: Sequence[str | Decimal | None] = vals if field.numeric else dims
            value = values[field.position] if field.position < len(values) else None
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
    meters = Meter.objects.filter(pk__in=held).prefetch_related("data_fields")
    return {meter.code: shape_of(meter) for meter in meters}


def _askable(code: str) -> bool:
    """Whether the database can be asked for the text at all: it knows neither NUL nor lone surrogates."""
    return "\0" not in code and code.encode("utf-8", "replace").decode() == code


def shapes_by_id(meters: Iterable[UUID]) -> dict[UUID, MeterShape]:
    found = Meter.objects.filter(pk__in=set(meters)).prefetch_related("data_fields")
    return {meter.pk: shape_of(meter) for meter in found}


def shape_of(meter: Meter) -> MeterShape:
    fields = {field.code: _shape(field) for field in meter.data_fields.all()}
    numbers = [field.position for field in fields.values() if field.numeric]
    texts = [field.position for field in fields.values() if not field.numeric]
    return MeterShape(meter.pk, meter.code, fields, max(numbers, default=-1) + 1, max(texts, default=-1) + 1)


def _shape(field: DataField) -> FieldShape:
    longest = MAX_METADATA if field.category == Category.METADATA else MAX_TEXT
    return FieldShape(str(field.category), bool(field.numeric), field.position, longest)
