"""The parents that rows name: accounts that may have children, or new ones of the same file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from accounts.hierarchy import check_parent
from accounts.importing.rows import CheckedRow
from accounts.models import MAX_CHILDREN, Account
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization

MAX_CREATED: Final = 1_000
"""Children are made one by one, since their parents have a say."""
ELSEWHERE: Final = (
    "The parent of an existing account is set or removed on its page, which asks from which day."
)


@dataclass(frozen=True, slots=True)
class _Existing:
    """An account that rows name as their parent: why it cannot be one, and how many children it has."""

    refusal: str
    children: int


def check_parents(organization: Organization, checked: Sequence[CheckedRow]) -> None:
    """Refuse the rows whose parent cannot be one; note it with the others."""
    existing = _existing(organization, {each.parent for each in checked if each.parent and not each.account})
    new = {each.code: each for each in checked if each.account is None and each.code}
    made: Counter[str] = Counter()
    for each in checked:
        if each.account:
            _stays(each)
        elif each.parent:
            made[each.parent] += 1
            if sentence := _problem(each, new, existing, made):
                each.refuse("parent_account", sentence)
            each.changes.append(("parent_account", "", each.parent))


def _stays(each: CheckedRow) -> None:
    assert each.account
    parent = each.account.parent_account
    if "parent_account" in each.row.cells and each.parent != (parent.code if parent else ""):
        each.refuse("parent_account", ELSEWHERE)


def _existing(organization: Organization, codes: Iterable[str]) -> Mapping[str, _Existing]:
    found = Account.objects.of(organization).filter(code__in=codes).order_by("pk")
    counted = found.annotate(child_count=Count("children")).select_related("organization")
    return {
        account.code: _Existing(_refusal(account, organization), account.child_count)  # type: ignore[attr-defined]
        for account in counted
    }


def _refusal(account: Account, organization: Organization) -> str:
    try:
        check_parent(account, organization=organization)
    except RuleViolation as refused:
        return refused.message
    return ""


def _problem(
    each: CheckedRow,
    new: Mapping[str, CheckedRow],
    existing: Mapping[str, _Existing],
    made: Counter[str],
) -> str:
    code, there = each.parent, existing.get(each.parent)
    if made.total() > MAX_CREATED:
        return f"A file creates at most {MAX_CREATED:,} child accounts. Cut it into several."
    if code == each.code:
        return "An account cannot be its own parent."
    if there is None and code not in new:
        return f"There is no account with the code “{code}”."
    if there is None and new[code].parent:
        return f"“{code}” becomes a child itself, in line {new[code].row.line}; there are only two levels."
    if there and there.refusal:
        return there.refusal
    if made[code] + (there.children if there else 0) > MAX_CHILDREN:
        return f"“{code}” would have more than {MAX_CHILDREN} child accounts, the most there can be."
    return ""
