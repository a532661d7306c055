"""The database is the same whatever the machine, the folder and the variables."""

import pytest

from tests.embedded.clients import processes_of, wait_until

LETTERS = "SELECT upper('é') || ('É' ILIKE 'é') || lower('ПРИВЕТ') || ('ß' ~ '[[:alpha:]]')"


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "xx_XX.UTF-8"},
        pytest.param({"LANG": "de_DE.ISO-8859-1"}, marks=pytest.mark.long),
        pytest.param({"LC_ALL": "C"}, marks=pytest.mark.long),
    ],
)
def test_letters_of_every_alphabet_are_known_in_every_locale(start_client, environment):
    client = start_client(LETTERS, "SHOW server_encoding", environment=environment)
    assert [client.read(), client.read()] == ["Étrueприветtrue", "UTF8"]
    client.ask("CREATE DATABASE test_console TEMPLATE console_empty")
    properties = (
        "SELECT string_agg(concat(datlocprovider, datlocale, datallowconn), ' ' ORDER BY datname)"
        " FROM pg_database WHERE datname ~ 'console'"
    )
    wanted = "bPG_UNICODE_FASTt bPG_UNICODE_FASTf bPG_UNICODE_FASTt"
    assert client.ask(properties) == wanted


@pytest.mark.long
def test_variables_meant_for_another_server_change_nothing(start_client):
    strange = {"PGPORT": "6543", "PGHOST": "elsewhere", "PGUSER": "nobody", "TZ": "Asia/Tokyo"}
    first, second = start_client("SELECT 1", environment=strange), start_client("SELECT 1")
    assert (first.read(), second.read()) == (1, 1)
    assert first.ask("SELECT setting FROM pg_file_settings WHERE name = 'timezone'") == "UTC"


@pytest.mark.long
@pytest.mark.parametrize("name", ["it's a folder, ünï & (more)", "deep/" * 30])
def test_any_folder_will_do(directory, start_client, name):
    where = directory / name
    where.mkdir(parents=True)
    for _ in range(2):
        client = start_client("SELECT 1", where=where)
        assert client.read() == 1
        assert client.leave() == (0, "")
    wait_until(lambda: not processes_of(directory))


@pytest.mark.long
def test_two_hundred_connections_are_few(start_client):
    client = start_client("SHOW max_connections")
    assert int(client.read()) >= 200


def test_a_path_that_cannot_be_quoted_is_refused_in_a_sentence(directory, start_client):
    where = directory / 'the "best" one'
    where.mkdir()
    status, errors = start_client("SELECT 1", where=where).leave()
    assert status == 1
    assert errors.endswith("has a character that pg_ctl takes amiss.\n")


def test_a_directory_of_another_version_is_refused_in_a_sentence(directory, start_client):
    (directory / ".pgdata").mkdir()
    (directory / ".pgdata" / "PG_VERSION").write_text("16\n")
    status, errors = start_client("SELECT 1").leave()
    assert status == 1
    assert f"{directory / '.pgdata'} was made by PostgreSQL 16; this is 18." in errors


def test_something_in_the_way_is_left_alone(directory, start_client):
    (directory / ".pgdata").mkdir()
    (directory / ".pgdata" / "letter.txt").write_text("keep me")
    status, errors = start_client("SELECT 1").leave()
    assert status == 1
    assert f"{directory / '.pgdata'} is in the way" in errors
    assert [path.name for path in (directory / ".pgdata").iterdir()] == ["letter.txt"]
