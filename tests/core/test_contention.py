"""Losing against somebody else at the same moment: tried again, then told in a sentence."""

import pytest
from django.db import OperationalError

from accounts.models import Account
from accounts.services import create_account
from m3console.core import contention
from m3console.core.audit import action
from m3console.core.contention import patiently
from tests.accounts.pages import BASE, given, text

CREATE = f"{BASE}create/"


class LostError(Exception):
    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


def lose(sqlstate="40P01"):
    raise OperationalError("lost") from LostError(sqlstate)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(contention, "WAITS", (0, 0, 0))


@pytest.fixture
def losing(monkeypatch):
    """Have the service that creates an account lose so many times first."""

    def lose_first(times, sqlstate="40P01"):
        tries = []

        def create(**fields):
            tries.append(fields["name"])
            if len(tries) <= times:
                lose(sqlstate)
            return create_account(**fields)

        monkeypatch.setattr("accounts.views.accounts.create_account", create)
        return tries

    return lose_first


@pytest.mark.parametrize("sqlstate", ["40P01", "40001", "55P03"])
def test_a_request_that_lost_is_done_again(sign_in, losing, sqlstate):
    client, tries = sign_in(), losing(3, sqlstate)
    assert client.post(CREATE, given()).status_code == 302
    assert (len(tries), Account.objects.count()) == (4, 1)


def test_one_that_loses_each_time_reads_a_sentence(sign_in, losing):
    client, tries = sign_in(), losing(9)
    answer = client.post(CREATE, given())
    assert (answer.status_code, len(tries)) == (503, 4)
    assert "Nothing was saved" in text(answer)
    told = client.post(CREATE, given(), headers={"HX-Request": "true"})
    assert "Nothing was saved" in told.headers["HX-Trigger"]


def test_another_fault_of_the_database_is_no_contention(sign_in, losing):
    client, tries = sign_in(), losing(9, "53100")
    client.raise_request_exception = False
    assert client.post(CREATE, given()).status_code == 500
    assert len(tries) == 1


def test_what_was_saved_in_part_is_not_done_twice(sign_in, monkeypatch):
    client, tries = sign_in(), []

    def create(**fields):
        tries.append(1)
        with action("account.prepared"):
            pass
        lose()

    monkeypatch.setattr("accounts.views.accounts.create_account", create)
    answer = client.post(CREATE, given())
    assert (answer.status_code, len(tries)) == (503, 1)
    assert "A part was saved" in text(answer)


def test_a_service_that_lost_is_done_again_at_most_three_times():
    tries = []

    def act():
        tries.append(1)
        lose()

    with pytest.raises(OperationalError):
        patiently(act)
    assert len(tries) == 4
