"""Model fields that the whole console shares."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Q

from m3console.core.text import strict_code_valid, typed_text_valid

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


MOST_VALUES: Final = 50
MAX_NAME, MAX_TEXT, MAX_DIGITS = 80, 1_000, 40
CustomValues = Mapping[str, Decimal | str]
"""Values by name: exact numbers or texts."""


class CustomFieldsField(models.JSONField):
    """An entity's own values by name, {"sla_hours": Decimal("8"), "segment": "smb"} (spec 1, Custom fields).

    The database keeps {"sla_hours": {"number": "8"}, "segment": {"text": "smb"}}: digits as they are, and
    whether something is a number is not guessed from its look.
    """

    def __init__(self, verbose_name: str = "custom fields", **kwargs: Any) -> None:
        own: dict[str, Any] = {"default": dict, "db_default": {}, "blank": True, "encoder": DjangoJSONEncoder}
        super().__init__(verbose_name, **(own | kwargs))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        # Through a key transform comes a part of what is stored, which stays as it is.
        if value is None or isinstance(expression, models.fields.json.KeyTransform):
            return super().from_db_value(value, expression, connection)
        return _decoded(json.loads(value))

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        stored = _encoded(value) if isinstance(value, Mapping) else value
        return super().get_db_prep_value(stored, connection, prepared)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Raise ValidationError with a sentence that names the value that cannot be kept."""
        if not isinstance(value, Mapping):
            raise ValidationError("Custom fields are values by name.")
        if len(value) > MOST_VALUES:
            raise ValidationError(f"There are at most {MOST_VALUES} custom fields; these are {len(value)}.")
        for name, each in value.items():
            custom_name_valid(name)
            custom_value_valid(name, each)


def custom_name_valid(name: object) -> None:
    """Calculations call a custom field customFields.<name>, so a name looks like a code."""
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise ValidationError(f"The name of a custom field has 1 to {MAX_NAME} characters.")
    try:
        strict_code_valid(name)
    except ValidationError as problem:
        raise ValidationError(f"“{name}”: {problem.messages[0]}") from None


def custom_value_valid(name: str, value: object) -> None:
    if isinstance(value, str):
        if not 0 < len(value) <= MAX_TEXT:
            raise ValidationError(f"{name}: a text has 1 to {MAX_TEXT:,} characters.")
        try:
            typed_text_valid(value)
        except ValidationError as problem:
            raise ValidationError(f"{name}: {problem.messages[0]}") from None
    elif isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ValidationError(f"{name} is neither a number nor a text.")
    elif not Decimal(value).is_finite() or len(written(value).replace(".", "").lstrip("-")) > MAX_DIGITS:
        raise ValidationError(f"{name}: a number has at most {MAX_DIGITS} digits.")


def written(number: Decimal | int) -> str:
    """A number's digits, without an exponent; zero has no sign."""
    return f"{abs(number) if number == 0 else Decimal(number):f}"


def _encoded(values: CustomValues) -> dict[str, dict[str, str]]:
    return {
        name: {"text": value} if isinstance(value, str) else {"number": written(value)}
        for name, value in values.items()
    }


def _decoded(stored: Mapping[str, Mapping[str, str]]) -> dict[str, Decimal | str]:
    return {
        name: each["text"] if "text" in each else Decimal(each["number"])
        for name, each in sorted(stored.items())
    }


def custom_fields_checked(model: str) -> models.CheckConstraint:
    """The constraint that every table with custom fields has; most rows have none, which is quickly seen."""
    shape = Func(F("custom_fields"), function="custom_fields_valid", output_field=models.BooleanField())
    return models.CheckConstraint(
        name=f"{model}_custom_fields_valid", condition=Q(custom_fields={}) | Q(shape)
    )
