"""What of accounts search finds, and what can be created."""

from django.db.models import QuerySet

from accounts.models import Account
from m3console.core.models import Organization
from m3console.core.searching.finding import Findable, can_be_created, can_be_found


def register() -> None:
    can_be_found(
        Findable(
            "Account",
            "Accounts",
            "accounts",
            10,
            Account,
            _accounts,
            "name",
            "code",
            code="code",
            listed="accounts:account_list",
        )
    )
    can_be_created(
        ("Create account", "accounts:account_create"), ("Import accounts", "accounts:import_create")
    )


def _accounts(organization: Organization) -> QuerySet[Account]:
    return Account.objects.of(organization)
