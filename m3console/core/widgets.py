"""Controls that HTML does not have."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from m3console.core.links import reverse


class SuggestInput(forms.TextInput):
    """A text box with suggestions from a page of ours, which answers with m3console/_options.html.

    The page finds what is typed in the parameter that `of` names. Without JavaScript the box takes
    the value itself, typed in full.
    """

    def __init__(
        self, url_name: str, query: dict[str, str] | None = None, *, attrs: dict[str, Any] | None = None
    ) -> None:
        self.url_name, self.query = url_name, query or {}
        super().__init__(attrs)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        suggestions = f"{(attrs or {}).get('id', name)}_options"
        wired = {
            "role": "combobox",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": suggestions,
            "autocomplete": "off",
            "spellcheck": "false",
            "hx-get": f"{reverse(self.url_name)}?{urlencode({'of': name, **self.query})}",
            "hx-trigger": "input changed delay:200ms, suggest",
            "hx-target": f"#{suggestions}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        box = super().render(name, value, {**(attrs or {}), **wired}, renderer)
        return format_html(
            '<div class="combobox">{}<ul class="suggestions" id="{}" role="listbox" aria-label="Suggestions"'
            " hidden></ul></div>",
            box,
            suggestions,
        )
