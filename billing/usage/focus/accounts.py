"""The accounts of a FOCUS file: a parent for each billing account, a child for each sub account (spec 6)."""

from collections.abc import Iterator, Mapping

from accounts.models import Account
from accounts.services import create_account, made_up_address, skeleton_name, update_account
from billing.usage.focus.needs import SubAccount
from billing.usage.focus.tally import Created, patiently
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.models import AccountPlan

OWN_CODE = "{code} (billing account)"
"""A parent's code where a sub account has the billing account's code itself."""


def complete_accounts(
    organization: Organization, wanted: Mapping[str, SubAccount], created: Created
) -> tuple[dict[str, Account], dict[str, str]]:
    """The account of each sub account, by its code; and those that cannot be made, with the reason.

    Accounts that are there already stay as they are, but for skeletons that nobody has touched.
    """
    there = {account.code: account for account in _by_code(organization, wanted)}
    made: dict[str, Account] = {}
    refused: dict[str, str] = {}
    for code, wish in wanted.items():
        account = there.get(code)
        if account and not _untouched_skeleton(account):
            made[code] = account
            continue
        try:
            made[code] = patiently(lambda: _complete(organization, wish, wanted, created))  # noqa: B023
        except RuleViolation as problem:
            refused[code] = problem.message
    return made, refused


def _by_code(organization: Organization, codes: Mapping[str, object]) -> Iterator[Account]:
    rows = Account.objects.filter(organization=organization, code__in=list(codes))
    return rows.select_related("organization").iterator()


def _untouched_skeleton(account: Account) -> bool:
    return account.auto_created and account.version == 1 and account.name == skeleton_name(account.code)


def _complete(
    organization: Organization, wish: SubAccount, wanted: Mapping[str, SubAccount], created: Created
) -> Account:
    rows = Account.objects.filter(organization=organization, code=wish.code)
    account = rows.select_related("organization").first()
    if account and not _untouched_skeleton(account):
        return account
    parent = _parent(organization, wish, wanted, created)
    if account:
        return update_account(
            account, version=account.version, name=wish.name, parent_account=parent, parent_from=None
        )
    account = _create(organization, wish.code, wish.name, parent)
    created.count("accounts")
    return account


def _parent(
    organization: Organization, wish: SubAccount, wanted: Mapping[str, SubAccount], created: Created
) -> Account | None:
    """The billing account's account: never one that is billed itself, such as a sub account of its code."""
    code = wish.billing_account
    if code is None:
        return None
    there = Account.objects.filter(organization=organization, code=code).first()
    if not (there and there.children.exists()) and (code in wanted or (there and _billed_itself(there))):
        code = OWN_CODE.format(code=code)
    return created.ensure(
        "accounts",
        lambda: Account.objects.filter(organization=organization, code=code).first(),
        lambda: _create(organization, code, wish.billing_account_name, None),
    )


def _billed_itself(account: Account) -> bool:
    return account.parent_account_id is not None or AccountPlan.objects.of_account(account).exists()


def _create(organization: Organization, code: str, name: str, parent: Account | None) -> Account:
    return create_account(
        organization=organization,
        name=name,
        code=code,
        email_address=made_up_address(code),
        parent_account=parent,
        auto_created=True,
    )
