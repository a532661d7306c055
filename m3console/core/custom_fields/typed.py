"""Custom fields in forms: one form field, a table of rows that works with and without scripts.

The organization's fields stand first, each with room for an own value; then the entity's others. The
buttons that add and remove rows post the form to its own page, which draws it anew and saves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from m3console.core.custom_fields.values import definitions, in_words
from m3console.core.exact import exact
from m3console.core.fields import MOST_VALUES, CustomFieldsField
from m3console.core.links import current
from m3console.core.models import CustomFieldDefinition, EntityType, ValueType

ACT: Final = "custom_row"
"""The name of the buttons: their value is add, or remove-N."""
MOST_ROWS: Final = 2 * MOST_VALUES
PARTS: Final = ("name", "type", "value")
Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A custom field in a form. With a definition its name and type are given, the value may stay blank."""

    name: str
    type: str
    value: str
    definition: CustomFieldDefinition | None = None
    is_new: bool = False


def asked_for_row(request: HttpRequest) -> bool:
    """Whether a button of the table was pressed: nothing is saved yet."""
    return request.method == "POST" and bool(request.POST.get(ACT))


class CustomFieldsWidget(forms.Widget):
    """Rows of name, type and value, as they were typed; None where a post has none of it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Typed] | None:
        total = str(data.get(f"{name}-total", ""))
        if not (total.isascii() and total.isdigit() and len(total) < 4):
            return None
        rows = [
            {part: str(data.get(f"{name}-{number}-{part}", "")) for part in PARTS}
            for number in range(min(int(total), MOST_ROWS))
        ]
        act = str(data.get(ACT, ""))
        if act == "add":
            return [*rows, {"name": "", "type": ValueType.STRING, "value": "", "new": "yes"}]
        return [row for number, row in enumerate(rows) if act != f"remove-{number}"]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-total" not in data

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        context = {"name": name, "rows": value, "act": ACT, "types": ValueType.choices}
        return render_to_string("m3console/_custom_fields_rows.html", context)


class CustomFieldsFormField(forms.Field):
    """An entity's own values by name (spec 1, Custom fields); numbers are kept to their last digit.

    It is drawn as a table; the definitions are those of the organization that the request is in.
    """

    widget = CustomFieldsWidget
    is_table = True

    def __init__(self, entity_type: EntityType, **kwargs: Any) -> None:
        self.entity_type = entity_type
        kwargs.setdefault("label", "Custom fields")
        super().__init__(required=False, **kwargs)

    @cached_property
    def definitions(self) -> list[CustomFieldDefinition]:
        organization = current.get()
        return definitions(organization, self.entity_type) if organization else []

    def prepare_value(self, value: Any) -> list[Row]:
        """The rows to show of what is saved (by name) or was typed (rows)."""
        typed = _typed(value)
        rows = []
        for each in self.definitions:
            own = next((row for row in typed if row["name"] == each.name), None)
            if own:
                typed.remove(own)
            rows.append(Row(each.name, each.value_type, own["value"] if own else "", each))
        return rows + [
            Row(row["name"], row["type"], row["value"], is_new=bool(row.get("new"))) for row in typed
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data is not None and self._given(initial) != self._given(data)

    def in_words(self, value: Any) -> str:
        """Rows or values in one line, to compare what is saved with what was typed."""
        return "; ".join(f"{name} {text}".strip() for name, (_, text) in self._given(value).items())

    def clean(self, value: Any) -> dict[str, Decimal | str] | None:
        """The values by name; None where the post had none of it."""
        if value is None:
            return None
        found: dict[str, Decimal | str] = {}
        problems: list[str] = []
        for row in self.prepare_value(value):
            try:
                _add(found, row)
            except ValueError as problem:
                problems.append(str(problem))
        if problems:
            raise ValidationError(problems)
        CustomFieldsField().validate(found, None)
        return found

    def _given(self, value: Any) -> dict[str, tuple[str, str]]:
        rows = value if _is_rows(value) else self.prepare_value(value)
        given = {row.name.strip(): (str(row.type), row.value.strip()) for row in rows if row.value.strip()}
        return dict(sorted(given.items()))


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Row) for row in value)


def _typed(value: Any) -> list[Typed]:
    """What is saved, in the shape of what is typed; nothing of what is neither."""
    if isinstance(value, Mapping):
        return [
            {
                "name": name,
                "type": ValueType.STRING if isinstance(each, str) else ValueType.NUMBER,
                "value": in_words(each),
            }
            for name, each in value.items()
        ]
    return [row for row in value if isinstance(row, dict)] if isinstance(value, Sequence) else []


def _add(found: dict[str, Decimal | str], row: Row) -> None:
    """Add a row's value, if it has one; raise ValueError with a sentence about what is wrong in it."""
    name, text = row.name.strip(), row.value.strip()
    if not text:
        if name and not row.definition:
            raise ValueError(f"{name} has no value. Enter one, or remove the row.")
        return
    if not name:
        raise ValueError(f"The value “{text[:40]}” has no name. Enter one, or remove the row.")
    if name in found:
        raise ValueError(f"{name} stands there twice. Remove one of them.")
    if row.type not in ValueType.values:
        raise ValueError(f"{name} is either a text or a number. Choose one.")
    try:
        found[name] = exact(text) if row.type == ValueType.NUMBER else text
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from None
