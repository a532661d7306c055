"""A database of its own, made like those of tests and dropped at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

NAME = "console_bench"


@contextmanager
def scratch_database() -> Iterator[None]:
    usual = settings.DATABASES["default"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


def use_scratch_database() -> None:
    """In a process of its own: work in the database that another one has made."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = NAME


def settle() -> None:
    """Leave the server nothing to catch up on, so that whoever comes next pays only for what he does."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
