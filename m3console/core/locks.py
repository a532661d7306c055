"""The one lock order: account locks first, in ascending order of id, all at once."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def lock_accounts(accounts: Iterable[UUID]) -> None:
    """Hold each account until the end of the transaction; waits for whoever holds one now.

    Every writer of attachments, bills and hierarchy takes it, so constraints never deadlock.
    """
    ids = sorted(set(accounts))
    with connection.cursor() as cursor:
        # An ordered sub-select with OFFSET 0 is not flattened, so that the locks are taken in its order.
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('account:' || id, 0))"
            " from (select unnest(%s::uuid[]) as id order by 1 offset 0) ascending",
            [ids],
        )
