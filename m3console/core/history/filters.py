"""How a history is narrowed down: who, from where, when, which kind of thing, a word of the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import QueryDict
from pghistory.models import Context

from m3console.core.forms import DateInput
from m3console.core.lists.addresses import address
from m3console.core.lists.filters import Chip, chips
from m3console.core.models import Membership, Organization
from m3console.core.templatetags.console import zone

SQL = "sql"
SOURCES = [
    ("console", "Console"),
    ("admin", "Django admin"),
    ("command", "Command"),
    ("import", "Import"),
    ("job", "Job"),
    ("API", "API"),
    (SQL, "SQL, outside the console"),
]
MOST_CONTEXTS = 1_000
LATEST_YEAR = 9998  # the day after an "until" must still be a date


class HistoryForm(forms.Form):
    """Days are the organization's, both included. `kinds` are offered in the history of everything."""

    q = forms.CharField(required=False, max_length=200)
    who = forms.ChoiceField(label="Who", required=False)
    source = forms.ChoiceField(label="Source", required=False, choices=[("", "Any"), *SOURCES])
    kind = forms.ChoiceField(label="What", required=False)
    since = forms.DateField(label="Since", required=False, widget=DateInput)
    until = forms.DateField(label="Until", required=False, widget=DateInput)

    def __init__(
        self, asked: QueryDict, organization: Organization, kinds: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(asked)
        members = Membership.objects.filter(organization=organization).select_related("user")
        people = sorted((str(member.user), str(member.user_id)) for member in members)
        self.fields["who"].choices = [("", "Anybody"), *((key, name) for name, key in people)]  # type: ignore[attr-defined]
        if kinds:
            self.fields["kind"].choices = [("", "Everything but bills"), *kinds]  # type: ignore[attr-defined]
        else:
            del self.fields["kind"]

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What was asked for: the conditions on event rows, the kind, and what the filter bar shows.

    `where` are conditions that indexes answer, `among` those on contexts, which are looked through.
    """

    form: HistoryForm
    chips: list[Chip]
    clear_url: str
    where: Q
    among: Q
    kind: str

    @property
    def text(self) -> str:
        return str(self.form.data.get("q", ""))


def asked(
    params: QueryDict, organization: Organization, *, kinds: Sequence[tuple[str, str]] = ()
) -> HistoryFilter:
    """The filter that a page's URL asks for; a value that makes no sense narrows nothing, and says so."""
    form = HistoryForm(params, organization, kinds)
    form.is_valid()
    return HistoryFilter(
        form=form,
        chips=[chip for chip in chips(_Shown(form), params) if chip.label != "q"],
        clear_url=address(params, *form.fields),
        where=_when(form.cleaned_data) & _named(form.cleaned_data),
        among=_among(form.cleaned_data),
        kind=form.cleaned_data.get("kind", ""),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    form: HistoryForm


def _when(wanted: dict[str, Any]) -> Q:
    when = Q()
    if since := wanted.get("since"):
        when &= Q(pgh_created_at__gte=_begin(since))
    if (until := wanted.get("until")) and until.year <= LATEST_YEAR:
        when &= Q(pgh_created_at__lt=_begin(until + timedelta(days=1)))
    return when


def _named(wanted: dict[str, Any]) -> Q:
    """The id of a request or of what was changed, if the text is one."""
    key = _id(wanted.get("q", ""))
    if key is None:
        return Q()
    of_request = Context.objects.filter(metadata__request=str(key)).order_by().values_list("pk", flat=True)
    return Q(pgh_obj_id=key) | Q(pgh_context__in=list(of_request[:MOST_CONTEXTS]))


def _among(wanted: dict[str, Any]) -> Q:
    among = Q()
    if who := wanted.get("who"):
        among &= Q(pgh_context__metadata__actor=who)
    if source := wanted.get("source"):
        among &= Q(pgh_context=None) if source == SQL else Q(pgh_context__metadata__source=source)
    text = wanted.get("q", "")
    if text and _id(text) is None:
        among &= _said(text)
    return among


def _begin(day: date) -> datetime:
    return datetime.combine(max(day, date(2, 1, 1)), time(), zone())


def _said(text: str) -> Q:
    """The reason holds the text, the act its words, or a program called its request so."""
    said = Q(pgh_context__metadata__reason__icontains=text) | Q(pgh_context__metadata__request=text)
    return said | Q(*(Q(pgh_context__metadata__action__icontains=word) for word in text.split()))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
