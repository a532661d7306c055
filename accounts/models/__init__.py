from accounts.models.accounts import Account, AccountQuerySet

__all__ = ["Account", "AccountQuerySet"]
