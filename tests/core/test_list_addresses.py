"""Whatever the address of a list asks for, the answer is a page: every list, found by its URL."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from accounts.services import create_account
from m3console.core.lists.keyset import Cursor
from tests.test_permissions import OURS

# Lists of an organization; those about one thing, such as an account's bills, work alike.
NAMED = sorted(name for name, path in OURS.items() if name.endswith("_list") and "<uuid" not in path)
# Pages of another make: a few rows by kind, and a timeline.
OTHERS = ["core:custom_field_list", "core:history_list"]
LISTS = [name for name in NAMED if name not in OTHERS]
NONSENSE = [
    " ",
    "x" * 500,
    "' or 1=1 --",
    "<script>alert(1)</script>",
    "\u202eabc",
    "NaN",
    "1e999",
    "-1",
    "٣",
    "9" * 26,
    "9999-12-31",
    "%",
    "true",
    str(uuid4()),
]
# What a filter may take for a value and then not be able to use.
EDGES = ["0001-01-01", "9999-12-31"]
CURSORS = [
    *("a", "b", "z", "~1", "a~1", "ax~x~2", "a٣", "b" + "9" * 30, f"z{uuid4()}~1"),
    *(f"{way}{uuid4()}{number}" for way in "ab" for number in ("", "~-1", "~" + "9" * 20)),
]


@dataclass
class Opened:
    """A list as it looks by itself, and what can be asked of it."""

    path: str
    client: Client
    listing: Any

    def asked(self, **params: Any) -> Any:
        return self.client.get(f"{self.path}?{urlencode(params, doseq=True)}")


@pytest.fixture
def opened(organization, sign_in):
    """The list of a URL's name, opened by an administrator."""
    for number in range(3):
        create_account(
            organization=organization, name=f"A{number}", code=f"a{number}", email_address="a@a.example"
        )
    client = sign_in("administrator")
    client.raise_request_exception = False

    def open_list(name: str) -> Opened:
        path = "/" + OURS[name].replace("<slug:org>", organization.slug)
        answer = client.get(path)
        assert answer.status_code == 200, name
        return Opened(path, client, answer.context["listing"])

    return open_list


@pytest.mark.parametrize("name", LISTS)
def test_no_parameter_of_a_list_breaks_it(name, opened):
    one = opened(name)
    names = ["q", "sort", "size", "columns", "saved", "cursor", "format", "show", "order"]
    names += list(one.listing.filter_form.fields)
    for value in NONSENSE:
        answer = one.asked(**dict.fromkeys(names, value))
        assert answer.status_code in (200, 414), (value, answer.status_code)
    for parameter in one.listing.filter_form.fields:
        for value in EDGES:
            assert one.asked(**{parameter: value}).status_code == 200, (parameter, value)


@pytest.mark.parametrize("name", OTHERS)
def test_no_parameter_breaks_the_other_lists(name, organization, sign_in):
    client = sign_in("administrator")
    names = ["q", "sort", "cursor", "format", "before", "after", "from", "to", "kind", "type", "actor"]
    for value in [*NONSENSE, *EDGES]:
        answer = client.get("/" + OURS[name].replace("<slug:org>", "acme"), dict.fromkeys(names, value))
        assert answer.status_code == 200, value


@pytest.mark.long
@pytest.mark.parametrize("name", LISTS)
def test_no_filter_alone_breaks_a_list(name, opened):
    one = opened(name)
    for parameter in one.listing.filter_form.fields:
        for value in NONSENSE:
            answer = one.asked(**{parameter: [value, value]}, sort="-" + next(iter(one.listing.sorts)))
            assert answer.status_code == 200, (parameter, value)


@pytest.mark.parametrize("name", LISTS)
def test_no_cursor_breaks_a_list_or_hides_its_rows(name, opened):
    one = opened(name)
    for cursor in CURSORS:
        answer = one.asked(cursor=cursor)
        assert answer.status_code == 200, cursor
        assert answer.context["listing"].range == one.listing.range, cursor


@pytest.mark.parametrize("name", LISTS)
def test_every_list_shows_its_columns_and_goes_out_as_csv(name, opened):
    one = opened(name)
    for show in ("columns", "nothing"):
        assert one.asked(show=show, columns="x,,y", order="y,x,x").status_code == 200
    shown = one.asked(columns="-").context["listing"].table
    assert [column.name for column in shown.columns if column.header][:1] == [shown.row_header]
    for wanted in ("csv", "csv-all"):
        answer = one.asked(format=wanted)
        assert answer["Content-Type"].startswith("text/csv")
        assert answer.getvalue()


def test_there_are_lists_and_each_names_what_heads_its_rows(opened):
    assert len(LISTS) >= 10
    assert "core:saved_filter_list" in LISTS
    for name in LISTS:
        table = opened(name).listing.table
        assert table.row_header in table.columns.names(), name


@pytest.mark.parametrize("text", ["", "a", "a~", "x1", "b" + "~" * 50])
def test_a_cursor_says_at_most_a_row_and_its_number(text):
    parsed = Cursor.parse(text)
    assert parsed is None or parsed.number is None
