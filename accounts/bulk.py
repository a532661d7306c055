"""What can be done to many accounts at once (spec 1, Account, List)."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.bulk_forms import EditAccountsForm
from accounts.filters import AccountFilter
from accounts.hierarchy import hold_families
from accounts.models import Account
from accounts.services import delete_account, update_account
from accounts.tables import SORTS
from m3console.core.bulk.acts import Act
from m3console.core.bulk.forms import TypedCountForm
from m3console.core.lists.selection import ListRows
from m3console.core.registry import BulkEntry, extensions


def register() -> None:
    extensions("accounts.account").bulk += [
        BulkEntry("Edit fields", "accounts:account_edit_many", 20),
        BulkEntry("Delete", "accounts:account_delete_many", 100, danger=True),
    ]


def _edit(account: Account, version: int, values: Mapping[str, Any]) -> bool:
    """Save what differs; an account that has it all already stays as it is."""
    wanted = dict(values["changes"])
    if given := wanted.pop("custom_fields", {}):
        own = {**account.custom_fields, **given}
        wanted["custom_fields"] = {name: value for name, value in own.items() if value is not None}
    changes = {name: value for name, value in wanted.items() if getattr(account, name) != value}
    if changes:
        update_account(account, version=version, **changes)
    return bool(changes)


def _delete(account: Account, version: int, values: Mapping[str, Any]) -> bool:
    delete_account(account, version=version)
    return True


def _hold(accounts: Sequence[Account]) -> None:
    hold_families([account.pk for account in accounts])


ACCOUNTS = ListRows(
    "accounts:account_list",
    "account",
    lambda request: (
        Account.objects.of(request.organization).select_related("parent_account").with_child_count()
    ),
    SORTS,
    "name",
    AccountFilter,
    "Name, code, email or id",
)
EDIT = Act(
    asks="Edit {}",
    done="updated",
    recorded="accounts.updated",
    apply=_edit,
    effects=[
        "Only what is filled in here changes.",
        "Existing bills stay as they are until they are rated again; locked bills never change.",
    ],
    form=EditAccountsForm,
    hold=_hold,
)
DELETE = Act(
    asks="Delete {}",
    done="deleted",
    recorded="accounts.deleted",
    apply=_delete,
    effects=[
        "Their usage is never billable again. Their bills stay viewable in Bill management.",
        "Their codes are free at once; a new account with the same code is another account.",
        "An account with child accounts or running plans is refused and stays; the others are deleted.",
    ],
    form=TypedCountForm,
    hold=_hold,
    # Children first: a parent among the chosen can go once they have gone.
    turn=lambda account: 0 if account.parent_account_id else 1,
    danger=True,
)
