"""Erasing personal data in the browser, and the list of deleted accounts (spec 1)."""

import pytest

from accounts.models import Account
from accounts.services import delete_account
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
