"""Model fields that the whole console shares."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

if TYPE_CHECKING:
    _Decimal = models.DecimalField[Any, Any]
else:
    _Decimal = models.DecimalField


class ExactDecimal(_Decimal):
    """A `numeric` without a fixed scale: what was sent or priced is kept to its last digit.

    Constraints of the table refuse NaN and infinity (see `finite`).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", None)
        kwargs.setdefault("decimal_places", None)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return [m for m in super().check(**kwargs) if m.id not in {"fields.E130", "fields.E132"}]

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric"

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric"

    def get_prep_value(self, value: Any) -> Any:
        # NaN and infinity go through to the table's constraints, which refuse them or compare with them.
        return value if isinstance(value, Decimal) else self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return value if hasattr(value, "as_sql") else self.get_prep_value(value)

    def formfield(self, **kwargs: Any) -> Any:
        from m3console.core.exact import ExactField

        return super(models.DecimalField, self).formfield(form_class=ExactField, **kwargs)


def finite(*names: str) -> Q:
    """True of rows whose named numbers are neither NaN nor infinite; null passes."""
    condition = Q()
    for name in names:
        # NaN sorts above infinity, so the two comparisons refuse all three.
        condition &= Q(**{f"{name}__isnull": True}) | Q(
            **{f"{name}__gt": Decimal("-Infinity"), f"{name}__lt": Decimal("Infinity")}
        )
    return condition
