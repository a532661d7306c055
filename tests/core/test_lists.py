"""What every list can do: columns, saved filters, range, chips, states, whatever an address asks for."""

import re
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.http import QueryDict

from accounts.services import create_account
from m3console.core.lists.addresses import address, cleared, essence
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import ListColumns, Membership, SavedFilter
from m3console.core.permissions import ROLE_RIGHTS, Right

BASE = "/o/acme/accounts/"
KEEP = "/o/acme/lists/columns/"
SAVED = "/o/acme/saved-filters/"


@pytest.fixture
def accounts(organization):
    return [
        create_account(
            organization=organization, name=f"Account {n:02}", code=f"a-{n:02}", email_address="a@a.example"
        )
        for n in range(60)
    ]


def columns(answer):
    return [column.name for column in answer.context["listing"].table.columns]


def shown(answer):
    listed = answer.context["listing"]
    return [row.record.name for row in listed.table.rows], listed.range


# Range and position


def test_pages_say_which_rows_they_show_forward_and_back(accounts, sign_in):
    client = sign_in("viewer")
    seen, url = [], BASE
    while url:
        answer = client.get(BASE + url.removeprefix(BASE))
        seen.append(shown(answer)[1])
        last, url = answer.context["listing"], answer.context["listing"].next_url
    assert seen == ["1–25 of 60", "26–50 of 60", "51–60 of 60"]
    back = []
    while last.previous_url:
        last = client.get(BASE + last.previous_url).context["listing"]
        back.append(last.range)
    assert back == ["26–50 of 60", "1–25 of 60"]


@pytest.mark.parametrize("number", ["", "0", "-5", "59", "60", "999999999", "9" * 40, "٣", "x", "1e9"])
def test_a_number_in_the_address_that_cannot_be_is_not_believed(number, accounts, sign_in):
    names, said = shown(sign_in("viewer").get(BASE, {"cursor": f"a{accounts[24].pk}~{number}"}))
    assert names == [f"Account {n:02}" for n in range(25, 50)]
    assert said == "25 of 60"


def test_a_number_counts_only_together_with_its_row(accounts, sign_in):
    client = sign_in("viewer")
    for cursor in (f"a{uuid4()}~25", "a~25", "~25", "25", f"z{accounts[0].pk}~25"):
        assert shown(client.get(BASE, {"cursor": cursor}))[1] == "1–25 of 60"


def test_the_ends_are_known_whatever_the_address_says(accounts, sign_in):
    client = sign_in("viewer")
    assert shown(client.get(BASE, {"cursor": f"a{accounts[49].pk}~7"}))[1] == "51–60 of 60"
    assert shown(client.get(BASE, {"cursor": f"b{accounts[25].pk}~7"}))[1] == "1–25 of 60"


def test_a_count_beyond_the_cap_says_at_least(accounts, sign_in, monkeypatch):
    monkeypatch.setattr("m3console.core.lists.keyset.COUNT_CAP", 30)
    monkeypatch.setattr("m3console.core.lists.keyset.count_words.__defaults__", (30,))
    client = sign_in("viewer")
    first = client.get(BASE).context["listing"]
    assert first.range == "1–25 of 30+"
    assert shown(client.get(BASE + first.next_url))[1] == "26–50 of 30+"


def test_what_a_search_finds_is_counted_up_to_a_cap_of_its_own(accounts, sign_in, monkeypatch):
    monkeypatch.setattr("m3console.core.searching.pages.MOST_COUNTED", 30)
    client = sign_in("viewer")
    first = client.get(BASE, {"q": "Account"}).context["listing"]
    assert first.range == "1–25 of 30+"
    assert (first.bulk.count, first.bulk.more) == ("30+", True)
    assert shown(client.get(BASE + first.next_url))[1] == "26–50 of 30+"
    assert client.get(BASE, {"q": "Account 0"}).context["listing"].range == "1–10 of 10"


# Columns


def test_columns_are_chosen_and_ordered_in_the_address(accounts, sign_in):
    client = sign_in("viewer")
    assert columns(client.get(BASE))[:3] == ["name", "code", "currency"]
    chosen = client.get(BASE, {"columns": "email_address,code,nonsense,code,name,acts"})
    assert columns(chosen) == ["name", "email_address", "code", "acts"]
    assert "columns=" in chosen.context["listing"].next_url
    assert columns(client.get(BASE, {"columns": "-"})) == ["name", "acts"]
    assert columns(client.get(BASE, {"columns": "nonsense"})) == columns(client.get(BASE))


def test_chosen_columns_are_kept_for_the_person_the_organization_and_the_list(
    accounts, sign_in, make_organization
):
    client = sign_in("viewer")
    sent = {
        "at": f"{BASE}?q=Account",
        "order": ["created_at", "code", "currency"],
        "column": ["currency", "code"],
    }
    answer = client.post(KEEP, sent)
    assert answer["Location"] == f"{BASE}?q=Account&columns=code%2Ccurrency"
    assert columns(client.get(BASE)) == ["name", "code", "currency", "acts"]
    assert columns(client.get(BASE, {"columns": "created_at"})) == ["name", "created_at", "acts"]
    assert "created_at" not in columns(client.get(f"{BASE}deleted/"))
    kept = ListColumns.objects.get()
    other = make_organization("other")
    Membership.objects.create(user=kept.user, organization=other, role="viewer")
    assert "active_plans" in columns(client.get("/o/other/accounts/"))
    assert "active_plans" in columns(sign_in("operator").get(BASE))
    client.post(KEEP, sent | {"column": "code"})
    assert columns(client.get(BASE)) == ["name", "code", "acts"]
    assert client.post(KEEP, {"at": f"{BASE}?columns=code", "reset": "yes"})["Location"] == f"{BASE}?"
    assert not ListColumns.objects.exists()


def test_columns_are_moved_before_they_are_kept(accounts, sign_in):
    client = sign_in("viewer")
    dialog = client.get(BASE, {"show": "columns"})
    names = [choice.name for choice in dialog.context["choices"]]
    assert names[:2] == ["code", "currency"]
    assert {"email_address", "parent_account", "last_bill_currency"} <= set(names)
    assert not {"name", "acts"} & set(names)
    sent = {"at": BASE, "order": names, "column": ["code", "currency"]}
    moved = client.post(KEEP, sent | {"up": "currency"}, follow=True)
    choices = moved.context["choices"]
    assert [choice.name for choice in choices][:2] == ["currency", "code"]
    assert [choice.name for choice in choices if choice.chosen] == ["currency", "code"]
    back = client.post(KEEP, sent | {"order": ["currency", "code"], "down": "currency"}, follow=True)
    assert [choice.name for choice in back.context["choices"]][:2] == ["code", "currency"]
    assert not ListColumns.objects.exists()


@pytest.mark.parametrize(
    "at",
    [
        *("", "/", "//evil.example/o/acme/accounts/", "https://evil.example/", "accounts", "/o/acme/x"),
        *("/o/other/accounts/", "/o/acme/accounts/create/", "/o/acme/accounts/\0", "/o/acme/accounts/?q=%00"),
    ],
)
def test_columns_and_filters_are_kept_for_lists_of_the_organization_only(at, sign_in, make_organization):
    make_organization("other")
    client = sign_in("viewer")
    assert client.post(KEEP, {"at": at, "order": ["code"], "column": ["code"]}).status_code == 404
    made = client.post(f"{SAVED}create/?{urlencode({'at': at})}", {"name": "x"})
    assert made.status_code in (400, 404)
    assert not ListColumns.objects.exists()
    assert not SavedFilter.objects.exists()


# Saved filters


def save(client, name, query="currency=USD", **more):
    return client.post(
        f"{SAVED}create/?at=/o/acme/accounts/%3F{query.replace('&', '%26')}", {"name": name, **more}
    )


def menu(client, query=""):
    return client.get(f"{BASE}{query}").context["listing"].views


def test_a_filter_is_saved_under_a_name_and_marked_while_it_is_on(accounts, sign_in):
    client = sign_in("operator")
    answer = save(client, "In dollars", "currency=USD&cursor=x&sort=-code&auto_created=")
    saved = SavedFilter.objects.get()
    assert (saved.query, saved.list_name, saved.shared) == (
        "currency=USD&sort=-code",
        "accounts:account_list",
        False,
    )
    assert answer["Location"].endswith(f"saved={saved.pk}")
    views = menu(client)
    assert (views.name, views.all_current, [view.current for view in views.own]) == ("", True, [False])
    on = menu(client, views.own[0].url)
    assert (on.name, on.changed, on.save_url, on.replace_url) == ("In dollars", False, "", "")
    assert menu(client, "?sort=-code&currency=USD").name == "In dollars"
    changed = menu(client, f"{views.own[0].url}&hierarchy=top")
    assert (changed.name, changed.changed, changed.own[0].current) == ("In dollars", True, False)
    client.post(changed.replace_url, {"version": saved.version})
    saved.refresh_from_db()
    assert saved.query == "currency=USD&hierarchy=top&sort=-code"


def test_a_name_is_taken_once_for_an_owner_and_a_list(accounts, sign_in):
    client, other = sign_in("operator"), sign_in("viewer")
    save(client, "Mine")
    again = save(client, "Mine", "hierarchy=top")
    assert again.status_code == 422
    assert "You have saved a filter of this list as “Mine” already." in again.content.decode()
    assert save(other, "Mine").status_code == 302
    elsewhere = client.post(f"{SAVED}create/?at=/o/acme/bills/", {"name": "Mine"})
    assert elsewhere.status_code == 302
    assert SavedFilter.objects.count() == 3


def test_own_filters_are_nobody_elses_and_shared_ones_everybodys(accounts, sign_in):
    owner, viewer, administrator = sign_in("operator"), sign_in("viewer"), sign_in("administrator")
    save(owner, "Private")
    save(owner, "Shared", shared="on")
    private, shared = SavedFilter.objects.order_by("name")
    assert [view.name for view in menu(viewer).shared] == ["Shared"]
    for act in ("edit", "delete", "history"):
        assert viewer.get(f"{SAVED}{private.pk}/{act}/").status_code == 404
        assert administrator.get(f"{SAVED}{private.pk}/{act}/").status_code == 404
    assert viewer.get(f"{SAVED}{shared.pk}/history/").status_code == 200
    for act in ("edit", "delete"):
        assert viewer.post(f"{SAVED}{shared.pk}/{act}/", {"name": "x", "version": 1}).status_code == 404
    assert administrator.post(f"{SAVED}{shared.pk}/delete/").status_code == 302
    assert owner.post(f"{SAVED}{private.pk}/delete/").status_code == 302
    assert not SavedFilter.objects.exists()


def test_sharing_takes_a_role_that_changes_something(accounts, sign_in, make_user):
    assert {role for role, rights in ROLE_RIGHTS.items() if Right.SHARE not in rights} == {"viewer"}
    viewer = sign_in("viewer")
    assert "Share with everybody" not in viewer.get(f"{SAVED}create/?at={BASE}").content.decode()
    save(viewer, "Mine", shared="on")
    assert not SavedFilter.objects.get().shared
    membership = Membership.objects.get(role="viewer")
    with pytest.raises(Exception, match="not share them"):
        create_saved_filter(membership, list_name="accounts:account_list", name="x", query="", shared=True)


def test_a_filter_is_renamed_and_shared_with_its_version(accounts, sign_in):
    client = sign_in("catalogue")
    save(client, "Old")
    saved = SavedFilter.objects.get()
    path = f"{SAVED}{saved.pk}/edit/"
    assert client.post(path, {"name": "New", "shared": "on", "version": 1}).status_code == 302
    assert client.post(path, {"name": "Newer", "version": 1}).status_code == 409
    saved.refresh_from_db()
    assert (saved.name, saved.shared, saved.version) == ("New", True, 2)
    told = client.get(f"{SAVED}{saved.pk}/history/").content.decode()
    assert "Updated saved filter" in told
    listed = client.get(SAVED).content.decode()
    assert f"{BASE}?currency=USD&amp;saved={saved.pk}" in listed
    assert "Everybody" in listed


def test_what_was_searched_for_is_in_no_history(accounts, sign_in):
    from django.db import connection

    client = sign_in("operator")
    save(client, "Found", "q=lovelace")
    saved = SavedFilter.objects.get()
    at = "/o/acme/accounts/%3Fq%3Dhopper"
    client.post(f"{SAVED}{saved.pk}/replace/?at={at}", {"version": 1})
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(e::text, ' ') from core_savedfilterevent e")
        [(dump,)] = cursor.fetchall()
    assert "lovelace" not in dump
    assert "hopper" not in dump
    assert "Query" in client.get(f"{SAVED}{saved.pk}/history/").content.decode()


# Chips and states


def test_taking_a_filter_away_leaves_those_with_a_longer_name(organization, sign_in):
    plan, template = uuid4(), uuid4()
    query = f"plan={plan}&aggregation={template}"
    chips = sign_in("viewer").get(f"/o/acme/pricings/?{query}").context["listing"].chips
    assert {chip.remove_url for chip in chips} == {f"?aggregation={template}", f"?plan={plan}"}


def test_the_empty_states_differ(organization, sign_in, accounts):
    client = sign_in("viewer")
    kind = {
        name: client.get(path).context["listing"].empty.get("kind")
        for name, path in {
            "filled": BASE,
            "none yet": "/o/acme/products/",
            "no match": f"{BASE}?q=nothing",
            "wrong": f"{BASE}?created_from=yesterday",
        }.items()
    }
    assert kind == {"filled": None, "none yet": "first-run", "no match": "no-match", "wrong": "error"}
    wrong = client.get(f"{BASE}?created_from=yesterday")
    assert "Created from: Enter a valid date." in wrong.content.decode()
    [chip] = wrong.context["listing"].chips
    assert (chip.value, chip.wrong, chip.remove_url) == ("yesterday", True, "?")
    told = client.get(f"{BASE}?created_from=yesterday&format=csv")
    assert told["Content-Type"].startswith("text/html")


def test_addresses_keep_what_holds_and_drop_what_passes():
    params = QueryDict(
        "q=x&sort=-name&size=50&columns=code&saved=1&cursor=a1&format=csv&show=columns&order=a"
    )
    assert address(params) == "?q=x&sort=-name&size=50&columns=code&saved=1"
    assert cleared(params) == "?sort=-name&size=50&columns=code"
    assert essence(params) == essence(QueryDict("size=50&columns=code&sort=-name&q=x&currency="))


def test_each_page_links_to_itself_with_its_columns(accounts, sign_in):
    link = menu(sign_in("viewer"), "?currency=USD").shared_link
    assert re.fullmatch(r"http://testserver/o/acme/accounts/\?currency=USD&columns=code%2C.+", link)


def test_a_name_that_looks_personal_is_asked_about_before_a_filter_is_saved(sign_in, accounts):
    client = sign_in("operator")
    path = f"{SAVED}create/?at={BASE}"
    asked = client.post(path, {"name": "ada@person.example"})
    assert asked.status_code == 422
    assert "Name looks like an email address" in asked.text
    assert not SavedFilter.objects.exists()
    token = re.search(r'name="personal_confirmed"\s+value="(\w+)"', " ".join(asked.text.split()))[1]
    sent = {"name": "ada@person.example", "personal_confirmed": token}
    assert client.post(path, sent).status_code == 302
    event = SavedFilter.pgh_event_model.objects.select_related("pgh_context").get()
    assert (
        event.pgh_context.metadata["reason"] == "Confirmed as not personal: Name looks like an email address."
    )
