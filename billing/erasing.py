"""What bills keep of an account's personal data, and its erasure (spec 1, Erase personal data)."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db.models import Case, F, Q, Value, When

from accounts.erasing import ERASED
from accounts.models import Account
from billing.models import Bill
from m3console.core import clock
from m3console.core.audit import current_actor
from m3console.core.lists.keyset import capped_count
from m3console.core.registry import Erasure

LEFT: Final = ~Q(account_name=ERASED) | ~Q(account_email=ERASED) | ~Q(account_address__in=["", ERASED])


def _values(account: UUID) -> Iterator[str]:
    """The names and email addresses on the account's bills."""
    rows = Bill.objects.filter(LEFT, account_id=account)
    for row in rows.order_by().values_list("account_name", "account_email").distinct():
        yield from row


def _words(account: UUID) -> Iterator[str]:
    count = capped_count(Bill.objects.filter(account_id=account))
    if count != "0":
        bills = "its bill" if count == "1" else f"its {count} bills"
        yield f"So do the copies of them on {bills}, locked or not."


def _erase(account: Account, values: frozenset[str]) -> None:
    """Overwrite the copies on every bill; a locked bill allows just this."""
    address = Case(When(account_address="", then=Value("")), default=Value(ERASED))
    Bill.objects.filter(LEFT, account=account).update(
        account_name=ERASED,
        account_email=ERASED,
        account_address=address,
        version=F("version") + 1,
        updated_at=clock.now(),
        updated_by_id=current_actor().user_id,
    )


BILLS: Final = Erasure(_values, _words, _erase)
