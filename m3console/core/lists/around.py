"""What stands around a list, read in one query: the rows that its filters choose among."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Func, JSONField, QuerySet, TextField, Value

from m3console.core.models import Organization
from m3console.core.registry import Offered

MOST_OFFERED = 5_000


def choices_of(
    organization: Organization, offered: Mapping[str, Offered]
) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: values and labels, by label; one query for all filters."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in offered}
    parts = [_part(name, each, organization) for name, each in offered.items()]
    for name, (value, label) in together(parts):
        found[name].append((str(value), str(label)))
    return {name: sorted(pairs, key=lambda pair: pair[1].lower()) for name, pairs in found.items()}


def together(parts: list[QuerySet[Any]]) -> list[tuple[str, Any]]:
    """The rows of several queries as one; each has two columns, which part it is and any JSON."""
    if not parts:
        return []
    return list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0])


def _part(name: str, offered: Offered, organization: Organization) -> QuerySet[Any]:
    label = F(offered.label) if isinstance(offered.label, str) else offered.label
    pair = Func(F(offered.value), label, function="jsonb_build_array", output_field=JSONField())
    rows = offered.rows(organization).order_by()
    return rows.values_list(Value(name, output_field=TextField()), pair)[:MOST_OFFERED]
