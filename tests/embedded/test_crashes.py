"""Whatever was killed at whatever moment, the next connection finds the database in order."""

import os
import shutil
import signal

import pytest

from tests.embedded.clients import postmaster_of, processes_of, wait_until

pytestmark = pytest.mark.long


def kill_server(directory):
    """Kill the server's first process; the others end by themselves."""
    server = postmaster_of(directory)
    server.kill()
    wait_until(lambda: all(process.name() != "postgres" for process in processes_of(directory)))


@pytest.fixture
def written(start_client):
    """A client that has committed a row."""
    client = start_client("CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('here') RETURNING word")
    assert [client.read(), client.read()] == [None, "here"]
    return client


def test_a_killed_server_is_started_again_by_the_next_connection(directory, written):
    kill_server(directory)
    assert written.ask("SELECT word FROM kept") == "here"
    assert written.leave() == (0, "")
    wait_until(lambda: not processes_of(directory))


def test_the_number_of_a_killed_server_may_be_another_process_by_now(directory, written, start_client):
    kill_server(directory)
    written.kill()
    wait_until(lambda: not processes_of(directory))
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        left = directory / ".pgdata" / name
        lines = left.read_text().splitlines()
        left.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert start_client("SELECT word FROM kept").read() == "here"


def test_everything_killed_at_once(directory, written, start_client):
    for process in [*processes_of(directory), written.process]:
        process.kill()
    wait_until(lambda: not processes_of(directory))
    client = start_client("SELECT word FROM kept")
    assert client.read() == "here"
    assert client.leave() == (0, "")
    wait_until(lambda: not processes_of(directory), seconds=2)


def test_a_directory_deleted_under_a_running_server(directory, written, start_client):
    shutil.rmtree(directory / ".pgdata")
    other = start_client("SELECT to_regclass('kept')")
    assert other.read() is None
    assert written.leave() == (0, "")
    assert other.leave() == (0, "")
    wait_until(lambda: not processes_of(directory), seconds=2)


def test_a_pid_file_cut_short(directory, written, start_client):
    kill_server(directory)
    written.kill()
    wait_until(lambda: not processes_of(directory))
    for text in ("", "12", f"{os.getpid()}\n{directory}\n"):
        (directory / ".pgdata" / "postmaster.pid").write_text(text)
        client = start_client("SELECT word FROM kept")
        assert client.read() == "here"
        assert client.leave() == (0, "")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", [".pgdata.new-*", ".pgdata/postmaster.pid"])
def test_a_first_start_interrupted(directory, start_client, how, moment):
    client = start_client("SELECT 1")
    wait_until(lambda: any(directory.glob(moment)))
    client.process.send_signal(how)
    client.process.wait(30)
    wait_until(lambda: not processes_of(directory))
    again = start_client("SELECT 1")
    assert again.read() == 1
    assert again.leave() == (0, "")
    assert not any(directory.glob(".pgdata.new-*"))


def test_a_server_that_another_starter_left_half_started_is_waited_for(directory, written, start_client):
    """Its recovery takes a moment, and who started it is gone."""
    written.ask("INSERT INTO kept SELECT md5(n::text) FROM generate_series(1, 400000) n RETURNING word")
    kill_server(directory)
    written.kill()
    first = start_client("SELECT count(*) FROM kept")
    wait_until(lambda: (directory / ".pgdata" / "postmaster.pid").exists())
    first.kill()
    assert start_client("SELECT count(*) FROM kept").read() == 400001
