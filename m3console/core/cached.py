"""What the cache keeps in the database."""

from django.db import connection


def forget_expired() -> None:
    """Delete what is kept beyond its time, as it may name people.

    Django hides it, and deletes it only once the table is full.
    """
    with connection.cursor() as cursor:
        cursor.execute("delete from core_cache where expires < now()")
