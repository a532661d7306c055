"""Forms of the console: clean text, versions, and rules' sentences beside their fields."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from m3console.core.custom_fields.typed import CustomFieldsFormField, asked_for_row
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.htmx import page, wants_partial
from m3console.core.missing import ask_for_what_is_missing
from m3console.core.text import day_in_words, is_day, typed_text_valid


class DateInput(forms.DateInput):
    """A date as the browser's own picker, in ISO order; what is no date stays to be seen, as text."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if not is_day(context["widget"]["value"] or "0001-01-01"):
            context["widget"]["type"] = "text"
        return context


class ConsoleForm(forms.Form):
    """Refuses control characters in every text, and puts a rule's sentence beside its field."""

    def full_clean(self) -> None:
        ask_for_what_is_missing(self)
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str):
                try:
                    typed_text_valid(value)
                except ValidationError as problem:
                    self.add_error(name, problem)
        for name, field in self.fields.items():
            if isinstance(field, CustomFieldsFormField) and cleaned.get(name, {}) is None:
                # A post that has nothing of them leaves them as they are.
                cleaned[name] = self.get_initial_for_field(field, name) or {}
        return cleaned

    def unjudged(self) -> None:
        """Show what was typed without complaints, as it is not finished yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    def refuse(self, violation: RuleViolation) -> None:
        """Show what a service refused, beside the field that it names or above the form."""
        field = violation.field if violation.field in self.fields else None
        self.add_error(field, violation.message)


class EntityForm(ConsoleForm):
    """A form that edits a row with a version: it shows what is saved and carries the version that it read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, entity: Model | None = None, **kwargs: Any) -> None:
        self.entity = entity
        if entity is not None:
            kwargs["initial"] = self.values_of(entity) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if entity is None:
            del self.fields["version"]
        else:
            self.fields["version"].required = True

    @classmethod
    def values_of(cls, entity: Model) -> dict[str, Any]:
        """What the form shows of an entity, by field: its attributes of the same names."""
        return {name: getattr(entity, name) for name in cls.base_fields if hasattr(entity, name)}

    def fresh(self) -> Any:
        """The entity as it is saved now; None if there is none, or no more."""
        return self.entity and type(self.entity)._default_manager.filter(pk=self.entity.pk).first()

    def read_again(self) -> list[dict[str, str]]:
        """Take up the version that is saved now; how it differs from what was typed, field by field.

        What was typed stays in the form, so that saving again is a choice made with both in view.
        """
        if self.entity is None:
            return []
        fresh = self.fresh()
        if fresh is None:
            return []
        theirs = self.values_of(fresh)
        sent: Any = self.data
        sent = sent.copy()
        sent[self.add_prefix("version")] = str(fresh.version)
        self.data = sent
        return [
            {
                "label": str(bound.label),
                "theirs": shown(bound, theirs[bound.name]),
                "yours": shown(bound, bound.value()),
            }
            for bound in self.visible_fields()
            if bound.name in theirs and bound.field.has_changed(theirs[bound.name], bound.data)
        ]


def shown(bound: BoundField, value: Any) -> str:
    """A field's value as a person reads it."""
    if isinstance(bound.field, CustomFieldsFormField):
        return bound.field.in_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day_in_words(value)
    choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", [])}
    prepared = "" if value is None else str(bound.field.prepare_value(value))
    return choices.get(prepared, prepared)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, for a form; None has the form show what is saved."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest,
    form: ConsoleForm,
    save: Callable[[], HttpResponse],
    *,
    context: Mapping[str, Any],
    template: str = "m3console/form.html",
    partial: str = "form",
) -> HttpResponse:
    """Show a form; once it is posted and valid, `save` acts and answers, usually with a redirect.

    What a rule refuses is shown beside its field, with status 422 like any error of the form; a
    version that is stale by conflict(). Asked for a row of custom fields more or less, it only shows that.
    """
    if asked_for_row(request):
        return _with_other_rows(request, form, context=context, template=template, partial=partial)
    if form.is_bound and form.is_valid():
        try:
            return save()
        except StaleVersion as stale:
            return conflict(request, form, stale, context=context, template=template, partial=partial)
        except RuleViolation as violation:
            form.refuse(violation)
    status = 422 if form.is_bound else 200
    return page(request, template, {"form": form, **context}, partial=partial, status=status)


def _with_other_rows(
    request: HttpRequest, form: ConsoleForm, *, context: Mapping[str, Any], template: str, partial: str
) -> TemplateResponse:
    """The form as it was typed, drawn with the other rows; for htmx only the custom fields."""
    form.unjudged()
    if wants_partial(request):
        return page(request, "m3console/_custom_fields_card.html", {"field": form["custom_fields"]})
    return page(request, template, {"form": form, **context}, partial=partial)


def conflict(
    request: HttpRequest,
    form: ConsoleForm,
    stale: StaleVersion,
    *,
    context: Mapping[str, Any],
    template: str = "m3console/form.html",
    partial: str = "form",
) -> TemplateResponse:
    """Answer a save of a stale version with both versions side by side and all that was typed, status 409."""
    told = {
        "sentence": stale.message,
        "rows": form.read_again() if isinstance(form, EntityForm) else [],
        "reload_url": request.get_full_path(),
    }
    return page(request, template, {"form": form, **context, "conflict": told}, partial=partial, status=409)
