"""Keeping the columns that a person chose for a list, and filters saved under a name.

Everybody keeps filters of their own. To share one with the organization takes a role that changes something
in it; a shared one is changed and deleted by its owner and by administrators.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote_plus

from django.db.models import Q

from m3console.core import entities, permissions
from m3console.core.audit import action
from m3console.core.errors import RuleViolation, refusing
from m3console.core.models import ListColumns, Membership, SavedFilter
from m3console.core.models.saved_views import MAX_QUERY
from m3console.core.permissions import Right


def keep_columns(membership: Membership, list_name: str, columns: Sequence[str]) -> None:
    """Have a list show these columns, in this order, whenever the person opens it in this organization."""
    chosen = ListColumns(
        organization_id=membership.organization_id,
        user_id=membership.user_id,
        list_name=list_name,
        columns=list(columns),
    )
    with action("list_columns.chosen"):
        ListColumns.objects.bulk_create(
            [chosen],
            update_conflicts=True,
            unique_fields=["organization", "user", "list_name"],
            update_fields=["columns"],
        )


def forget_columns(membership: Membership, list_name: str) -> None:
    """Have a list show its usual columns again."""
    with action("list_columns.reset"):
        ListColumns.objects.filter(
            organization=membership.organization_id, user=membership.user_id, list_name=list_name
        ).delete()


def may_share(membership: Membership) -> bool:
    return permissions.may(membership.role, Right.SHARE)


def may_change(saved: SavedFilter, membership: Membership) -> bool:
    administers = permissions.may(membership.role, Right.ADMINISTER)
    return saved.owner_id == membership.user_id or (saved.shared and administers)


def create_saved_filter(
    membership: Membership,
    *,
    list_name: str,
    name: str,
    query: str,
    shared: bool = False,
    reason: str = "",
) -> SavedFilter:
    """Save what a list's address shows under a name. Raises RuleViolation if the person's filters of that
    list have the name already, if the role may not share, or if the address is too long to keep.
    """
    if shared and not may_share(membership):
        raise _not_shared()
    with action("saved_filter.created", reason=reason), refusing(_sentences(name)):
        return entities.create(
            SavedFilter,
            organization_id=membership.organization_id,
            owner_id=membership.user_id,
            list_name=list_name,
            name=name,
            query=_short(query),
            shared=shared,
        )


def update_saved_filter(
    saved: SavedFilter,
    *,
    membership: Membership,
    version: int,
    name: str,
    shared: bool,
    reason: str = "",
) -> SavedFilter:
    """Rename it, share it, or keep it to its owner again. Raises RuleViolation, StaleVersion."""
    _check(saved, membership)
    if shared and not saved.shared and not may_share(membership):
        raise _not_shared()
    with action("saved_filter.updated", reason=reason), refusing(_sentences(name)):
        return entities.update(saved, version=version, name=name, shared=shared)


def replace_query(saved: SavedFilter, *, membership: Membership, version: int, query: str) -> SavedFilter:
    """Have it show something else under the same name. Raises RuleViolation, StaleVersion."""
    _check(saved, membership)
    with action("saved_filter.replaced"):
        return entities.update(saved, version=version, query=_short(query))


def delete_saved_filter(saved: SavedFilter, *, membership: Membership) -> None:
    """Raises RuleViolation unless it is the person's own, or a shared one and the person administers."""
    _check(saved, membership)
    with action("saved_filter.deleted"):
        SavedFilter.objects.filter(pk=saved.pk).delete()


def saved_filters_holding(membership: Membership, values: Iterable[str], *, most: int) -> list[SavedFilter]:
    """Filters of the organization, other people's own too, whose name or search holds one of the values."""
    holding = Q(pk__in=())
    for value in values:
        holding |= Q(name__icontains=value) | Q(query__icontains=quote_plus(value))
    rows = SavedFilter.objects.filter(holding, organization=membership.organization_id)
    return list(rows.select_related("owner").order_by("pk")[:most])


def _check(saved: SavedFilter, membership: Membership) -> None:
    if not may_change(saved, membership):
        raise RuleViolation("Only its owner or an administrator may change this saved filter.")


def _short(query: str) -> str:
    if len(query) > MAX_QUERY:
        raise RuleViolation("This search is too long to be saved. Shorten it or remove a filter.")
    return query


def _not_shared() -> RuleViolation:
    return RuleViolation("Your role may keep filters of its own, not share them.", field="shared")


def _sentences(name: str) -> dict[str, str | RuleViolation]:
    taken = RuleViolation(f"You have saved a filter of this list as “{name}” already.", field="name")
    return {"saved_filter_name_once": taken}
