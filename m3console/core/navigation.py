"""The console's navigation: what is where, filled in by each app, shown as far as the role reaches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from m3console.core import permissions
from m3console.core.links import reverse
from m3console.core.models import Membership, Organization

GROUPS = ("", "Billing", "Usage", "Catalogue", "Oversight", "Organization")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation. `section` is what a page sets to have its entry marked as current."""

    group: str
    order: int
    label: str
    icon: str
    url_name: str
    section: str
    count: Callable[[Organization], int] | None = None
    warn: bool = False


_entries: list[Entry] = []
_elsewhere: dict[str, str] = {}


def add(*entries: Entry) -> None:
    _entries.extend(entries)


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
        "navigation": [
            {"label": group, "items": items}
            for group in GROUPS
            if (items := _items(group, membership, section))
        ],
        "organization": membership.organization,
        "membership": membership,
        "may": {right.name.lower() for right in permissions.ROLE_RIGHTS[membership.role]},
    }


def _items(group: str, membership: Membership, section: str) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse(entry.url_name, organization=membership.organization),
            "label": entry.label,
            "icon": entry.icon,
            "current": entry.section == section,
            "count": entry.count(membership.organization) if entry.count else 0,
            "count_warn": entry.warn,
        }
        for entry in sorted(_entries, key=lambda entry: entry.order)
        if entry.group == group and permissions.allows(membership.role, entry.url_name)
    ]
