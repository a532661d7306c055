"""Who may be whose child: two levels, at most 999 children (spec 1, Parent and child accounts)."""

from uuid import UUID

from accounts.models import Account
from m3console.core.errors import RuleViolation
from m3console.core.links import reverse
from m3console.core.locks import lock_accounts
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions

MAX_CHILDREN = 999
KIND = "accounts.account"


def hold(*accounts: Account | UUID | None) -> None:
    """Lock the accounts of a hierarchy that is about to change, until the end of the transaction."""
    lock_accounts(one.pk if isinstance(one, Account) else one for one in accounts if one)


def check_parent(parent: Account, *, organization: Organization, child: Account | None = None) -> Account:
    """The parent as it is now, if it may have one more child; `child` is None for one being created.

    The caller holds both. Raises RuleViolation naming the fix.
    """
    fresh = (
        Account.objects.select_related("parent_account", "organization")
        .filter(organization=organization, pk=parent.pk)
        .first()
    )
    if fresh is None:
        raise _refusal("There is no such parent account any more. Choose another one.")
    if child and child.pk == fresh.pk:
        raise _refusal("An account cannot be its own parent. Choose another one, or leave it blank.")
    if fresh.parent_account:
        raise _refusal(
            f"“{fresh.name}” is itself a child of “{fresh.parent_account.name}”; there are only two levels."
            f" Choose “{fresh.parent_account.name}” as the parent, or remove “{fresh.name}” from it first."
        )
    if child and child.children.exists():
        raise _refusal(
            f"“{child.name}” has child accounts, so it cannot become a child itself."
            " Remove its children first."
        )
    if fresh.children.all()[:MAX_CHILDREN].count() >= MAX_CHILDREN:
        raise _refusal(f"“{fresh.name}” has {MAX_CHILDREN} child accounts, the most there can be.")
    for check in extensions(KIND).parent_checks:
        check(fresh)
    return fresh


def child_blockers(account: Account, most: int) -> list[Blocker]:
    """The children that keep an account from being deleted, the first few by name with their pages."""
    children = list(account.children.order_by("name", "pk")[: most + 1])
    inside = account.organization
    named = [
        Blocker(f"Child account “{child.name}”", _page("account_detail", inside, child))
        for child in children[:most]
    ]
    if len(children) > most:
        named.append(Blocker("More child accounts", _page("account_children", inside, account)))
    return named


def _page(name: str, organization: Organization, account: Account) -> str:
    return reverse(f"accounts:{name}", organization=organization, pk=account.pk)


def _refusal(sentence: str) -> RuleViolation:
    return RuleViolation(sentence, field="parent_account")
