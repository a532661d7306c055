"""Forms that confirm an act on many rows at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from m3console.core.models import Organization
from m3console.core.personal import FreeTextForm


class BulkForm(FreeTextForm):
    """Confirms an act on `count` rows; says why, if the person wants to."""

    free_text: tuple[str, ...] = ("reason",)
    reason = forms.CharField(
        max_length=500,
        required=False,
        help_text="Kept in the history of each of them. No personal data here.",
    )

    def __init__(self, *args: Any, organization: Organization, count: int, noun: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization, self.count, self.noun = organization, count, noun

    def why(self) -> str:
        """The reason for the history, with what was confirmed on the way."""
        return " ".join(part for part in (self.cleaned_data["reason"], self.confirmed()) if part)


class TypedCountForm(BulkForm):
    """Confirms what cannot be taken back: how many there are is typed."""

    typed_count = forms.CharField(max_length=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["typed_count"]
        field.label = f"Type the number of {self.noun}s to delete"
        field.help_text = f"The number is {self.count:,}."
        field.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}

    def clean_typed_count(self) -> str:
        typed: str = self.cleaned_data["typed_count"]
        if typed.strip().replace(",", "") != str(self.count):
            raise ValidationError(f"This is not their number, which is {self.count:,}.")
        return typed
