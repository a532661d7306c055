"""The account list: search, filters, sort, CSV, who sees what (spec 1, Account, List)."""

import csv
import io
from datetime import date, datetime

import pytest

from accounts.models import Account
from accounts.services import skeleton_accounts
from m3console.core import clock
from tests.accounts.pages import BASE, given, listed, text


def test_the_list_finds_by_name_code_address_and_id(operator, make_account):
    borealis = make_account("br-1", name="Borealis Analytics", email_address="ap@nordlicht.example")
    make_account("other", name="Another")
    for typed in ("bor", "analyt", "BR-1", "nordlicht", "bo", str(borealis.pk)):
        assert listed(operator.get(BASE, {"q": typed})) == ["Borealis Analytics"], typed
    answer = operator.get(BASE, {"q": "nothing like it"})
    assert "No account matches" in text(answer)


def test_the_list_is_sorted_by_name_code_or_creation(operator, make_account):
    for day, code, name in [(1, "b", "Zeta"), (2, "c", "alpha"), (3, "a", "Mid")]:
        with clock.at(date(2026, 1, day)):
            make_account(code, name=name)
    assert listed(operator.get(BASE)) == ["alpha", "Mid", "Zeta"]
    assert listed(operator.get(BASE, {"sort": "-code"})) == ["alpha", "Zeta", "Mid"]
    assert listed(operator.get(BASE, {"sort": "-created_at"})) == ["Mid", "alpha", "Zeta"]


def test_the_list_is_filtered_and_says_so_in_chips(operator, make_account, organization):
    parent = make_account("parent", currency="EUR")
    make_account("child", parent_account=parent)
    make_account("alone")
    skeleton_accounts(organization, ["auto"])
    for query, names in [
        ({"hierarchy": "top"}, ["Alone", "auto-autocreated", "Parent"]),
        ({"hierarchy": "parent"}, ["Parent"]),
        ({"hierarchy": "child"}, ["Child"]),
        ({"currency": "EUR"}, ["Parent"]),
        ({"currency": "USD"}, ["Alone", "auto-autocreated", "Child"]),
        ({"auto_created": "yes"}, ["auto-autocreated"]),
        ({"auto_created": "no", "hierarchy": "top"}, ["Alone", "Parent"]),
    ]:
        answer = operator.get(BASE, query)
        assert listed(answer) == names, query
        assert len(answer.context["listing"].chips) == len(query)


def test_created_between_includes_both_days_by_the_organizations_calendar(
    operator, make_account, organization
):
    organization.timezone = "Europe/Berlin"
    organization.save()
    for code, moment in [("before", "2026-05-31T21:59:59Z"), ("on", "2026-05-31T22:00:00Z")]:
        with clock.at(datetime.fromisoformat(moment)):
            make_account(code)
    assert listed(operator.get(BASE, {"created_from": "2026-06-01"})) == ["On"]
    assert listed(operator.get(BASE, {"created_to": "2026-05-31"})) == ["Before"]


def test_csv_has_exactly_what_is_filtered_with_the_columns_shown_or_with_all(operator, make_account):
    parent = make_account("parent", name="=Parent", currency="EUR", purchase_order_number="PO-1")
    make_account("child", parent_account=parent)
    make_account("other")
    shown = text(operator.get(BASE, {"q": "parent", "format": "csv", "columns": "currency,code,nonsense"}))
    assert shown.splitlines() == ["Name,Currency,Code", "'=Parent,EUR,parent"]
    rows = list(csv.DictReader(io.StringIO(text(operator.get(BASE, {"q": "parent", "format": "csv-all"})))))
    assert [(row["Name"], row["Code"], row["Currency"]) for row in rows] == [("'=Parent", "parent", "EUR")]
    assert rows[0]["Id"] == str(parent.pk)
    assert rows[0]["Purchase order number"] == "PO-1"
    children = list(
        csv.DictReader(io.StringIO(text(operator.get(BASE, {"hierarchy": "child", "format": "csv-all"}))))
    )
    assert [row["Parent account"] for row in children] == ["parent"]


def test_deleted_accounts_are_not_listed(operator, make_account):
    account = make_account("gone")
    make_account("here")
    operator.post(f"{BASE}{account.pk}/delete/", {"version": 1})
    assert listed(operator.get(BASE)) == ["Here"]


def test_the_list_needs_the_same_few_queries_however_many_rows(
    operator, make_account, django_assert_max_num_queries
):
    parent = make_account("parent")
    for number in range(40):
        make_account(f"account-{number}", parent_account=parent if number % 2 else None)
    for query in ({}, {"q": "acc"}, {"hierarchy": "parent", "sort": "-created_at"}, {"size": "100"}):
        with django_assert_max_num_queries(8):
            operator.get(BASE, query)


def test_every_page_of_an_account_needs_at_most_25_queries(
    operator, make_account, django_assert_max_num_queries
):
    parent = make_account("parent")
    children = [make_account(f"child-{number}", parent_account=parent) for number in range(30)]
    for path in ("", "edit/", "delete/", "history/", "children/"):
        with django_assert_max_num_queries(25):
            assert operator.get(f"{BASE}{parent.pk}/{path}").status_code == 200
    with django_assert_max_num_queries(25):
        operator.get(f"{BASE}{children[0].pk}/remove-from-parent/")


def test_a_viewer_reads_and_is_offered_nothing_to_do(sign_in, make_account):
    viewer, parent = sign_in("viewer"), make_account("parent")
    child = make_account("child", parent_account=parent)
    for path in ("", f"{parent.pk}/", f"{parent.pk}/children/", f"{parent.pk}/history/", "good-practice/"):
        page = text(viewer.get(BASE + path))
        for act in ("Create account", "Create child account", "/edit/", "/delete/", "remove-from-parent"):
            assert act not in page, (path, act)
    for path in ("create/", f"{parent.pk}/edit/", f"{parent.pk}/delete/", f"{child.pk}/remove-from-parent/"):
        assert viewer.post(BASE + path, given()).status_code == 403
    assert Account.objects.count() == 2


def test_another_organizations_account_is_not_found_and_not_suggested(
    operator, make_account, make_organization
):
    stranger = make_account("stranger", within=make_organization("other"))
    for path in ("", "edit/", "delete/", "history/", "children/"):
        assert operator.get(f"{BASE}{stranger.pk}/{path}").status_code == 404
    assert "stranger" not in text(operator.get(f"{BASE}suggest/?of=q&q=stranger"))
    for named in ("stranger", str(stranger.pk)):
        answer = operator.post(f"{BASE}create/", given(parent_account=named))
        assert answer.status_code == 422
    assert "stranger" not in text(operator.get(BASE, {"q": str(stranger.pk)}))


def test_what_is_typed_is_found_beginnings_first_unless_an_order_was_chosen(operator, make_account):
    for name in ("Arboretum", "Boreas", "Labor Union"):
        make_account(name.lower()[:5], name=name)
    page = operator.get(BASE)
    assert 'name="sort"' not in text(page)
    assert listed(operator.get(BASE, {"q": "bor"})) == ["Boreas", "Arboretum", "Labor Union"]
    chosen = operator.get(BASE, {"q": "bor", "sort": "name"})
    assert listed(chosen) == ["Arboretum", "Boreas", "Labor Union"]
    assert 'name="sort" value="name"' in text(chosen)


@pytest.mark.parametrize("way", ["HX-Current-URL", "Referer"])
def test_deleting_from_a_filtered_list_leads_back_to_it_as_it_was(operator, make_account, way):
    account = make_account("b-1")
    left = f"{BASE}?q=b&sort=-name&cursor=a1"
    asked = operator.get(f"{BASE}{account.pk}/delete/", headers={way: f"http://testserver{left}"})
    assert f'name="back" value="{left.replace("&", "&amp;")}"' in " ".join(text(asked).split())
    done = operator.post(f"{BASE}{account.pk}/delete/", {"version": 1, "back": left})
    assert done["Location"] == left


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/?x=1", "//elsewhere.example/?x", "http://[", "/o/other/accounts/?q=x", ""],
)
def test_it_leads_to_no_other_page_than_the_list(operator, make_account, back):
    account = make_account("b-1")
    done = operator.post(f"{BASE}{account.pk}/delete/", {"version": 1, "back": back})
    assert done["Location"] == BASE
