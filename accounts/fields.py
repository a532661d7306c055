"""Picking an account by typing: suggestions while typing, its exact code without JavaScript."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Account
from m3console.core.links import reverse
from m3console.core.models import Organization

UNKNOWN: Final = (
    "There is no account with the code “%(code)s”. Type a name or code and choose one from the list."
)


class AccountInput(forms.TextInput):
    """A text box whose suggestions the server narrows down; the browser's own list shows them, so keys
    and screen readers work as everywhere."""

    def __init__(self, *, top_level: bool = False, attrs: dict[str, Any] | None = None) -> None:
        self.top_level = top_level
        super().__init__(attrs)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        options = f"{(attrs or {}).get('id', name)}_options"
        query = {"of": name} | ({"top": "1"} if self.top_level else {})
        wired = {
            "autocomplete": "off",
            "spellcheck": "false",
            "list": options,
            "hx-get": f"{reverse('accounts:account_suggest')}?{urlencode(query)}",
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": f"#{options}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        box = super().render(name, value, {**(attrs or {}), **wired}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', box, options)


class AccountField(forms.CharField):
    """An account of the organization, by its code or id; the form sets `organization`."""

    organization: Organization

    def __init__(self, *, top_level: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", AccountInput(top_level=top_level))
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
