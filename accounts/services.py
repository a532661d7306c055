"""What happens to accounts: each verb is one transaction under one action (spec 1, Account)."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.hierarchy import KIND, check_parent, child_blockers, hold, hold_families
from accounts.memberships import (
    PROPOSED,
    Day,
    MembershipChange,
    proposed_day,
    refusals,
    settle,
    two_levels,
    write,
)
from accounts.models import Account, ChildMembership
from m3console.core import clock, entities
from m3console.core.audit import action, current_actor
from m3console.core.errors import RuleViolation, StaleVersion, refusing
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions
from m3console.core.text import code_valid

NAMED_BLOCKERS = 20
MAX_CODE = 80
CURRENCY_EXISTS = "accounts_account_currency_same_organization"


class Blocked(RuleViolation):
    """The account cannot be deleted yet; `blockers` says by what, each with its page."""

    def __init__(self, account: Account, blockers: list[Blocker]) -> None:
        self.blockers = blockers
        named = "; ".join(blocker.text for blocker in blockers[:3])
        more = f"; and {len(blockers) - 3} more" if len(blockers) > 3 else ""
        super().__init__(f"“{account.name}” cannot be deleted yet. First see to: {named}{more}.")


def create_account(
    *, organization: Organization, name: str, code: str, email_address: str, reason: str = "", **fields: Any
) -> Account:
    """A new account, from the beginning a child where `parent_account` is given. Raises RuleViolation
    naming the field.

    The same code as that of a deleted account makes a new account, without its usage and bills.
    """
    given = _clean({"name": name, "code": code, "email_address": email_address, **fields})
    parent: Account | None = given.get("parent_account")
    with action("account.created", reason=reason):
        if parent:
            hold(parent)
            given["parent_account"] = check_parent(parent, organization=organization)
        with _refusals(given), refusals():
            account = entities.create(Account, organization=organization, **given)
            if account.parent_account:
                write(MembershipChange(account, None, account.parent_account, None))
            return account


def update_account(
    account: Account, *, version: int, reason: str = "", parent_from: Day = PROPOSED, **fields: Any
) -> Account:
    """Change the fields given. Usage stays with the account when its code changes.

    Another parent, or none, holds from the day `parent_from`; None is from the beginning, and left out it
    is the day that the form proposes. Raises RuleViolation naming the field, and StaleVersion if somebody
    saved since `version` was read.
    """
    given = _clean(fields)
    with action("account.updated", reason=reason):
        if "bill_epoch" in given and given["bill_epoch"] != account.bill_epoch:
            _check_bill_dates(account, given)
        if "parent_account" in given and not _same(given["parent_account"], account.parent_account_id):
            change = _settled(account, account.parent_account, given["parent_account"], parent_from)
            return _change_parent(change, version, given)
        with _refusals(given):
            return entities.update(account, version=version, **given)


def _check_bill_dates(account: Account, given: Mapping[str, Any]) -> None:
    """Upper layers may refuse another first bill date, such as one that cuts locked periods anew."""
    hold(account, account.parent_account_id, given.get("parent_account"))
    before = Account.objects.select_related("organization").filter(pk=account.pk).first()
    if before is not None:
        check_first_bill_date(before, given["bill_epoch"])


def check_first_bill_date(account: Account, day: date | None) -> None:
    """Ask the upper layers about another first bill date; whoever changes it holds the account."""
    after = copy(account)
    after.bill_epoch = day
    for check in extensions(KIND).change_checks:
        check(account, after)


def remove_child(
    child: Account, *, parent: Account, day: Day = PROPOSED, version: int | None = None
) -> Account:
    """Let a child stand by itself again from a day on; left out it is the day that the form proposes.

    Raises RuleViolation naming the field, and StaleVersion (spec 1, Parent and child accounts).
    """
    with action("child_account.removed"):
        hold(child, parent)
        rows = Account.objects.select_related("organization")
        fresh = rows.filter(pk=child.pk, parent_account=parent).first()
        if fresh is None:
            raise RuleViolation(f"“{child.name}” is not a child of “{parent.name}” any more.")
        return _change_parent(_settled(fresh, parent, None, day), version or fresh.version, {})


def _same(parent: Account | None, key: UUID | None) -> bool:
    return (parent.pk if parent else None) == key


def _settled(child: Account, before: Account | None, after: Account | None, day: Day) -> MembershipChange:
    """What is to become of the child, once nobody else can change it: all concerned are held."""
    hold(child, before, after)
    if not Account.objects.filter(pk=child.pk, parent_account=before).exists():
        raise StaleVersion(entities.changed_sentence(Account, child.pk))
    if day == PROPOSED:
        day = proposed_day(child, before=before, after=after)
    return settle(MembershipChange(child, before, after, day))


def _change_parent(change: MembershipChange, version: int, fields: dict[str, Any]) -> Account:
    given = fields | {"parent_account": change.after}
    with _refusals(given), refusals():
        account = entities.update(change.child, version=version, **given)
        write(change)
    return account


def delete_account(account: Account, *, version: int | None = None) -> None:
    """Take an account away: its bills stay readable, its usage is never billable again, its code is
    free at once (spec 1, Account, Delete). Without a version it goes as it is now.

    Raises Blocked while children or running attachments exist, and StaleVersion.
    """
    with action("account.deleted"):
        hold_families([account.pk])
        fresh = Account.objects.select_related("organization").filter(pk=account.pk).first()
        if fresh is None or version not in {None, fresh.version}:
            raise StaleVersion(entities.changed_sentence(Account, account.pk))
        if blockers := blockers_of(fresh):
            raise Blocked(fresh, blockers)
        for forget in extensions(KIND).on_delete:
            forget(fresh)
        # Without a family: a deleted child must not keep its parent from becoming a child itself.
        ChildMembership.objects.filter(Q(child=fresh) | Q(parent=fresh)).delete()
        entities.update(fresh, version=fresh.version, deleted_at=clock.now(), parent_account=None)


def blockers_of(account: Account) -> list[Blocker]:
    """What keeps an account from being deleted; at most 20 of its children are named."""
    blockers = child_blockers(account, NAMED_BLOCKERS)
    for ask in extensions(KIND).blockers:
        blockers.extend(ask(account.pk))
    return blockers


def losses_of(account: Account) -> list[str]:
    """What deleting an account loses or leaves behind, in sentences; none without usage and bills."""
    return [sentence for ask in extensions(KIND).losses for sentence in ask(account.pk)]


def gone_with(account: Account) -> list[str]:
    """What else goes with an account, in sentences; nobody has to type its code for that."""
    return [sentence for ask in extensions(KIND).gone_too for sentence in ask(account.pk)]


def _refusals(given: dict[str, Any]) -> AbstractContextManager[None]:
    """Which constraint means which sentence to the person who gave these fields."""
    return refusing(
        {
            "account_code_once": RuleViolation(
                f"There is an account with the code “{given.get('code')}” already. Choose another code.",
                field="code",
            ),
            CURRENCY_EXISTS: RuleViolation(
                f"There is no currency “{given.get('currency')}” in this organization."
                " Choose one of its currencies, or leave it blank.",
                field="currency",
            ),
            "account_parent_is_top_level": two_levels(),
        },
        deferred=[CURRENCY_EXISTS] if given.get("currency") else [],
    )


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as they are stored; refuses, by name, what one of them may not hold, whoever calls."""
    cleaned = dict(fields)
    for name in (name for name in fields if name not in {"parent_account", "auto_created"}):
        field = Account._meta.get_field(name)
        try:
            cleaned[name] = field.clean(fields[name], None)  # type: ignore[union-attr]
        except ValidationError as problem:
            label = str(field.verbose_name).capitalize()  # type: ignore[union-attr]
            raise RuleViolation(f"{label}: {' '.join(problem.messages)}", field=name) from None
    if "currency" in cleaned:
        cleaned["currency"] = cleaned["currency"] or None
    return cleaned


def look_alikes(account: Account) -> list[Account]:
    """Other accounts, at most five, whose code differs from this one's only to a computer: in case or in
    letters of another script. Codes are case-sensitive, so it is for the person to judge."""
    others = Account.objects.of(account.organization).exclude(pk=account.pk)
    return list(others.filter(code_folded=account.code_folded).order_by("pk")[:5])


def skeleton_accounts(organization: Organization, codes: Iterable[str]) -> dict[str, UUID]:
    """The id of each account that usage names by its code; unknown codes get a skeleton account first,
    unless the organization has switched that off.

    Codes that no account may have, or that stay unknown, are left out. Safe beside others doing the
    same: whoever commits first makes the account, everybody gets its id.
    """
    wanted = sorted(set(codes))
    found = _ids_by_code(organization, wanted)
    missing = [code for code in wanted if code not in found and _may_be_a_code(code)]
    if not missing or not organization.auto_create_accounts:
        return found
    with action("account.auto_created"):
        # In the order of their codes, so that two loads never wait for each other in a circle.
        Account.objects.bulk_create(
            [_skeleton(organization, code) for code in missing], ignore_conflicts=True, batch_size=2_000
        )
        return found | _ids_by_code(organization, missing)


def _ids_by_code(organization: Organization, codes: list[str]) -> dict[str, UUID]:
    rows = Account.objects.filter(organization=organization, code__in=codes)
    return dict(rows.values_list("code", "id"))


def _may_be_a_code(code: str) -> bool:
    try:
        code_valid(code)
    except ValidationError:
        return False
    return 0 < len(code) <= MAX_CODE


def skeleton_name(code: str) -> str:
    return f"{code}-autocreated"


def made_up_address(code: str) -> str:
    """The email address of an account that nobody has given one yet (spec 3, Usage)."""
    return f"{hashlib.sha256(code.encode()).hexdigest()[:16]}-autocreated@example.com"


def _skeleton(organization: Organization, code: str) -> Account:
    user, moment = current_actor().user_id, clock.now()
    return Account(
        organization=organization,
        code=code,
        name=skeleton_name(code),
        email_address=made_up_address(code),
        auto_created=True,
        created_by_id=user,
        updated_by_id=user,
        created_at=moment,
        updated_at=moment,
    )
