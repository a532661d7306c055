"""What becomes of usage when its account or its meter is deleted (spec 1, Account, Delete)."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import Account
from billing.usage.locks import stop_ingestion
from billing.usage.models import Measurement, UsageUid
from m3console.core.keyset import capped_count


def free_uids(account: Account) -> None:
    """A deleted account's usage may be sent again, for an account that then has its code.

    The account's deletion has begun; loads that found it alive are waited for, so none of its uids is
    missed, and no load finds it alive afterwards.
    """
    stop_ingestion(account.organization_id)
    UsageUid.objects.filter(account_id=account.pk).delete()


def usage_lost(account: UUID) -> Iterable[str]:
    count = capped_count(Measurement.objects.filter(account_id=account))
    if count == "1":
        yield "1 usage measurement will be permanently dissociated, even if an account with the same code is created again."
    elif count != "0":
        yield f"{count} usage measurements will be permanently dissociated, even if an account with the same code is created again."
