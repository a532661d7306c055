"""Search as one types: beginnings first, then inside words, every match exactly once over the pages."""

import random
from uuid import uuid4

import pytest
from django.db.models import F

from accounts.models import Account
from m3console.core.searching import pages as search_pages
from m3console.core.searching.pages import SearchPages
from m3console.core.searching.search import cleaned, key_of
from plans.models import Product

NAME = key_of("name")


@pytest.fixture
def make(organization):
    def made(*names, **fields):
        rows = [
            Account(
                organization=organization,
                name=name,
                code=fields.get("code", f"c{number}-{uuid4()}"),
                email_address=fields.get("email_address", f"{number}@x.example"),
            )
            for number, name in enumerate(names)
        ]
        return Account.objects.bulk_create(rows)

    return made


def found(text, rows=None, *, size=3, chosen=False, falling=False, backwards=False, key=NAME):
    """The names that a search finds, page after page."""
    rows = Account.objects.all() if rows is None else rows
    pages = SearchPages(rows, type(rows)(rows.model), text, key, falling=falling, chosen=chosen)
    part = pages.page("", size, counted=True)
    parts = [part]
    while part.after:
        part = pages.page(part.after, size, counted=True)
        parts.append(part)
    if backwards:
        back = [part]
        while part.before:
            part = pages.page(part.before, size, counted=True)
            back.append(part)
        assert [row.pk for each in reversed(back) for row in each.rows] == [
            row.pk for each in parts for row in each.rows
        ]
        assert [each.first for each in reversed(back)] == [each.first for each in parts]
    rows = [row for each in parts for row in each.rows]
    assert len({row.pk for row in rows}) == len(rows)
    for each in parts:
        assert each.count == len(rows)
    return [row.name for row in rows]


def test_beginnings_come_first_name_then_code_then_address_then_what_is_inside(make):
    make("Labor Union", "borealis", "Boreas")
    make("Zeta", code="BOR-1")
    make("Alpha", email_address="bor@x.example")
    make("Arboretum")
    assert found("BOR") == ["borealis", "Boreas", "Zeta", "Alpha", "Arboretum", "Labor Union"]


def test_an_order_that_was_chosen_holds_for_all_that_is_found(make):
    make("Labor Union", "borealis", "Boreas", "Arboretum")
    assert found("bor", chosen=True) == ["Arboretum", "borealis", "Boreas", "Labor Union"]
    assert found("bor", chosen=True, falling=True) == ["Labor Union", "Boreas", "borealis", "Arboretum"]


def test_one_or_two_letters_find_beginnings_only(make):
    make("abc", "xab")
    make("Zeta", code="ab-1")
    assert found("ab") == ["abc", "Zeta"]
    assert found("A") == ["abc", "Zeta"]
    assert found("ab", chosen=True) == ["abc", "Zeta"]


def test_an_id_is_found_by_its_whole_and_by_a_long_enough_beginning(make):
    one, two = make("One", "Two")
    for typed in (str(one.pk), one.pk.hex, str(one.pk).upper(), f"  {one.pk} "):
        assert found(typed) == ["One"]
    assert set(found(str(one.pk)[:13])) <= {"One", "Two"}
    assert "Two" in found(two.pk.hex[:31])
    assert found(str(one.pk)[:7]) == []
    assert found(str(uuid4())) == []


@pytest.mark.parametrize("near", [2, 1000])
def test_every_match_is_found_exactly_once_forwards_and_backwards_as_by_looking_at_every_row(
    make, monkeypatch, near
):
    monkeypatch.setattr(search_pages, "NEAR", near)
    roll = random.Random(5)
    names = ["".join(roll.choices("ab%_ ÉéßΣ", k=roll.randint(1, 6))).strip() or "a" for _ in range(40)]
    for name in names:
        make(
            name,
            code="".join(roll.choices("abc", k=3)) + str(uuid4()),
            email_address=f"{name[:2]}@ab.example",
        )
    rows = list(Account.objects.all())
    for text in ["a", "ab", "aba", "é", "_", "ab.", "@ab", "ß"]:
        for chosen, falling in ((False, False), (True, True)):
            names = found(text, chosen=chosen, falling=falling, backwards=True, size=9)
            fields = [(row.name.lower(), row.code.lower(), row.email_address.lower()) for row in rows]
            expected = [
                fields_of[0]
                for fields_of in fields
                if any(f.startswith(text) or (len(text) > 2 and text in f) for f in fields_of)
            ]
            assert sorted(name.lower() for name in names) == sorted(expected), (text, chosen, falling)


def test_filters_and_search_narrow_together(make):
    make("Borealis", "Boreas", "Labor")
    assert found("bor", Account.objects.exclude(name="Boreas"), size=1) == ["Borealis", "Labor"]
    assert found("bor", Account.objects.none()) == []


def test_a_row_that_is_not_found_any_more_still_says_where_its_page_was(make):
    make(*(f"bor {number}" for number in range(6)))
    pages = SearchPages(Account.objects.all(), Account.objects.all(), "bor", NAME)
    first = pages.page("", 3)
    Account.objects.filter(pk=first.rows[-1].pk).update(name="changed")
    assert all(row.name > "bor 2" for row in pages.page(first.after, 3).rows)
    assert pages.page(f"a{uuid4()}", 3).rows[0].name == "bor 0"
    assert pages.page("anonsense", 3).rows[0].name == "bor 0"


def test_what_no_row_can_hold_is_left_out_of_what_is_looked_for(make):
    make("Borealis")
    for typed in ("bor\0ealis", "\ud800borealis\udfff", "\tborealis\n"):
        assert found(typed) == ["Borealis"], repr(typed)
    assert found("b" * 100_000) == []
    assert len(cleaned("b" * 100_000)) == 200
    assert found("\\") == found("%") == found("'; drop table x") == []


def test_the_catalogue_is_searched_in_the_same_way(organization):
    for name, code in [("Labor", "z"), ("Boreas", "y"), ("Zeta", "bor")]:
        Product.objects.create(organization=organization, name=name, code=code)
    assert found("bor", Product.objects.all(), size=2) == ["Boreas", "Zeta", "Labor"]
    assert [row.name for row in Product.objects.all().search("BOREA")] == ["Boreas"]
    assert {row.name for row in Product.objects.all().search("z")} == {"Labor", "Zeta"}


def test_a_search_in_the_order_of_creation_takes_every_key(make):
    make("Labor", "Boreas", "Zeta")
    assert found("bor", chosen=True, falling=True, key=F("created_at")) == ["Boreas", "Labor"]
