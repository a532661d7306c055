"""Numbers as people and machines write them, kept to their last digit."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

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
