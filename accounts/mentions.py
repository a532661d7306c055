"""Where people wrote an account's name or email address themselves, which erasing does not reach."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from accounts.erasing import TELLING
from m3console.core import navigation
from m3console.core.history.changes import Transaction
from m3console.core.history.entries import in_words
from m3console.core.history.sources import reasons_holding
from m3console.core.links import reverse
from m3console.core.lists.saved_views import may_change, saved_filters_holding
from m3console.core.models import Membership, SavedFilter
from m3console.core.registry import Blocker
from m3console.core.text import day_in_words

MOST: Final = 10
STAYS: Final = "People wrote the name or the email address here too, and erasing does not change it:"


def mentions_in_words(values: Iterable[str], membership: Membership) -> dict[str, Any]:
    """What the page that asks says of them, each with the page to see or mend it; empty if there are none.

    Saved filters can be renamed or deleted. Reasons are kept for ever: it is good to know of them.
    """
    telling = [value for value in values if len(value) >= TELLING]
    if not telling:
        return {}
    items = [
        *_saved_filters(saved_filters_holding(membership, telling, most=MOST + 1), membership),
        *_reasons(reasons_holding(membership, telling, most=MOST + 1), membership),
    ]
    return {"title": STAYS, "list": items} if items else {}


def _saved_filters(found: list[SavedFilter], membership: Membership) -> Iterator[Blocker]:
    for saved in found[:MOST]:
        listed = navigation.title_of_list(saved.list_name)
        if may_change(saved, membership):
            url = reverse("core:saved_filter_edit", pk=saved.pk)
            yield Blocker(f"Saved filter “{saved.name}” of {listed}: rename or delete it", url)
        else:
            yield Blocker(f"A saved filter of {saved.owner}'s own, in {listed}: ask for it to be deleted")
    if len(found) > MOST:
        yield Blocker("More saved filters")


def _reasons(found: list[Transaction], membership: Membership) -> Iterator[Blocker]:
    for act in found[:MOST]:
        day = act.at.astimezone(ZoneInfo(membership.organization.timezone)).date()
        asked = {"q": act.context["request"]} if act.context.get("request") else {"since": day, "until": day}
        url = f"{reverse('core:history_list')}?{urlencode(asked)}"
        said = in_words(str(act.context.get("action", "")))
        yield Blocker(f"The reason of “{said}” on {day_in_words(day)}: it stays in the history", url)
    if len(found) > MOST:
        yield Blocker("More reasons in the history")
