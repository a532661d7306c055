"""The one lock order: the configuration, then accounts, ascending by id, all at once, then the terms."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def hold_configuration(organization: UUID, *, to_change: bool = False) -> None:
    """Have the organization's configuration stay as it is until the end of the transaction.

    Writers of attachments and bills hold it together, before they lock accounts and read settings;
    whoever changes it (`to_change`) waits for them and has them wait.
    """
    shared = "" if to_change else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select pg_advisory_xact_lock{shared}(hashtextextended('configuration:' || %s, 0))",
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


def hold_terms(organization: UUID) -> None:
    """Keep what an organization's bills are made with as it is until the transaction ends.

    Whoever cuts bills takes it before reading the catalogue; any number may hold it at once.
    """
    _lock_terms("pg_advisory_xact_lock_shared", organization)


def change_terms(organization: UUID) -> None:
    """Wait until nobody cuts bills of the organization, and have who wants to wait for this transaction.

    To be taken before asking whether a bill was made with something (spec 7, Changing what bills were made
    with): so no bill is under way that the answer leaves out.
    """
    _lock_terms("pg_advisory_xact_lock", organization)


def _lock_terms(function: str, organization: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(hashtextextended('terms:' || %s::uuid, 0))", [organization])
