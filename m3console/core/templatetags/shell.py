"""What only the shell of a page needs: the zone in the top bar, a person's initials, the phone's bar."""

from typing import Any

from django import template

from m3console.core import clock
from m3console.core.templatetags.console import offset, zone

register = template.Library()

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
