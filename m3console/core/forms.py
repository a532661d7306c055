"""Forms of the console: exact numbers, clean text, versions, and rules' sentences beside their fields."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from m3console.core.entities import Entity
from m3console.core.errors import RuleViolation
from m3console.core.text import text_valid

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\Z", re.ASCII)
MAX_DIGITS = 40


def exact(text: str) -> Decimal:
    """A number as people and machines may write it: ASCII digits, sign, point, exponent (spec 6).

    Raises ValueError for anything else, also for numbers of more than 40 digits written out.
    """
    if not NUMBER.match(text):
        raise ValueError(f"“{text[:40]}” is not a number. Write it like 1234.5, without separators.")
    number = Decimal(text)
    digits, exponent = len(number.as_tuple().digits), number.as_tuple().exponent
    if not isinstance(exponent, int) or max(digits, digits + exponent, -exponent) > MAX_DIGITS:
        raise ValueError(f"A number has at most {MAX_DIGITS} digits.")
    return number


class ExactField(forms.CharField):
    """A decimal that keeps every digit typed; refuses NaN, infinity, separators and other digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("max_digits", None), kwargs.pop("decimal_places", None)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "size": 14})
        )
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return exact(str(text))
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class DateInput(forms.DateInput):
    """A date as the browser's own picker, in ISO order."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ConsoleForm(forms.Form):
    """Refuses control characters in every text, and puts a rule's sentence beside its field."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str):
                try:
                    text_valid(value)
                except ValidationError as problem:
                    self.add_error(name, problem)
        return cleaned

    def refuse(self, violation: RuleViolation) -> None:
        """Show what a service refused, beside the field that it names or above the form."""
        field = violation.field if violation.field in self.fields else None
        self.add_error(field, violation.message)


class EntityForm(ConsoleForm):
    """A form that edits an entity: it carries the version that it read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, entity: Entity | None = None, **kwargs: Any) -> None:
        self.entity = entity
        super().__init__(*args, **kwargs)
        if entity is None:
            del self.fields["version"]
        else:
            self.fields["version"].required = True
            self.fields["version"].initial = entity.version
