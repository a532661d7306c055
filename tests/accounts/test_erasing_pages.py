"""Erasing personal data in the browser, and the list of deleted accounts (spec 1)."""

import pytest

from accounts.erasing import erase_personal_data
from accounts.models import Account
from accounts.services import delete_account, update_account
from m3console.core.audit import action
from m3console.core.errors import StaleVersion
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Membership
from tests.accounts.pages import BASE, HTMX, listed, text

REASON = "GDPR, art. 17, case 1234"


@pytest.fixture
def administrator(sign_in):
    return sign_in("administrator")


def test_an_administrator_erases_with_reason_and_typed_code(administrator, make_account):
    account = make_account("canary-1", name="Zyxwvut Canaria")
    where = f"{BASE}{account.pk}/erase/"
    page = text(administrator.get(where, headers=HTMX))
    assert "Erase personal data of Zyxwvut Canaria?" in page
    assert "cannot be undone" in page
    for wrong, field in [
        ({"reason": "", "typed_code": "canary-1"}, "reason"),
        ({"reason": REASON, "typed_code": "Canary-1"}, "typed_code"),
        ({"reason": "Zyxwvut Canaria asked", "typed_code": "canary-1"}, "reason"),
    ]:
        answer = administrator.post(where, {"version": 1, **wrong})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    sent = {"version": 1, "reason": REASON, "typed_code": "canary-1"}
    answer = administrator.post(where, sent, follow=True)
    assert answer.redirect_chain == [(f"{BASE}{account.pk}/", 302)]
    assert "Zyxwvut" not in text(answer)
    history = text(administrator.get(f"{BASE}{account.pk}/history/"))
    assert "Erased personal data" in history
    assert REASON in history
    assert "There is nothing to erase." in text(administrator.get(where))


def test_a_stale_page_erases_nothing(administrator, make_account):
    account = make_account("canary-1")
    sent = {"version": 7, "reason": REASON, "typed_code": "canary-1"}
    assert administrator.post(f"{BASE}{account.pk}/erase/", sent).status_code == 409


def test_only_administrators_are_offered_it(administrator, operator, make_account):
    account = make_account()
    offered = f"{BASE}{account.pk}/erase/"
    assert offered in text(administrator.get(f"{BASE}{account.pk}/"))
    assert offered not in text(operator.get(f"{BASE}{account.pk}/"))
    assert operator.post(offered, {}).status_code == 403


def test_deleted_accounts_are_listed_with_their_bills_and_erased_there(administrator, make_account):
    account = make_account("gone", name="Gone Ltd")
    make_account("kept")
    delete_account(account)
    page = administrator.get(f"{BASE}deleted/")
    assert listed(page) == ["Gone Ltd"]
    assert f"/o/acme/bills/?q={account.pk}" in text(page)
    assert f"{BASE}{account.pk}/erase/" in text(page)
    assert f"{BASE}deleted/" in text(administrator.get(BASE))
    sent = {"version": 2, "reason": REASON, "typed_code": "gone"}
    answer = administrator.post(f"{BASE}{account.pk}/erase/", sent, follow=True)
    assert answer.redirect_chain == [(f"{BASE}deleted/", 302)]
    assert listed(answer) == ["erased"]
    assert not Account.objects.filter(pk=account.pk).exists()


def test_deleted_accounts_of_others_are_out_of_reach(administrator, make_account, make_organization):
    stranger = make_account("stranger", within=make_organization("other"))
    delete_account(stranger)
    assert listed(administrator.get(f"{BASE}deleted/")) == []
    assert administrator.get(f"{BASE}{stranger.pk}/erase/").status_code == 404


def test_an_account_deleted_meanwhile_is_said_to_be_so_and_can_still_be_erased(administrator, make_account):
    account = make_account("canary-1")
    delete_account(account)
    sent = {"version": 1, "reason": REASON, "typed_code": "canary-1"}
    where = f"{BASE}{account.pk}/erase/"
    stale = administrator.post(where, sent)
    assert stale.status_code == 409
    assert "deleted by somebody else" not in text(stale)
    assert "Changed by the system" in text(stale)
    assert 'name="version" value="2"' in text(stale)
    assert administrator.post(where, sent | {"version": 2}).status_code == 302


def test_it_says_that_the_account_was_deleted_since_it_was_read(make_account):
    account = make_account("canary-1")
    seen = Account.objects.get(pk=account.pk)
    delete_account(account)
    with pytest.raises(StaleVersion, match=r"Deleted by the system at .* Erasing it is still possible"):
        erase_personal_data(seen, version=1, reason=REASON)


@pytest.mark.django_db(transaction=True)
def test_what_people_wrote_of_the_person_themselves_is_listed_with_links(
    administrator, operator, make_account
):
    account = make_account("canary-1", name="Zyxwvut Canaria", email_address="zyx@canaria.example")
    people = {each.role: each for each in Membership.objects.select_related("organization")}
    shared = saved(people["administrator"], "Zyxwvut canaria owes", "", shared=True)
    saved(people["administrator"], "One person", "q=zyx%40canaria.example")
    saved(people["operator"], "My Zyxwvut Canaria", "currency=EUR")
    saved(people["operator"], "Euros", "currency=EUR")
    with action("account.updated", reason="Called Zyxwvut Canaria"):
        update_account(account, version=1, purchase_order_number="PO")
    page = administrator.get(f"{BASE}{account.pk}/erase/")
    said = [(one.text, one.url) for one in page.context["noted"]["list"]]
    assert [words for words, _ in said][:2] == [
        "Saved filter “Zyxwvut canaria owes” of Accounts: rename or delete it",
        "Saved filter “One person” of Accounts: rename or delete it",
    ]
    assert said[0][1] == f"/o/acme/saved-filters/{shared.pk}/edit/"
    assert said[2] == ("A saved filter of Operator of Acme's own, in Accounts: ask for it to be deleted", "")
    assert said[3][0].startswith("The reason of “Updated account” on ")
    assert len(said) == 4
    assert "My Zyxwvut" not in text(page)
    assert "Called Zyxwvut Canaria" in text(administrator.get(said[3][1]))


def saved(member, name, query, **more):
    return create_saved_filter(member, list_name="accounts:account_list", name=name, query=query, **more)
