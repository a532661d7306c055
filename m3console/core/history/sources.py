"""Whose changes are an organization's history, and the reasons in it that hold a text."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import Q

from m3console.core.history.changes import RowChange, Source, Transaction, changes, transactions
from m3console.core.models import Membership, Organization
from m3console.core.registry import extensions

# Of all organizations, as a context belongs to none; its events do.
HOLDING: Final = """
select id from pghistory_context
where metadata ->> 'reason' <> '' and exists (
  select from unnest(%s::text[]) value where strpos(lower(metadata ->> 'reason'), lower(value)) > 0)
order by created_at desc limit %s
"""
MOST: Final = 1_000


def tracked_models() -> Iterator[Any]:
    """The kinds of rows whose changes are recorded and belong to an organization."""
    for model in apps.get_models():
        if model is Organization or _belongs(model):
            yield model


def sources_of(membership: Membership, *, kind: str = "", everything: bool = False) -> list[Source]:
    """What the person sees of an organization's history: of one kind, or of all but those with a history
    apart, which only `everything` has too."""
    return [
        Source(
            model,
            _within(model, membership.organization),
            extensions(model._meta.label_lower).history_shown(membership),
        )
        for model in tracked_models()
        if kind == model._meta.label_lower
        or (not kind and (everything or not extensions(model._meta.label_lower).history_apart))
    ]


def reasons_holding(membership: Membership, values: Iterable[str], *, most: int) -> list[Transaction]:
    """The newest acts in the organization whose reasons hold one of the values, in whatever case."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDING, [list(values), MOST])
        contexts = [row[0] for row in cursor.fetchall()]
    if not contexts:
        return []
    rows: list[RowChange] = changes(
        sources_of(membership, everything=True), limit=MOST, where=Q(pgh_context__in=contexts)
    )[0]
    return transactions(rows)[:most]


def _belongs(model: Any) -> bool:
    return hasattr(model, "pgh_event_model") and any(f.name == "organization" for f in model._meta.fields)


def _within(model: Any, organization: Organization) -> dict[str, Any]:
    return {"pgh_obj_id" if model is Organization else "organization_id": organization.pk}
