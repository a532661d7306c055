"""What creating, changing and deleting accounts allows and refuses (spec 1, Account)."""

from datetime import date

import pytest

from accounts import hierarchy
from accounts.models import Account
from accounts.services import (
    Blocked,
    create_account,
    delete_account,
    losses_of,
    remove_child,
    skeleton_accounts,
    update_account,
)
from m3console.core import clock
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.registry import Blocker


def test_a_new_account_has_version_1_and_all_that_was_given(make_account):
    account = make_account(
        "borealis", locality="Hamburg", currency="EUR", bill_epoch=date(2022, 2, 1), days_before_bill_due=14
    )
    stored = Account.objects.get(pk=account.pk)
    assert (stored.version, stored.locality, stored.currency) == (1, "Hamburg", "EUR")
    assert (stored.bill_epoch, stored.days_before_bill_due) == (date(2022, 2, 1), 14)


def test_a_code_is_used_once_and_the_refusal_names_the_fix(make_account):
    make_account("borealis")
    with pytest.raises(RuleViolation, match=r"code “borealis” already. Choose another code") as refused:
        make_account("borealis", name="Another")
    assert refused.value.field == "code"


def test_codes_are_case_sensitive_and_another_organizations_code_does_not_matter(
    make_account, make_organization
):
    make_account("borealis")
    make_account("Borealis")
    make_account("borealis", within=make_organization("other"))
    assert Account.objects.count() == 3


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Name: "),
        ("name", "x" * 201, "at most 200"),
        ("code", " acme", "no space at its beginning"),
        ("code", "ac\u200bme", "invisible"),
        ("code", "ac\x07me", "control"),
        ("code", "x" * 81, "at most 80"),
        ("email_address", "nobody", "valid email"),
        ("email_address", "", "Email address: "),
        ("country", "x" * 201, "at most 200"),
        ("purchase_order_number", "x" * 101, "at most 100"),
        ("days_before_bill_due", -1, "greater than or equal to 0"),
        ("bill_epoch", "31 June", "invalid date"),
    ],
)
def test_a_field_refuses_what_it_may_not_hold_whoever_calls(make_account, field, value, sentence):
    with pytest.raises(RuleViolation, match=sentence) as refused:
        make_account(**{"code": "acme", "name": "Acme", field: value})
    assert refused.value.field == field
    assert not Account.objects.exists()


def test_a_currency_is_one_of_the_organizations_and_blank_means_the_organizations_own(make_account):
    with pytest.raises(RuleViolation, match=r"no currency “XTS”.*leave it blank") as refused:
        make_account(currency="XTS")
    assert refused.value.field == "currency"
    assert make_account(currency="").currency is None


def test_changing_saves_what_was_given_and_counts_the_version(make_account):
    account = make_account()
    changed = update_account(account, version=1, code="borealis-2", email_address="new@borealis.example")
    assert (changed.version, changed.code, changed.name) == (2, "borealis-2", account.name)


def test_changing_to_a_code_in_use_is_refused(make_account):
    make_account("taken")
    with pytest.raises(RuleViolation, match="code “taken” already"):
        update_account(make_account(), version=1, code="taken")


def test_a_stale_version_is_refused_and_says_who_and_when(make_account):
    account = make_account()
    with clock.at(date(2026, 6, 9)):
        update_account(account, version=1, name="First")
    with pytest.raises(StaleVersion, match="2026-06-09 12:00"):
        update_account(account, version=1, name="Second")
    assert Account.objects.get(pk=account.pk).name == "First"


def test_a_child_has_a_parent_from_creation_or_by_edit(make_account):
    parent = make_account("parent")
    born = make_account("born", parent_account=parent)
    adopted = update_account(make_account("adopted"), version=1, parent_account=parent)
    assert {born.parent_account, adopted.parent_account} == {parent}
    assert update_account(adopted, version=2, parent_account=None).parent_account is None


def test_there_are_two_levels_only(make_account):
    parent = make_account("parent")
    child = make_account("child", parent_account=parent)
    with pytest.raises(RuleViolation, match="“Child” is itself a child of “Parent”"):
        make_account("grandchild", parent_account=child)
    with pytest.raises(RuleViolation, match=r"“Parent” has child accounts.*Remove its children first"):
        update_account(parent, version=1, parent_account=make_account("other"))


def test_an_account_is_not_its_own_parent(make_account):
    account = make_account()
    with pytest.raises(RuleViolation, match="its own parent") as refused:
        update_account(account, version=1, parent_account=account)
    assert refused.value.field == "parent_account"


def test_a_parent_is_of_the_same_organization_and_not_deleted(make_account, make_organization):
    stranger = make_account("stranger", within=make_organization("other"))
    with pytest.raises(RuleViolation, match="no such parent account"):
        make_account("child", parent_account=stranger)
    gone = make_account("gone")
    delete_account(gone)
    with pytest.raises(RuleViolation, match="no such parent account"):
        make_account("child", parent_account=gone)


def test_a_parent_has_at_most_the_most_children(make_account, monkeypatch):
    assert hierarchy.MAX_CHILDREN == 999
    monkeypatch.setattr(hierarchy, "MAX_CHILDREN", 2)
    parent = make_account("parent")
    make_account("one", parent_account=parent)
    make_account("two", parent_account=parent)
    with pytest.raises(RuleViolation, match="has 2 child accounts, the most there can be"):
        make_account("three", parent_account=parent)


def test_upper_apps_may_refuse_a_parent(make_account, account_extensions):
    def refuse(parent, day):
        raise RuleViolation(f"{parent.name} has a plan.", field="parent_account")

    parent, other = make_account("parent"), make_account("other")
    account_extensions.parent_checks.append(refuse)
    with pytest.raises(RuleViolation, match="Parent has a plan"):
        make_account("child", parent_account=parent)
    with pytest.raises(RuleViolation, match="Parent has a plan"):
        update_account(other, version=1, parent_account=parent)
    update_account(other, version=1, name="Same parent as before")


def test_removing_a_child_lets_it_stand_by_itself(make_account):
    parent = make_account("parent")
    child = make_account("child", parent_account=parent)
    assert remove_child(child, parent=parent).parent_account is None
    with pytest.raises(RuleViolation, match="not a child of “Parent” any more"):
        remove_child(child, parent=parent)


def test_deleting_frees_the_code_at_once_and_keeps_the_row(make_account):
    old = make_account("borealis")
    delete_account(old, version=1)
    new = make_account("borealis")
    assert new.pk != old.pk
    assert list(Account.objects.all()) == [new]
    assert Account.everyone.get(pk=old.pk).deleted_at is not None


def test_deleting_is_refused_while_children_exist_naming_them(make_account, organization):
    parent = make_account("parent")
    child = make_account("child", parent_account=parent)
    with pytest.raises(Blocked, match=r"“Parent” cannot be deleted yet.*Child account “Child”") as refused:
        delete_account(parent)
    assert [blocker.url for blocker in refused.value.blockers] == [f"/o/acme/accounts/{child.pk}/"]
    delete_account(child)
    delete_account(parent)
    assert not Account.objects.exists()


def test_a_deleted_child_does_not_keep_its_parent_from_becoming_a_child(make_account):
    parent = make_account("parent")
    delete_account(make_account("child", parent_account=parent))
    assert update_account(parent, version=1, parent_account=make_account("top")).parent_account


def test_upper_apps_block_lose_and_forget(make_account, account_extensions):
    account, forgotten = make_account(), []
    account_extensions.on_delete.append(forgotten.append)
    account_extensions.losses.append(lambda pk: ["3 usage measurements go."])
    account_extensions.blockers.append(lambda pk: [Blocker("Plan “Standard”", "/there/")])
    assert losses_of(account) == ["3 usage measurements go."]
    with pytest.raises(Blocked, match="Plan “Standard”"):
        delete_account(account)
    assert forgotten == []
    account_extensions.blockers.clear()
    delete_account(account)
    assert forgotten == [account]


def test_deleting_a_stale_or_deleted_account_is_refused(make_account):
    account = make_account()
    update_account(account, version=1, name="Changed")
    with pytest.raises(StaleVersion):
        delete_account(account, version=1)
    delete_account(account, version=2)
    with pytest.raises(StaleVersion, match="deleted by somebody else"):
        delete_account(account)
    with pytest.raises(StaleVersion, match="deleted by somebody else"):
        update_account(account, version=3, name="Late")


def test_unknown_codes_of_usage_get_skeleton_accounts_and_known_ones_their_id(make_account, organization):
    known = make_account("known")
    ids = skeleton_accounts(organization, ["known", "new", "new", "a" * 80])
    assert ids["known"] == known.pk
    made = Account.objects.get(pk=ids["new"])
    assert (made.name, made.auto_created) == ("new-autocreated", True)
    assert made.email_address.endswith("-autocreated@example.com")
    assert skeleton_accounts(organization, ["new"]) == {"new": made.pk}


def test_codes_that_no_account_may_have_make_none(organization):
    assert skeleton_accounts(organization, ["", " acme", "ac\nme", "a" * 81]) == {}
    assert not Account.objects.exists()


def test_an_organization_may_switch_skeleton_accounts_off(make_account, organization):
    organization.auto_create_accounts = False
    known = make_account("known")
    assert skeleton_accounts(organization, ["known", "new"]) == {"known": known.pk}


def test_a_skeleton_account_is_edited_like_any_other(organization):
    pk = skeleton_accounts(organization, ["new"])["new"]
    edited = update_account(
        Account.objects.get(pk=pk), version=1, name="New Ltd", email_address="a@new.example"
    )
    assert (edited.name, edited.code, edited.version) == ("New Ltd", "new", 2)


def test_creating_names_an_unknown_parent(organization, make_account):
    with pytest.raises(RuleViolation, match="no such parent"):
        create_account(
            organization=organization,
            name="x",
            code="x",
            email_address="a@b.example",
            parent_account=Account(),
        )
