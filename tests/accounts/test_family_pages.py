"""What the pages of parents and children say of each other (spec 1, Parent and child accounts)."""

from datetime import date

import pytest

from accounts.models import Account
from accounts.services import delete_account, remove_child, update_account
from tests.accounts.pages import BASE, text

pytestmark = pytest.mark.django_db(transaction=True)


def entries(client, account):
    """The history of an account: each sentence with what it lists, newest first."""
    page = client.get(f"{BASE}{account.pk}/history/")
    return [
        (event.sentence, [(change.field, change.new) for change in event.changes])
        for day in page.context["days"]
        for event in day.events
    ]


@pytest.fixture
def family(make_account):
    parent = make_account("parent")
    return parent, make_account("child", parent_account=parent)


def test_a_parents_history_tells_of_its_children_by_name(operator, family):
    parent, child = family
    remove_child(child, parent=parent, day=date(2026, 6, 1))
    other = update_account(Account.objects.get(pk=child.pk), version=2, parent_account=parent)
    said = [sentence for sentence, _ in entries(operator, parent)]
    # The same membership goes on.
    assert said == [
        "Changed child account Child",
        "Removed child account Child",
        "Added child account Child",
        "Created account",
    ]
    delete_account(other)
    sentence, changes = entries(operator, parent)[0]
    assert sentence == "Deleted child account Child"
    assert changes == []


def test_a_new_childs_history_names_its_parent_once(operator, family):
    [(sentence, changes)] = entries(operator, family[1])
    assert sentence == "Created account"
    assert [new for _, new in changes].count("Parent") == 1
    assert ("Parent account", "Parent") in changes
    assert "Child" not in [new for _, new in changes]


def test_a_parent_whose_children_have_left_has_none_now(operator, family):
    parent, child = family
    page = f"{BASE}{parent.pk}/children/"
    remove_child(child, parent=parent, day=date(2026, 6, 1))
    assert "No child account now" in text(operator.get(page))
    assert "No child account yet" not in text(operator.get(page))
    assert "No child account yet" in text(operator.get(f"{BASE}{child.pk}/children/"))
