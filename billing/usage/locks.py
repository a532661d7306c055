"""One lock between taking in usage and deleting accounts.

A load holds an organization's ingestion together with other loads; a deletion holds it alone, so it
waits for the loads that may have found the account alive, and later ones find it gone. One lock for
a chunk costs nothing; a lock for each of its accounts would.
"""

from uuid import UUID

from django.db import connection

KEY = "hashtextextended('ingestion:' || %s, 0)"


def share_ingestion(organization: UUID) -> None:
    """Until the transaction ends no account of the organization is deleted."""
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock_shared({KEY})", [str(organization)])


def stop_ingestion(organization: UUID) -> None:
    """Wait for the loads that are being written, and let none begin until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock({KEY})", [str(organization)])
