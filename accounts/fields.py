"""Picking an account by typing: suggestions while typing, its exact code without JavaScript."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Account
from m3console.core.models import Organization
from m3console.core.widgets import SuggestInput

UNKNOWN: Final = (
    "There is no account with the code “%(code)s”. Type a name or code and choose one from the list."
)


class AccountField(forms.CharField):
    """An account of the organization, by its code or id; the form sets `organization`."""

    organization: Organization

    def __init__(self, *, top_level: bool = False, **kwargs: Any) -> None:
        query = {"top": "1"} if top_level else None
        kwargs.setdefault("widget", SuggestInput("accounts:account_suggest", query))
        kwargs.setdefault("max_length", 80)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Account) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        known = Account.objects.of(self.organization)
        found = known.filter(code=text).first() or _by_id(known, text)
        if found is None:
            raise ValidationError(UNKNOWN, "unknown", {"code": text})
        return found


def _by_id(known: Any, text: str) -> Account | None:
    try:
        found: Account | None = known.filter(pk=UUID(text)).first()
    except ValueError:
        return None
    return found
