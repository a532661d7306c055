from accounts.models.accounts import Account, AccountQuerySet
from accounts.models.memberships import MAX_CHILDREN, ChildMembership, MembershipQuerySet

__all__ = ["MAX_CHILDREN", "Account", "AccountQuerySet", "ChildMembership", "MembershipQuerySet"]
