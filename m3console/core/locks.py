"""The one lock order: the organization's configuration, then accounts, ascending by id, all at once."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def hold_configuration(organization: UUID, *, to_change: bool = False) -> None:
    """Have the organization's configuration stay as it is until the end of the transaction.

    Writers of attachments and bills hold it together, before they lock accounts and read settings;
    whoever changes it, or what bills are made with in the catalogue, (`to_change`) waits for them and has
    them wait.
    """
    shared = "" if to_change else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select pg_advisory_xact_lock{shared}(hashtextextended('configuration:' || %s, 0))",
            [str(organization)],
        )


def hold_custom_field_types(organization: UUID, *, to_change: bool = False) -> None:
    """Have the types of the organization's custom fields stay as they are until the transaction ends.

    Whoever saves own values holds them together; whoever gives a name another type (`to_change`) waits for
    those, then looks at what they saved. It is the last lock that either takes, after accounts and rows.
    """
    shared = "" if to_change else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select pg_advisory_xact_lock{shared}(hashtextextended('custom fields:' || %s, 0))",
            [str(organization)],
        )


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
