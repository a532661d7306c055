"""Forms with a table of rows: data fields, segments, bands.

Rows are added and taken away by submit buttons, so this works without scripts; with htmx the same
buttons only redraw the form.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, QueryDict

from m3console.core.custom_fields.typed import asked_for_row
from m3console.core.forms import ConsoleForm, EntityForm

PREFIX = "row"
ACT = "rows"
"""The name of the buttons: their value is add, show, or remove-N."""
WORDS = "words"
"""In the address: only what the rows say in words is asked for. As a value it would reach the buttons too."""
REDRAW: dict[str, Any] = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"rows": "show"}',
    "hx-target": "closest form",
    "hx-swap": "outerHTML",
}
"""Attributes of a control on which the rest of the form depends; without scripts a button does it."""


class RowsForm(EntityForm):
    """An EntityForm with `rows`. After validation `row_values` holds the rows that are not blank.

    Drawn again by one of its buttons (`typed`) the form holds what was typed and complains of nothing yet.
    """

    row_form: ClassVar[type[ConsoleForm]]
    row_name: ClassVar[str]
    rows_label: ClassVar[str]
    most_rows: ClassVar[int] = 1000

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        typed: QueryDict | None = None,
        entity: Model | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, entity=entity, **kwargs)
        self.typed = typed
        if typed is not None:
            self.initial = dict(self.initial) | {
                name: field.widget.value_from_datadict(typed, {}, self.add_prefix(name))
                for name, field in self.fields.items()
            }
        form_class = self.row_class()
        shown: Sequence[Mapping[str, Any]] | None = (
            list(self.saved_rows(entity)) if entity else self.first_rows()
        )
        if typed is not None:
            shown = acted(typed.get(ACT, ""), typed_rows(typed, form_class))
        if data is not None:
            shown = None  # or rows that stayed as they are would count as not filled in
        factory = formset_factory(form_class, extra=0, absolute_max=self.most_rows, max_num=self.most_rows)
        self.rows: BaseFormSet[Any] = factory(data, prefix=PREFIX, initial=shown)
        self.focus_on_last = typed is not None and typed.get(ACT) == "add"
        self._label_rows()

    @classmethod
    def saved_rows(cls, entity: Any) -> Sequence[Mapping[str, Any]]:
        """An entity's rows as the form shows them."""
        raise NotImplementedError

    def first_rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows that a new entity begins with."""
        return [{}]

    def row_class(self) -> type[ConsoleForm]:
        """The form of one row; may depend on what the form above it says."""
        return self.row_form

    def said(self, name: str) -> Any:
        """A field's value as the form now says it: typed, sent, or as it is saved."""
        if self.data:
            field = self.fields[name]
            return field.widget.value_from_datadict(self.data, {}, self.add_prefix(name))
        return self.initial.get(name, self.fields[name].initial)

    @property
    def row_values(self) -> list[dict[str, Any]]:
        return [row.cleaned_data for row in self.rows.forms if row.has_changed()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for problem in self.rows.non_form_errors():
            self.add_error(None, str(problem))
        for number, row in enumerate(self.rows.forms, start=1):
            for name, problems in row.errors.items():
                label = "" if name == "__all__" else f", {str(row[name].label).lower()}"
                for problem in problems:
                    self.add_error(None, ValidationError(f"{self.row_name} {number}{label}: {problem}"))
        return cleaned

    def read_again(self) -> list[dict[str, str]]:
        """As for other forms, the rows compared as one field."""
        found = super().read_again()
        fresh = self.fresh()
        if fresh is None or not isinstance(self.data, QueryDict):
            return found
        theirs = rows_text(self.saved_rows(fresh))
        yours = rows_text(typed_rows(self.data, self.row_class()))
        changed = {"label": self.rows_label, "theirs": theirs, "yours": yours}
        return [*found, changed] if theirs != yours else found

    def _label_rows(self) -> None:
        """Each control of a row says which row it is in, for those who hear the page."""
        for number, row in enumerate(self.rows.forms, start=1):
            for cell in row:
                label = f"{self.row_name} {number}, {str(cell.label).lower()}"
                cell.field.widget.attrs["aria-label"] = label
            if number == len(self.rows.forms) and self.focus_on_last:
                first = next(field for field in row.fields.values() if not field.widget.is_hidden)
                first.widget.attrs["autofocus"] = True


def rows_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows in one line, to compare what is saved with what was typed."""
    shown = [
        [
            f"{value:f}" if isinstance(value, Decimal) else str(value)
            for name, value in row.items()
            if name != "id"
        ]
        for row in rows
    ]
    return "; ".join(" ".join(value for value in row if value not in ("", "None")) for row in shown)


def typed_rows(typed: QueryDict, form_class: type[ConsoleForm]) -> list[dict[str, Any]]:
    """What stands in the table, as it was typed."""
    total = min(whole(typed.get(f"{PREFIX}-TOTAL_FORMS", "")) or 0, 1000)
    fields: Mapping[str, forms.Field] = form_class.base_fields
    return [
        {
            name: field.widget.value_from_datadict(typed, {}, f"{PREFIX}-{index}-{name}")
            for name, field in fields.items()
        }
        for index in range(total)
    ]


def acted(act: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows after a button: one more at the end, or one less."""
    if act == "add":
        return [*rows, {}]
    kind, _, number = act.partition("-")
    if kind == "remove":
        return [row for index, row in enumerate(rows) if index != whole(number)]
    return rows


def whole(text: str) -> int | None:
    """A small whole number as our own pages send it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def asked_to_redraw(request: HttpRequest) -> bool:
    """Whether a button of the table was pressed or its words were asked for: nothing is saved yet."""
    return request.method == "POST" and (bool(request.POST.get(ACT)) or WORDS in request.GET)


def sent(request: HttpRequest) -> dict[str, Any]:
    """The form's first arguments: what was sent to be saved, or what was typed so far."""
    if request.method != "POST":
        return {"data": None}
    unfinished = asked_to_redraw(request) or asked_for_row(request)
    return {"typed": request.POST} if unfinished else {"data": request.POST}
