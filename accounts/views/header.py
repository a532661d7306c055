"""What every page of one account shows around its own part: header, menu, tabs, details."""

from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.hierarchy import current_children
from accounts.models import Account, ChildMembership
from accounts.tables import detail_url
from m3console.core import clock, permissions
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.registry import MenuEntry, Tab, extensions
from m3console.core.templatetags.console import day
from m3console.core.text import day_in_words

KIND = "accounts.account"
BUTTONS = "header"
OWN_TABS = (
    Tab("overview", "Overview", "accounts:account_detail", 0),
    Tab(
        "children",
        "Child accounts",
        "accounts:account_children",
        90,
        count=lambda account: current_children(account).count(),
        shown=lambda account: account.parent_account_id is None,
    ),
    Tab("history", "History", "accounts:account_history", 100),
)
OWN_ENTRIES = (
    MenuEntry("Edit", "accounts:account_edit", 0),
    MenuEntry("Erase personal data", "accounts:account_erase", 990, dialog=True),
    MenuEntry("Delete", "accounts:account_delete", 1000, dialog=True),
)


def account_context(request: Request, account: Account, *, tab: str) -> dict[str, Any]:
    """What `accounts/account_base.html` needs; `tab` is the key of the tab that the page is.

    Upper apps add tabs, menu entries and panels to the registry of "accounts.account"; menu entries of
    the group "header" stand as buttons beside the menu.
    """
    added = extensions(KIND)
    return {
        "account": account,
        "title": account.name,
        "crumbs": crumbs(),
        "tabs_label": "Account",
        "tabs": [
            {
                "label": one.label,
                "url": reverse(one.url_name, pk=account.pk),
                "current": one.key == tab,
                "count": one.count(account) if one.count else None,
            }
            for one in sorted([*OWN_TABS, *added.tabs], key=lambda one: one.order)
            if one.shown(account) and permissions.allows(request.membership.role, one.url_name)
        ],
        "buttons": _entries(request, account, [one for one in added.menu if one.group == BUTTONS]),
        "menu": _menu(request, account, [one for one in added.menu if one.group != BUTTONS]),
        "panels": [
            {"url": reverse(one.url_name, pk=account.pk), "label": one.key.replace("_", " ").capitalize()}
            for one in sorted(added.panels, key=lambda one: one.order)
            if permissions.allows(request.membership.role, one.url_name)
        ],
    }


def crumbs(account: Account | None = None) -> list[dict[str, str]]:
    """The way to an account's page, or beyond it."""
    way = [{"label": "Accounts", "url": reverse("accounts:account_list")}]
    return [*way, {"label": account.name, "url": detail_url(account)}] if account else way


def good_practice_link() -> dict[str, str]:
    return {"label": "Managing accounts: good practice", "url": reverse("accounts:good_practice")}


def details(request: Request, account: Account) -> dict[str, Any]:
    """The panel *Account details*, with the organization's value where the account has none or another."""
    organization = account.organization
    currency, days = account.currency, account.days_before_bill_due
    own = "from organization"
    edit = "accounts:account_edit"
    return {
        "id": "account-details",
        "title": "Account details",
        "edit_url": reverse(edit, pk=account.pk) if permissions.allows(request.membership.role, edit) else "",
        "rows": [
            {"label": "Email address", "value": account.email_address},
            {"label": "Address", "value": _address(account)},
            {"label": "Parent account", "value": _parent(account)},
            {
                "label": "Currency",
                "value": currency or organization.currency,
                "was": organization.currency if currency and currency != organization.currency else "",
                "hint": "overrides organization" if currency else own,
            },
            {"label": "First bill date", "value": day(account.bill_epoch) or "Organization's epoch"},
            {
                "label": "Days before due",
                "value": organization.days_before_bill_due if days is None else days,
                "hint": own if days is None else "",
            },
            {"label": "Purchase order", "value": account.purchase_order_number},
            {"label": "Origin", "value": "Auto-created by usage" if account.auto_created else ""},
        ],
    }


def create_child_url(account: Account) -> str:
    return f"{reverse('accounts:account_create')}?{urlencode({'parent': account.code})}"


def _parent(account: Account) -> str:
    """The parents of now and later, each with its days."""
    on = clock.today(account.organization.timezone)
    memberships = ChildMembership.objects.filter(child=account).current(on).select_related("parent")
    parents = [
        format_html('<a href="{}">{}</a>, {}', detail_url(one.parent), one.parent.name, _days(one))
        for one in memberships.order_by("end_date")
    ]
    return format_html_join(SafeString("<br>"), "{}", ((one,) for one in parents)) or "None"


def _days(membership: ChildMembership) -> str:
    until = f" until {day_in_words(membership.last_day)}" if membership.last_day else ""
    if membership.start_date is None:
        return until.strip() or "from the beginning"
    return f"since {day_in_words(membership.start_date)}{until}"


def _address(account: Account) -> str:
    town = " ".join(part for part in (account.post_code, account.locality) if part)
    lines = [
        account.address_line_1, account.address_line_2, account.address_line_3, account.address_line_4,
        town, account.region, account.country,
    ]  # fmt: skip
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line))


def _menu(request: Request, account: Account, added: list[MenuEntry]) -> list[dict[str, Any]]:
    child = MenuEntry("Create child account", "accounts:account_create", 900, group="Account")
    entries = _entries(request, account, [*OWN_ENTRIES, *added])
    if account.parent_account_id is None and permissions.allows(request.membership.role, child.url_name):
        entry = {"label": child.label, "url": create_child_url(account)}
        entries.append(entry | {"group": child.group, "order": child.order})
    entries.sort(key=lambda one: one["order"])
    return entries


def _entries(request: Request, account: Account, entries: list[MenuEntry]) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "url": reverse(one.url_name, pk=account.pk),
            "group": one.group,
            "order": one.order,
            "dialog": one.dialog,
            "icon": one.icon,
            "danger": one.url_name.endswith(("_delete", "_erase")),
        }
        for one in sorted(entries, key=lambda one: one.order)
        if one.shown(account) and permissions.allows(request.membership.role, one.url_name)
    ]
