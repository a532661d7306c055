"""Fixtures of scratch databases; whatever a test leaves running is stopped after it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.clients import Client, processes_of, wait_until


@pytest.fixture
def directory() -> Iterator[Path]:
    """Not below pytest's own directory, which every run of pytest makes private again."""
    with tempfile.TemporaryDirectory(prefix="m3console-", ignore_cleanup_errors=True) as made:
        yield Path(made).resolve()


@pytest.fixture
def start_client(directory):
    clients = []

    def start(*statements, where=None, environment=None):
        client = Client(where or directory, *statements, environment=environment or {})
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.kill()
    wait_until(lambda: not processes_of(directory))
