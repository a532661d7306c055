"""What the pages of counter adjustments show."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Lower

from accounts.models import Account
from accounts.views.header import account_context
from accounts.views.header import crumbs as account_crumbs
from m3console.core import permissions
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.keyset import capped_count, keyset
from m3console.core.templatetags.console import day
from m3console.core.text import day_in_words
from plans.adjustment_effects import foresee_adjustment
from plans.adjustments import adjustable, levels
from plans.models import CounterAdjustment
from plans.views.pages import today
from plans.views.panels import link

ROWS = 25
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """An adjustment, the level that it changed and by how much, with its sign."""

    adjustment: CounterAdjustment
    before: int
    change: str
    is_new: bool


def crumbs(account: Account) -> list[dict[str, str]]:
    tab = {"label": "Counter adjustments", "url": reverse("plans:counter_adjustment_list", pk=account.pk)}
    return [*account_crumbs(account), tab]


def tab_context(request: Request, account: Account) -> dict[str, Any]:
    """The levels of today, and the adjustments by pages, latest first; `?new=` marks what was saved now."""
    rows = CounterAdjustment.objects.of_account(account)
    shown = rows.with_level_before().select_related("counter")
    cursor, new = request.GET.get("cursor", ""), _id(request.GET.get("new", ""))
    part = keyset(shown, shown, F("date"), descending=True, cursor=cursor, size=ROWS)
    found = list(part.rows)
    if new and not cursor and not any(each.pk == new for each in found):
        found = [*shown.filter(pk=new), *found]
    return {
        **account_context(request, account, tab="counters"),
        "levels": list(levels(account, today(request)).order_by(Lower("name"), "id")),
        "rows": [_row(each, new) for each in found],
        "count": capped_count(rows, COUNTED),
        "after_url": f"?cursor={part.after}" if part.after else "",
        "before_url": f"?cursor={part.before}" if part.before else "",
        "has_counters": adjustable(account).exists(),
    }


def _row(adjustment: CounterAdjustment, new: UUID | None) -> Row:
    before: int = adjustment.level_before  # type: ignore[attr-defined]
    return Row(adjustment, before, change_text(adjustment.value - before), adjustment.pk == new)


def change_text(change: int) -> str:
    """A change of a level, with its sign: +7, −3, 0."""
    return f"{change:+,}".replace("-", "−") if change else "0"


def create_context(account: Account) -> dict[str, Any]:
    return {
        "account": account,
        "title": "Adjust counter",
        "submit": "Adjust counter",
        "crumbs": crumbs(account),
        "cancel_url": reverse("plans:counter_adjustment_list", pk=account.pk),
        "nothing": "Choose a counter, a day and its new level to see which bills change.",
        "has_counters": adjustable(account).exists(),
    }


def edit_context(adjustment: CounterAdjustment) -> dict[str, Any]:
    return {
        "account": adjustment.account,
        "adjustment": adjustment,
        "title": f"Edit adjustment of {adjustment.counter}",
        "submit": "Update counter adjustment",
        "crumbs": [*crumbs(adjustment.account), _own_crumb(adjustment)],
        "cancel_url": reverse("plans:counter_adjustment_detail", pk=adjustment.pk),
        "nothing": "Change the day or the level to see which bills change.",
        "has_counters": True,
    }


def delete_context(adjustment: CounterAdjustment) -> dict[str, Any]:
    """What deleting does, or what forbids it."""
    effects = foresee_adjustment(adjustment, None).effects
    refused = [effect for effect in effects if effect.warning]
    return {
        "title": f"Delete the adjustment of {adjustment.counter} on {day_in_words(adjustment.date)}?",
        "effects": [f"{effect.text} {effect.why}".strip() for effect in effects],
        "blockers": [{"text": effect.why} for effect in refused],
        "blocked": "It cannot be deleted.",
        "submit": "Delete counter adjustment",
        "danger": True,
        "crumbs": [*crumbs(adjustment.account), _own_crumb(adjustment)],
        "cancel_url": reverse("plans:counter_adjustment_list", pk=adjustment.account_id),
    }


def adjustment_page(adjustment: CounterAdjustment, *, tab: str) -> dict[str, Any]:
    """The head that the pages of one adjustment share."""
    urls = {"details": "plans:counter_adjustment_detail", "history": "plans:counter_adjustment_history"}
    return {
        "adjustment": adjustment,
        "title": str(adjustment),
        "crumbs": crumbs(adjustment.account),
        "tabs_label": "Counter adjustment",
        "tabs": [
            {"label": key.capitalize(), "url": reverse(url, pk=adjustment.pk), "current": key == tab}
            for key, url in urls.items()
        ],
    }


def detail_context(request: Request, adjustment: CounterAdjustment) -> dict[str, Any]:
    edit = "plans:counter_adjustment_edit"
    may_edit = permissions.allows(request.membership.role, edit)
    before: int = adjustment.level_before  # type: ignore[attr-defined]
    rows: list[tuple[str, Any]] = [
        ("Account", link("accounts:account_detail", adjustment.account)),
        ("Counter", link("plans:counter_detail", adjustment.counter)),
        ("Date", day(adjustment.date)),
        ("Level before", f"{before:,} {adjustment.counter.unit}"),
        ("New level", f"{adjustment.value:,} {adjustment.counter.unit}"),
        ("Change", change_text(adjustment.value - before)),
        ("Purchase order", adjustment.purchase_order_number),
    ]
    return {
        **adjustment_page(adjustment, tab="details"),
        "details": {
            "title": "Counter adjustment details",
            "edit_url": reverse(edit, pk=adjustment.pk) if may_edit else "",
            "rows": [{"label": label, "value": value} for label, value in rows],
        },
    }


def _own_crumb(adjustment: CounterAdjustment) -> dict[str, str]:
    url = reverse("plans:counter_adjustment_detail", pk=adjustment.pk)
    return {"label": str(adjustment), "url": url}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
