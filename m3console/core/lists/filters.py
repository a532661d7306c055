"""Filters of lists, and the chips that say which of them are on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django_filters.widgets import SuffixedMultiWidget

from m3console.core.lists.addresses import address
from m3console.core.registry import Offered, extensions
from m3console.core.text import day_in_words


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """How a list is narrowed down. Choices among rows are named in `offered`, by filter.

    They come in from outside, read together with all else that the page needs: in one query.
    """

    offered: ClassVar[Mapping[str, Offered]] = {}

    def __init__(self, *args: Any, choices: Mapping[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.offered:
            fixed = self.filters[name].extra.get("choices", [])
            self.filters[name].extra["choices"] = [*fixed, *choices.get(name, [])]


def with_added(filters: type[ListFilter], kind: str, request: HttpRequest) -> type[ListFilter]:
    """The filters of a list together with those that upper apps add to lists of this kind of rows."""
    added = extensions(kind).filters
    if not added:
        return filters
    made: dict[str, Any] = {each.name: each.make(request) for each in added}
    offered = {each.name: each.offered for each in added if each.offered}
    return type(filters.__name__, (filters,), made | {"offered": {**filters.offered, **offered}})


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on: what it says, and the page without it. A `wrong` one cannot be used."""

    label: str
    value: str
    remove_url: str
    wrong: bool = False


def chips(filterset: django_filters.FilterSet, params: QueryDict) -> list[Chip]:
    """One chip for each filter that is on, also for one whose value makes no sense."""
    found = []
    form = filterset.form
    for name, field in form.fields.items():
        sent = [part for part in _parts(name, field) if any(params.getlist(part))]
        if not sent:
            continue
        wrong = name in form.errors
        value = None if wrong else form.cleaned_data.get(name)
        if not wrong and value in (None, "", [], slice(None)):
            continue
        words = ", ".join(str(params[part]) for part in sent) if wrong else in_words(field, value)
        found.append(Chip(str(field.label or name), words, address(params, *_parts(name, field)), wrong))
    return found


def problems(filterset: django_filters.FilterSet) -> str:
    """What is wrong with the filters that were asked for, in sentences; empty if nothing is."""
    form = filterset.form
    return " ".join(
        f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
    )


def _parts(name: str, field: forms.Field) -> list[str]:
    """The parameters that a filter reads: several for a range."""
    widget: Any = field.widget
    if isinstance(widget, SuffixedMultiWidget):
        return [widget.suffixed(name, suffix) for suffix in widget.suffixes]
    return [name + suffix for suffix in getattr(widget, "widgets_names", [""])]


def in_words(field: forms.Field, value: Any) -> str:
    """A filter's value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, slice):
        return " – ".join(
            in_words(field, end) if end is not None else "…" for end in (value.start, value.stop)
        )
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(in_words(field, each) for each in value)
    choices = {
        str(key): str(label)
        for key, label in getattr(field, "choices", [])
        if not isinstance(label, list | tuple)
    }
    return choices.get(str(value), str(value))
