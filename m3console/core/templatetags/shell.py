"""What only the shell of a page needs: the zone in the top bar, a person's initials, the phone's bar."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from m3console.core import clock
from m3console.core.templatetags.console import icon, offset, zone

register = template.Library()
CURRENT = SafeString(' aria-current="true"')

# What a thumb reaches first, where the role may open it, by the entry's icon; and its word, if shorter.
PHONE_ICONS = ("accounts", "bill", "run", "check-list", "usage", "plan", "home")
SHORT = {
    "Bill management": "Bills",
    "Run billing": "Run",
    "Usage explorer": "Usage",
    "Ingest events": "Events",
}


@register.simple_tag
def zone_now() -> str:
    """The organization's zone as the top bar names it: Europe/Berlin, UTC+2."""
    here = zone()
    return f"{here.key}, {offset(clock.now().astimezone(here))}" if here.key != "UTC" else "UTC"


@register.filter
def initials(value: object) -> str:
    """Two letters for a person's name or address: Marta Lindqvist is ML."""
    words = str(value).partition("@")[0].replace(".", " ").split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def phone_bar(navigation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most four entries of the navigation, for the bar at the bottom of a phone."""
    items = {item["icon"]: item for group in navigation for item in group["items"]}
    chosen = [items[icon] for icon in PHONE_ICONS if icon in items][:4]
    return [{**item, "label": SHORT.get(item["label"], item["label"])} for item in chosen]


@register.simple_tag
def navigation_items(navigation: list[dict[str, Any]], prefix: str) -> SafeString:
    """The whole navigation as lists of links, each group under its name; ids begin with the prefix."""
    return format_html_join(
        "", "{}", ((_group(group, f"{prefix}-{n}"),) for n, group in enumerate(navigation, 1))
    )


def _group(group: dict[str, Any], name: str) -> SafeString:
    items = format_html_join(
        "",
        '<li><a class="nav-item" href="{}" title="{}"{}>{}<span class="nav-text">{}</span>{}</a></li>',
        (
            (
                item["url"],
                item["label"],
                CURRENT if item["current"] else "",
                icon(item["icon"]),
                item["label"],
                _count(item),
            )
            for item in group["items"]
        ),
    )
    if not group["label"]:
        return format_html("<ul>{}</ul>", items)
    return format_html(
        '<p class="nav-label" id="{}">{}</p><ul aria-labelledby="{}">{}</ul>',
        name,
        group["label"],
        name,
        items,
    )


def _count(item: dict[str, Any]) -> SafeString | str:
    """How many rows wait behind an entry, and for what, for those who do not see its tint."""
    if not item["count"]:
        return ""
    tint, words = (" nav-count-warn", "need attention") if item["count_warn"] else ("", "running")
    return format_html(
        '<span class="nav-count{}">{}<span class="visually-hidden"> {}</span></span>',
        tint,
        item["count"],
        words,
    )
