"""The columns of account lists."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import django_tables2 as tables
from django.db.models import F
from django.utils.html import format_html

from accounts.models import Account
from m3console.core import permissions
from m3console.core.links import reverse
from m3console.core.lists.listing import Table
from m3console.core.searching.search import key_of
from m3console.core.templatetags.console import day, instant
from m3console.core.templatetags.tables import row_menu

SORTS: Final[dict[str, Any]] = {
    "name": key_of("name"),
    "code": key_of("code"),
    "created_at": F("created_at"),
}
DELETED_SORTS: Final[dict[str, Any]] = {"deleted_at": F("deleted_at")}
WIDE: Final = {"td": {"class": "hide-md"}, "th": {"class": "hide-md"}}


def _acts() -> tables.Column:
    """The menu of a row's acts; a column stands where it was made."""
    return tables.Column(
        "",
        empty_values=(),
        exclude_from_export=True,
        attrs={"td": {"class": "row-menu"}, "th": {"class": "row-menu"}},
    )


class AccountTable(Table):
    """Name with its children, code, currency of its bills; acts at the end. The rest is there to choose."""

    name = tables.Column()
    code = tables.Column(attrs={"td": {"class": "mono hide-md"}, "th": {"class": "hide-md"}})
    currency = tables.Column(empty_values=(), attrs=WIDE)
    parent_account = tables.Column("Parent account", attrs=WIDE, visible=False)
    created_at = tables.Column("Created", attrs=WIDE, visible=False)
    acts = _acts()
    pk = tables.Column("Id", visible=False)
    email_address = tables.Column("Email address", visible=False)
    address_line_1 = tables.Column("Address line 1", visible=False)
    address_line_2 = tables.Column("Address line 2", visible=False)
    address_line_3 = tables.Column("Address line 3", visible=False)
    address_line_4 = tables.Column("Address line 4", visible=False)
    locality = tables.Column("City / Town", visible=False)
    region = tables.Column("Region / Province", visible=False)
    post_code = tables.Column("Postcode / Zip", visible=False)
    country = tables.Column("Country", visible=False)
    bill_epoch = tables.Column("First bill date", visible=False)
    days_before_bill_due = tables.Column("Days before bill due", visible=False)
    purchase_order_number = tables.Column("Purchase order number", visible=False)
    auto_created = tables.Column("Auto-created", visible=False)

    def render_name(self, record: Account) -> str:
        """The link, how many children there are, and on phones the code below."""
        link = format_html('<a class="row-name" href="{}">{}</a>', detail_url(record), record.name)
        code = format_html('<span class="cell-sub mono">{}</span>', record.code)
        count: int = getattr(record, "child_count", 0)
        if not count:
            return link + code
        words = "1 child" if count == 1 else f"{count} children"
        return format_html('{} <span class="tag">{}</span>{}', link, words, code)

    def value_name(self, record: Account) -> str:
        return record.name

    def render_currency(self, record: Account) -> str:
        return record.currency or self.request.organization.currency

    def value_currency(self, record: Account) -> str:
        """The account's own, so that the file can be imported again: blank is the organization's."""
        return record.currency or ""

    def render_parent_account(self, value: Account) -> str:
        return format_html('<a href="{}">{}</a>', detail_url(value), value.name)

    def value_parent_account(self, value: Account) -> str:
        return value.code

    def render_created_at(self, value: Any) -> str:
        return instant(value)

    def value_created_at(self, value: Any) -> str:
        return str(value.isoformat(timespec="seconds"))

    def value_pk(self, value: Any) -> str:
        return str(value)

    def value_bill_epoch(self, value: Any) -> str:
        return str(value)

    def value_auto_created(self, value: bool) -> str:
        return "yes" if value else "no"

    def render_acts(self, record: Account) -> str:
        items = [
            {"label": label, "url": reverse(name, pk=record.pk), "dialog": dialog, "danger": dialog}
            for label, name, dialog in self.acts_of(record)
            if permissions.allows(self.request.membership.role, name)
        ]
        if not items:
            return ""
        return row_menu(f"Actions for {record.name}", items)

    def acts_of(self, record: Account) -> list[tuple[str, str, bool]]:
        return [("Edit", "accounts:account_edit", False), ("Delete", "accounts:account_delete", True)]


class ChildTable(AccountTable):
    """The children of one account: since when, and each can be removed unless its end is known already."""

    child_from = tables.Column("Child since", empty_values=(), attrs=WIDE)
    child_until = tables.Column("Last day as a child", visible=False)

    class Meta(Table.Meta):
        exclude = ("parent_account",)
        sequence = ("name", "code", "child_from", "...", "acts")

    def render_name(self, record: Any) -> str:
        """On phones since when it is a child stands below, too."""
        since = format_html('<span class="cell-sub">since {}</span>', self.render_child_from(record))
        return super().render_name(record) + since

    def render_child_from(self, record: Any) -> str:
        since = day(record.child_from) or "the beginning"
        if record.child_until is None:
            return since
        return f"{since} until {self.render_child_until(record)}"

    def value_child_from(self, record: Any) -> str:
        return str(record.child_from or "")

    def render_child_until(self, record: Any) -> str:
        return day(record.child_until - timedelta(days=1))

    def value_child_until(self, record: Any) -> str:
        return str(record.child_until - timedelta(days=1))

    def acts_of(self, record: Any) -> list[tuple[str, str, bool]]:
        edit = ("Edit", "accounts:account_edit", False)
        remove = ("Remove child account", "accounts:child_remove", True)
        return [edit] if record.child_until else [edit, remove]


class DeletedTable(Table):
    """Deleted accounts: what is left of them are their bills, and their personal data until it is erased."""

    extended = False
    name = tables.Column(attrs={"td": {"class": "breaks"}})
    code = tables.Column(attrs={"td": {"class": "mono breaks"}})
    deleted_at = tables.Column("Deleted", attrs={"td": {"class": "hide-md"}, "th": {"class": "hide-md"}})
    acts = _acts()
    pk = tables.Column("Id", visible=False)

    def render_deleted_at(self, value: Any) -> str:
        return instant(value)

    def value_deleted_at(self, value: Any) -> str:
        return str(value.isoformat(timespec="seconds"))

    def value_pk(self, value: Any) -> str:
        return str(value)

    def render_acts(self, record: Account) -> str:
        bills = f"{reverse('billing:bill_list')}?{urlencode({'q': record.pk})}"
        items: list[dict[str, Any]] = [{"label": "Bills", "url": bills}]
        if permissions.allows(self.request.membership.role, "accounts:account_erase"):
            url = reverse("accounts:account_erase", pk=record.pk)
            items.append({"label": "Erase personal data", "url": url, "dialog": True, "danger": True})
        return row_menu(f"Actions for {record.name}", items)


def detail_url(account: Account) -> str:
    return reverse("accounts:account_detail", pk=account.pk)
