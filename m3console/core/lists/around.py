"""What stands around a list, read in one query: what its filters offer, the columns that the person keeps,
and the filters saved for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, QuerySet, TextField, Value
from django.db.models.functions import JSONObject

from m3console.core.http import Request
from m3console.core.models import ListColumns, Organization, SavedFilter
from m3console.core.registry import Offered

MOST_OFFERED = 5_000
MOST_SAVED = 100
COLUMNS, SAVED, OFFERED = "columns", "saved", "offered:"


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved filter that a person may use, as lists show it."""

    pk: UUID
    name: str
    query: str
    shared: bool
    own: bool


@dataclass(slots=True)
class Around:
    """Choices by filter, as values and labels; the columns kept, if any; saved filters, own ones first."""

    choices: dict[str, list[tuple[str, str]]]
    columns: list[str]
    saved: list[Saved]

    @classmethod
    def read(cls, request: Request, list_name: str, offered: Mapping[str, Offered]) -> "Around":
        parts = [_columns(request, list_name), _saved(request, list_name)]
        parts += [_offered(OFFERED + name, each, request.organization) for name, each in offered.items()]
        found = cls({name: [] for name in offered}, [], [])
        for part, value in parts[0].union(*parts[1:], all=True):
            if part == COLUMNS:
                found.columns = value
            elif part == SAVED:
                own = UUID(value.pop("owner")) == request.user.pk
                found.saved.append(Saved(pk=UUID(value.pop("pk")), own=own, **value))
            else:
                found.choices[part.removeprefix(OFFERED)].append((str(value[0]), str(value[1])))
        for pairs in found.choices.values():
            pairs.sort(key=lambda pair: pair[1].lower())
        found.saved.sort(key=lambda each: (not each.own, each.name.lower()))
        return found


def _columns(request: Request, list_name: str) -> QuerySet[Any]:
    rows = ListColumns.objects.filter(
        organization=request.organization, user=request.user, list_name=list_name
    )
    kept = Func(F("columns"), function="to_jsonb", output_field=JSONField())
    return rows.values_list(Value(COLUMNS, output_field=TextField()), kept)


def _saved(request: Request, list_name: str) -> QuerySet[Any]:
    rows = SavedFilter.objects.visible_to(request.user, request.organization).filter(list_name=list_name)
    facts = JSONObject(pk="id", name="name", query="query", shared="shared", owner="owner_id")
    return rows.order_by("id").values_list(Value(SAVED, output_field=TextField()), facts)[:MOST_SAVED]


def _offered(part: str, offered: Offered, organization: Organization) -> QuerySet[Any]:
    label = F(offered.label) if isinstance(offered.label, str) else offered.label
    pair = Func(F(offered.value), label, function="jsonb_build_array", output_field=JSONField())
    rows = offered.rows(organization).order_by()
    return rows.values_list(Value(part, output_field=TextField()), pair)[:MOST_OFFERED]
