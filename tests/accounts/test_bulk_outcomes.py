"""What is kept of an act on many accounts, and what becomes of it when somebody else is in the way."""

import pickle
from dataclasses import replace

import pytest
from django.core.cache import cache

from accounts.models import Account
from m3console.core import contention
from tests.accounts.pages import BASE, text
from tests.core.bulk_pages import chosen, confirm, outcomes
from tests.core.test_contention import lose

EDIT, DELETE = f"{BASE}many/edit/", f"{BASE}many/delete/"


def test_what_is_kept_of_an_act_holds_no_name_that_erasing_would_not_reach(operator, make_account):
    parent = make_account("parent", name="Ada Lovelace")
    make_account("child", name="Byron King", parent_account=parent)
    gone = make_account("gone", name="Mary Shelley")
    where = f"{DELETE}?q=e"
    done = confirm(operator, where, operator.post(where, chosen(parent, gone)), typed_count="2")
    said = outcomes(done)
    assert said["Mary Shelley"] == ("done", "")
    assert "“Ada Lovelace” cannot be deleted yet" in said["Ada Lovelace"][1]
    assert "“Byron King”" in said["Ada Lovelace"][1]
    assert done.context["outcomes"].back_url == f"{BASE}?q=e"
    [kept] = [repr(pickle.loads(value)) for key, value in cache._cache.items() if "bulk:" in key]
    for name in ("Lovelace", "Byron", "Shelley", "q=e"):
        assert name not in kept, name
    Account.objects.filter(pk=parent.pk).update(name="erased")
    assert "“erased” cannot be deleted yet" in text(operator.get(done.redirect_chain[-1][0]))


@pytest.mark.parametrize(("losses", "kind"), [(1, "done"), (9, "refused")])
def test_a_chunk_that_loses_against_somebody_else_is_done_again(
    operator, make_account, monkeypatch, losses, kind
):
    from accounts.views import bulk

    left = [1] * losses

    def hold(accounts):
        if left:
            lose(left.pop() and "40P01")

    monkeypatch.setattr(contention, "WAITS", (0,))
    monkeypatch.setattr(bulk, "EDIT", replace(bulk.EDIT, hold=hold))
    account = make_account("a")
    [(name, (became, sentence))] = outcomes(
        confirm(operator, EDIT, operator.post(EDIT, chosen(account)), currency="EUR")
    ).items()
    assert (name, became, "Choose it again" in sentence) == ("A", kind, kind == "refused")
