"""The console's navigation: what is where, filled in by each app, shown as far as the role reaches."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from m3console.core import permissions
from m3console.core.links import reverse
from m3console.core.models import Membership, Organization

COUNT_CAP = 100
GROUPS = ("", "Billing", "Usage", "Catalogue", "Oversight", "Organization")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation. `section` is what a page sets to have its entry marked as current.

    `counted` are the rows whose number stands beside the entry, because somebody waits for them.
    """

    group: str
    order: int
    label: str
    icon: str
    url_name: str
    section: str
    counted: Callable[[Organization], QuerySet[Any]] | None = None
    warn: bool = False


_entries: list[Entry] = []
_elsewhere: dict[str, str] = {}


def add(*entries: Entry) -> None:
    _entries.extend(entries)


def label_of(url_name: str) -> str:
    """What the navigation calls a page; empty if it is not in it."""
    return next((entry.label for entry in _entries if entry.url_name == url_name), "")


def title_of_list(url_name: str) -> str:
    """What a list is called: as in the navigation, else by its address."""
    words = url_name.partition(":")[2].removesuffix("_list").replace("_", " ").capitalize()
    return label_of(url_name) or words


def stand_under(section: str, pages: str) -> None:
    """Have the pages whose names begin like `pages` stand under the entry of another app."""
    _elsewhere[pages] = section


def console(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs on every page: the navigation, the person's organizations, the mode."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {"DEMO": settings.DEMO, "navigation": []}
    name = request.resolver_match.view_name if request.resolver_match else ""
    name = next((section for pages, section in _elsewhere.items() if name.startswith(pages)), name)
    # "plans:plan_" begins the names of "plans:plan_template_" too: the longest section is the page's own.
    sections = [entry.section for entry in _entries if name.startswith(entry.section)]
    section = max(sections, key=len, default="")
    return {
        "DEMO": settings.DEMO,
        # Lazy, because an answer to htmx has no navigation and should not count for it.
        "navigation": SimpleLazyObject(lambda: _groups(membership, section)),
        "organization": membership.organization,
        "membership": membership,
        "may": {right.name.lower() for right in permissions.ROLE_RIGHTS[membership.role]},
    }


def _groups(membership: Membership, section: str) -> list[dict[str, Any]]:
    counts = _counts(membership.organization)
    allowed = [entry for entry in _entries if permissions.allows(membership.role, entry.url_name)]
    groups = {group: [entry for entry in allowed if entry.group == group] for group in GROUPS}
    return [
        {"label": group, "items": [_item(entry, membership, section, counts) for entry in _ordered(entries)]}
        for group, entries in groups.items()
        if entries
    ]


def pages_of(membership: Membership) -> list[Entry]:
    """The pages of the navigation that the role may open, in its order."""
    allowed = [entry for entry in _entries if permissions.allows(membership.role, entry.url_name)]
    return sorted(allowed, key=lambda entry: (GROUPS.index(entry.group), entry.order))


def _ordered(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.order)


def _item(entry: Entry, membership: Membership, section: str, counts: Counter[str]) -> dict[str, Any]:
    count = counts[entry.section]
    return {
        "url": reverse(entry.url_name, organization=membership.organization),
        "label": entry.label,
        "icon": entry.icon,
        "current": entry.section == section,
        "count": f"{COUNT_CAP - 1}+" if count == COUNT_CAP else count,
        "count_warn": entry.warn,
    }


def _counts(organization: Organization) -> Counter[str]:
    """By section, how many rows its entry counts, up to the cap; one query for all of them."""
    parts = [
        entry.counted(organization).order_by().values_list(Value(entry.section))[:COUNT_CAP]
        for entry in _entries
        if entry.counted
    ]
    return Counter(section for (section,) in parts[0].union(*parts[1:], all=True)) if parts else Counter()
