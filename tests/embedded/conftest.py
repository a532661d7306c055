"""Fixtures of scratch databases; whatever a test leaves running is stopped after it."""

import pytest

from tests.embedded.clients import Client, processes_of, wait_until


@pytest.fixture
def directory(tmp_path):
    return tmp_path


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
