"""The account's tab *Attached plans*: what is attached now or later, and what was before, by pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Account
from accounts.views.header import account_context
from m3console.core import clock
from m3console.core.http import Request
from m3console.core.lists.keyset import capped_count, keyset
from plans.models import AccountPlan, AttachmentStatus

ROWS = 25
COUNTED = 1_000
SOON = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Row:
    """An attachment in a panel, with what it is today; `ending` within a month."""

    attachment: AccountPlan
    status: str
    is_new: bool
    ending: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A page of rows, how many there are in all, and the addresses of its neighbours."""

    rows: list[Row]
    count: str
    after_url: str
    before_url: str


def tab_context(request: Request, account: Account) -> dict[str, Any]:
    """Current ones by start, ended ones by end, the latest first; each panel has pages of its own."""
    today = clock.today(account.organization.timezone)
    ours = AccountPlan.objects.of_account(account).with_plan()
    return {
        **account_context(request, account, tab="plans"),
        "current": _panel(request, ours.current(today), "start_date", "current", today),
        "previous": _panel(request, ours.previous(today), "end_date", "previous", today),
    }


def _panel(request: Request, rows: QuerySet[AccountPlan], by: str, key: str, today: date) -> Panel:
    cursor = request.GET.get(key, "")
    part = keyset(rows, rows, by, descending=True, cursor=cursor, size=ROWS)
    new = _id(request.GET.get("new", ""))
    shown = list(part.rows) if cursor else _with_new(rows, part.rows, new)
    return Panel(
        [_row(one, today, new) for one in shown],
        capped_count(rows, COUNTED),
        _url(request, key, part.after),
        _url(request, key, part.before),
    )


def _url(request: Request, key: str, cursor: str | None) -> str:
    """This page with another part of one panel; nothing is new there any more."""
    if cursor is None:
        return ""
    query = request.GET.copy()
    query.pop("new", None)
    query[key] = cursor
    return f"?{query.urlencode()}"


def _with_new(
    rows: QuerySet[AccountPlan], page: Iterable[AccountPlan], new: UUID | None
) -> list[AccountPlan]:
    """The first page, with what was just saved on top if its dates put it on a later one."""
    shown = list(page)
    if new is None or any(one.pk == new for one in shown):
        return shown
    return [*rows.filter(pk=new), *shown]


def _row(attachment: AccountPlan, today: date, new: UUID | None) -> Row:
    status, end = attachment.status(today), attachment.end_date
    ending = status == AttachmentStatus.ACTIVE and end is not None and end - today <= SOON
    return Row(attachment, status, attachment.pk == new, ending)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
