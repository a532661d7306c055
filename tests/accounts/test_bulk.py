"""Acts on many accounts chosen in the list: edit fields, delete, CSV; each account by itself (spec 1)."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from accounts.services import update_account
from m3console.core.registry import Blocker
from tests.accounts.pages import BASE, text
from tests.core.bulk_pages import chosen, confirm, hidden, outcomes

EDIT, DELETE = f"{BASE}many/edit/", f"{BASE}many/delete/"
KEEP = {"currency": "unchanged"}


def test_the_page_that_asks_names_the_first_and_counts_the_others(operator, make_account):
    made = [make_account(f"a-{number:02}") for number in range(12)]
    asked = operator.post(DELETE, chosen(*made))
    assert asked.context["title"] == "Delete 12 accounts?"
    assert [str(row) for row in asked.context["chosen"]["rows"]] == [f"A-{number:02}" for number in range(10)]
    assert "and 2 accounts more" in text(asked)
    assert Account.objects.count() == 12


def test_only_the_fields_that_are_filled_in_change(operator, make_account):
    first = make_account("first", currency="EUR", purchase_order_number="PO 1", days_before_bill_due=7)
    second = make_account("second")
    asked = operator.post(EDIT, chosen(first, second))
    done = confirm(operator, EDIT, asked, **KEEP, days_before_bill_due="14", reason="New terms")
    assert outcomes(done) == {"First": ("done", ""), "Second": ("done", "")}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.days_before_bill_due, first.currency, first.purchase_order_number) == (14, "EUR", "PO 1")
    assert (second.days_before_bill_due, second.currency) == (14, None)


def test_a_field_can_be_cleared_in_all_of_them(operator, make_account):
    account = make_account("first", currency="EUR", purchase_order_number="PO 1", days_before_bill_due=7)
    values = {
        "currency": "organization",
        "clear_days_before_bill_due": "on",
        "clear_purchase_order_number": "on",
    }
    confirm(operator, EDIT, operator.post(EDIT, chosen(account)), **values)
    account.refresh_from_db()
    assert (account.currency, account.days_before_bill_due, account.purchase_order_number) == (None, None, "")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "everything is left unchanged"),
        ({"days_before_bill_due": "3", "clear_days_before_bill_due": "on"}, "not both"),
        ({"days_before_bill_due": "-1"}, "greater than or equal to 0"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"purchase_order_number": "ada@person.example"}, "looks like an email address"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again_and_changes_nothing(
    operator, make_account, values, problem
):
    account = make_account("first")
    asked = operator.post(EDIT, chosen(account))
    again = confirm(operator, EDIT, asked, **(KEEP | values))
    assert again.status_code == 422
    assert problem in text(again)
    assert hidden(again, "seen") == hidden(asked, "seen")
    account.refresh_from_db()
    assert account.version == 1


def test_what_somebody_saved_meanwhile_is_refused_and_the_others_are_changed(operator, make_account):
    stale, fresh, same = make_account("stale"), make_account("fresh"), make_account("same", currency="EUR")
    asked = operator.post(EDIT, chosen(stale, fresh, same))
    update_account(stale, version=1, purchase_order_number="theirs")
    done = confirm(operator, EDIT, asked, currency="EUR")
    kinds = {name: kind for name, (kind, _) in outcomes(done).items()}
    assert kinds == {"Stale": "refused", "Fresh": "done", "Same": "unchanged"}
    assert "Changed by" in outcomes(done)["Stale"][1]
    assert set(Account.objects.filter(currency="EUR")) == {fresh, same}


def test_asking_again_after_a_mistake_keeps_to_the_versions_seen_at_first(operator, make_account):
    account = make_account("stale")
    asked = operator.post(EDIT, chosen(account))
    update_account(account, version=1, purchase_order_number="theirs")
    again = confirm(operator, EDIT, asked, **KEEP)
    assert again.status_code == 422
    done = confirm(operator, EDIT, again, currency="EUR")
    assert outcomes(done)["Stale"][0] == "refused"


def test_deleting_takes_their_number_typed(operator, make_account):
    made = [make_account(code) for code in ("a", "b")]
    asked = operator.post(DELETE, chosen(*made))
    assert "This is not their number" in text(confirm(operator, DELETE, asked, typed_count="3"))
    assert Account.objects.count() == 2
    done = confirm(operator, DELETE, asked, typed_count="2")
    assert {kind for kind, _ in outcomes(done).values()} == {"done"}
    assert not Account.objects.exists()


def test_one_refusal_harms_nothing_else_and_names_what_is_in_the_way(
    operator, make_account, account_extensions
):
    kept, gone = make_account("kept"), make_account("gone")
    account_extensions.blockers.append(
        lambda pk: [Blocker("plan “Gold” runs", "/o/acme/plans/")] if pk == kept.pk else []
    )
    done = confirm(operator, DELETE, operator.post(DELETE, chosen(kept, gone)), typed_count="2")
    assert outcomes(done)["Gone"] == ("done", "")
    kind, sentence = outcomes(done)["Kept"]
    assert kind == "refused"
    assert "plan “Gold” runs" in sentence
    assert '<a href="/o/acme/plans/">plan “Gold” runs</a>' in text(done)
    assert list(Account.objects.all()) == [kept]


def test_a_parent_goes_with_its_children_whichever_is_older(operator, make_account):
    child = make_account("child")
    parent = make_account("parent")
    update_account(child, version=1, parent_account=parent)
    child.refresh_from_db()
    done = confirm(operator, DELETE, operator.post(DELETE, chosen(parent, child)), typed_count="2")
    assert {kind for kind, _ in outcomes(done).values()} == {"done"}


def test_all_that_match_are_those_that_search_and_filters_find(operator, make_account):
    for number in range(30):
        make_account(f"north-{number}", currency="EUR" if number % 2 else None)
    make_account("south")
    here = f"{EDIT}?q=north&currency=EUR"
    asked = operator.post(here, chosen(everything=True, matching="15"))
    assert asked.context["title"] == "Edit 15 accounts?"
    assert asked.context["chosen"]["note"] == ""
    done = confirm(operator, here, asked, **KEEP, purchase_order_number="PO 9")
    assert len(outcomes(done)) == 15
    assert (
        Account.objects.filter(purchase_order_number="PO 9", currency="EUR", code__startswith="north").count()
        == 15
    )
    assert Account.objects.exclude(purchase_order_number="").count() == 15
    assert done.context["outcomes"].back_url == f"{BASE}?q=north&currency=EUR"


def test_it_is_said_when_more_match_than_when_they_were_chosen(operator, make_account):
    for code in ("a", "b", "c"):
        make_account(code)
    asked = operator.post(EDIT, chosen(everything=True, matching="2"))
    assert "2 matched when you chose, 3 now." in text(asked)


def test_what_was_shown_is_changed_and_nothing_that_came_later(operator, make_account):
    make_account("a")
    asked = operator.post(EDIT, chosen(everything=True))
    later = make_account("later")
    confirm(operator, EDIT, asked, currency="EUR")
    later.refresh_from_db()
    assert later.currency is None


def test_filters_that_make_no_sense_choose_nothing(operator, make_account):
    make_account("a")
    asked = operator.post(f"{DELETE}?currency=nonsense", chosen(everything=True))
    assert "Nothing is chosen" in text(asked)
    assert hidden(asked, "seen") is None


def test_more_than_a_thousand_are_refused_with_what_to_do(operator, make_account, organization, monkeypatch):
    monkeypatch.setattr("m3console.core.lists.selection.MOST", 2)
    monkeypatch.setattr("m3console.core.bulk.acts.MOST", 2)
    for code in ("a", "b", "c"):
        make_account(code)
    asked = operator.post(DELETE, chosen(everything=True))
    assert "3 accounts are too many: at most 2" in text(asked)
    assert hidden(asked, "seen") is None
    seen = ",".join(f"{pk}.1" for pk in Account.objects.values_list("pk", flat=True))
    operator.post(DELETE, {"seen": seen, "typed_count": "3"})
    assert Account.objects.count() == 3


def test_nothing_ticked_leads_to_the_choice_of_all_that_match(operator, make_account):
    make_account("a")
    asked = operator.post(DELETE, chosen())
    assert "Nothing is chosen" in text(asked)
    assert "Take all that match instead: 1 account" in " ".join(text(asked).split())


def test_ids_of_others_garbage_and_repeats_reach_nothing(operator, make_account, make_organization):
    other = make_organization("other")
    theirs = make_account("theirs", within=other)
    own = make_account("own")
    ids = [theirs.pk, own.pk, own.pk, uuid4(), "garbage", "", "\0", "9" * 300]
    asked = operator.post(DELETE, chosen(*ids))
    assert asked.status_code == 200
    assert [row.pk for row in asked.context["chosen"]["rows"]] == [own.pk]
    assert "left out" in text(asked)
    seen = f"{theirs.pk}.1,{own.pk}.1,garbage.x,{uuid4()}.99999999999999,,..."
    done = operator.post(DELETE, {"seen": seen, "typed_count": "3", "token": "garbage"}, follow=True)
    assert done.status_code == 200
    assert outcomes(done)["Own"] == ("done", "")
    assert Account.objects.filter(pk=theirs.pk).exists()


def test_a_hundred_thousand_ids_are_turned_away(operator):
    for url in (EDIT, f"{BASE}?format=csv"):
        ids = urlencode([("pk", "x")] * 100_000)
        answer = operator.post(url, ids, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400
    assert operator.post(EDIT, {"seen": "x," * 200_000}).status_code == 422


def test_a_form_that_is_sent_twice_acts_once(operator, make_account):
    account = make_account("a")
    asked = operator.post(EDIT, chosen(account))
    first = confirm(operator, EDIT, asked, currency="EUR")
    second = confirm(operator, EDIT, asked, currency="EUR")
    assert outcomes(first) == outcomes(second) == {"A": ("done", "")}
    account.refresh_from_db()
    assert account.version == 2


def test_what_came_of_it_is_shown_to_who_did_it_only(operator, make_account, sign_in):
    done = confirm(operator, EDIT, operator.post(EDIT, chosen(make_account("a"))), currency="EUR")
    path = done.redirect_chain[-1][0]
    assert operator.get(path).status_code == 200
    assert sign_in("administrator").get(path).status_code == 404


def test_viewers_may_take_a_csv_but_change_nothing(sign_in, make_account):
    account, viewer = make_account("a"), sign_in("viewer")
    for url in (EDIT, DELETE):
        assert viewer.post(url, chosen(account)).status_code == 403
    bar = viewer.get(BASE).context["listing"].bulk
    assert bar.actions == []
    assert "CSV of the selected" in text(viewer.get(BASE))


def test_csv_of_the_selected_has_these_rows_and_the_columns_shown(operator, make_account, make_organization):
    first, _, third = (make_account(code) for code in ("one", "two", "three"))
    theirs = make_account("theirs", within=make_organization("other"))
    lines = text(
        operator.post(f"{BASE}?format=csv&columns=code", chosen(third, first, theirs, "junk"))
    ).split("\r\n")
    assert lines == ["Name,Code", "One,one", "Three,three", ""]
    assert len(text(operator.post(f"{BASE}?format=csv&q=t", chosen(everything=True))).split("\r\n")) == 4


def test_history_shows_one_act_with_its_reason(operator, make_account, monkeypatch):
    monkeypatch.setattr("m3console.core.bulk.acts.CHUNK", 2)
    made = [make_account(code) for code in "abcde"]
    confirm(operator, EDIT, operator.post(EDIT, chosen(*made)), currency="EUR", reason="Moved to euros")
    days = operator.get("/o/acme/history/").context["days"]
    acts = [event for day in days for event in day.events if event.sentence == "Updated accounts"]
    assert [(event.reason, len(event.changes)) for event in acts] == [("Moved to euros", 5)]


def test_an_act_that_breaks_off_keeps_what_it_did_and_says_how_far_it_came(
    operator, make_account, monkeypatch
):
    from m3console.core.bulk.acts import Outcomes

    monkeypatch.setattr("m3console.core.bulk.acts.CHUNK", 1)
    made = [make_account(code) for code in "ab"]
    asked, add = operator.post(EDIT, chosen(*made)), Outcomes.add

    def breaks(self, more):
        if self.all:
            raise ConnectionError("gone")
        add(self, more)

    monkeypatch.setattr(Outcomes, "add", breaks)
    operator.raise_request_exception = False
    assert confirm(operator, EDIT, asked, currency="EUR").status_code == 500
    page = operator.get(f"/o/acme/done/{hidden(asked, 'token')}/")
    assert "1 not reached" in text(page)
    assert Account.objects.filter(currency="EUR").count() == 1


def test_asking_costs_few_queries_however_many_are_chosen(
    operator, make_account, django_assert_max_num_queries
):
    for number in range(60):
        make_account(f"a-{number}")
    with django_assert_max_num_queries(25):
        operator.post(DELETE, chosen(*Account.objects.all()))
    with django_assert_max_num_queries(25):
        operator.post(f"{DELETE}?q=a-", chosen(everything=True))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        operator.get(BASE)
    assert len(queries) <= 8


def test_an_address_that_is_opened_again_leads_back_to_the_list(operator):
    assert operator.get(f"{EDIT}?q=x").headers["Location"] == f"{BASE}?q=x"
