"""What becomes of usage when its account or its meter is deleted (spec 1, Account, Delete)."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from accounts.models import Account
from billing.usage.locks import stop_ingestion
from billing.usage.models import Measurement
from m3console.core.lists.keyset import capped_count


def free_uids(account: Account) -> None:
    """A deleted account's usage may be sent again, for an account that then has its code.

    The account's deletion has begun; loads that found it alive are waited for, so none of its uids is
    missed, and no load finds it alive afterwards.
    """
    stop_ingestion(account.organization_id)
    with connection.cursor() as cursor:
        # By way of the measurements, whose index is by account: uids need none of their own.
        cursor.execute(
            "delete from usage_uid u using usage_measurement m where m.account_id = %s"
            " and u.organization_id = m.organization_id and u.uid = m.uid and u.measurement_id = m.id",
            [account.pk],
        )


def usage_lost(account: UUID) -> Iterable[str]:
    count = capped_count(Measurement.objects.filter(account_id=account))
    if count != "0":
        noun = "usage measurement" if count == "1" else "usage measurements"
        again = "even if an account with the same code is created again"
        yield f"{count} {noun} will be permanently dissociated, {again}."
