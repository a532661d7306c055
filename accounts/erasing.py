"""Erasing the personal data of an account, living or deleted, for good (spec 1, Erase personal data)."""

from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F

from accounts.hierarchy import KIND, hold
from accounts.importing.imports import discard_naming
from accounts.models import Account
from accounts.models.accounts import PERSONAL
from m3console.core import clock, entities
from m3console.core.audit import action, current_actor
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.personal import looks_personal
from m3console.core.registry import extensions

ERASED: Final = "erased"
IDENTITY: Final = ("name", "email_address")
ADDRESS: Final = tuple(name for name in PERSONAL if name not in IDENTITY)
TELLING: Final = 4
"""Shorter texts are no one's name; they occur by chance."""


def erase_personal_data(account: Account, *, version: int, reason: str) -> Account:
    """Name, email address and address become "erased", in the account and wherever upper apps copied them.

    Amounts, numbers and content hashes stay. It cannot be undone; erasing again changes nothing. Raises
    RuleViolation for a reason that is blank or names the person, and StaleVersion.
    """
    with action("personal_data.erased", reason=reason):
        # Imports before accounts, in the order in which whoever applies an import takes them.
        discard_naming(account, identities(account))
        hold(account)
        rows = Account.everyone.select_related("organization").select_for_update(of=("self",))
        fresh = rows.filter(pk=account.pk, version=version).first()
        if fresh is None:
            raise StaleVersion(_changed(account))
        values = identities(fresh)
        _check_reason(reason, {*values, *(getattr(fresh, name) for name in ADDRESS)})
        for one in extensions(KIND).erasures:
            one.erase(fresh, values)
        if changes := _changes(fresh):
            stamps = {"updated_at": clock.now(), "updated_by_id": current_actor().user_id}
            Account.everyone.filter(pk=fresh.pk).update(version=F("version") + 1, **changes, **stamps)
        return Account.everyone.get(pk=fresh.pk)


def identities(account: Account) -> frozenset[str]:
    """The names and email addresses that are kept of the account anywhere, former ones on bills too."""
    own = {getattr(account, name) for name in IDENTITY}
    kept = {value for one in extensions(KIND).erasures for value in one.values(account.pk)}
    return frozenset((own | kept) - {"", ERASED})


def erased_in_words(account: Account) -> list[str]:
    """What erasing does, in sentences."""
    elsewhere = [sentence for one in extensions(KIND).erasures for sentence in one.words(account.pk)]
    return [
        f"Name, email address and address of the account become “{ERASED}”.",
        *elsewhere,
        "Numbers, amounts and content hashes stay valid. History stays too: it never held these values.",
        "It cannot be undone. Files that were exported or printed before are not reached.",
    ]


def is_erased(account: Account) -> bool:
    """Whether nothing is left to erase."""
    return not identities(account) and not _changes(account)


def _changes(account: Account) -> dict[str, Any]:
    """The columns to overwrite; an address keeps one line that says what became of it."""
    wanted = dict.fromkeys(IDENTITY, ERASED) | dict.fromkeys(ADDRESS, "")
    if any(getattr(account, name) for name in ADDRESS):
        wanted[ADDRESS[0]] = ERASED
    return {name: value for name, value in wanted.items() if getattr(account, name) != value}


def _changed(account: Account) -> str:
    """Who saved or deleted the account meanwhile; a deleted one is still there to be erased."""
    row = Account.everyone.select_related("updated_by", "organization").get(pk=account.pk)
    zone = row.organization.timezone
    if row.deleted_at and not account.deleted_at:
        who, when = entities.saved_by(row), row.updated_at.astimezone(ZoneInfo(zone))
        return f"Deleted by {who} at {when:%Y-%m-%d %H:%M} ({zone}). Erasing it is still possible: reload."
    return entities.saved_sentence(row, zone)


def _check_reason(reason: str, values: Iterable[str]) -> None:
    """The reason is kept for ever, so it must not hold what is being erased."""
    if not reason.strip():
        raise RuleViolation("Say why: the reason is kept in the history.", field="reason")
    told = reason.lower()
    if any(value.lower() in told for value in values if len(value) >= TELLING):
        raise RuleViolation(
            "The reason holds some of what is to be erased, and is kept for ever."
            " Name a ticket or a law instead.",
            field="reason",
        )
    if what := looks_personal(reason):
        raise RuleViolation(
            f"The reason holds what looks like {what}, and is kept for ever. Leave it out.", field="reason"
        )
