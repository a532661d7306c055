from accounts.models.accounts import Account, AccountQuerySet
from accounts.models.imports import AccountImport, AccountImportRow, RowKind
from accounts.models.memberships import MAX_CHILDREN, ChildMembership, MembershipQuerySet

__all__ = [
    "MAX_CHILDREN",
    "Account",
    "AccountImport",
    "AccountImportRow",
    "AccountQuerySet",
    "ChildMembership",
    "MembershipQuerySet",
    "RowKind",
]
