"""Whose child an account is, day by day (spec 1, Parent and child accounts)."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.hierarchy import children_with_days
from accounts.memberships import MembershipChange, foretold, proposed_day
from accounts.models import MAX_CHILDREN, Account, ChildMembership
from accounts.services import delete_account, remove_child, update_account
from m3console.core.errors import RuleViolation, StaleVersion, constraint_of
from m3console.core.ids import uuid7
from m3console.core.links import acting_in
from m3console.core.registry import Effect
from tests.accounts.test_races import at_once

JUNE, JULY, AUGUST, TODAY = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1), date(2026, 7, 20)


@pytest.fixture(autouse=True)
def _alone(account_extensions, on):
    on(TODAY)


@pytest.fixture
def family(make_account):
    parent = make_account("parent")
    return parent, make_account("child", parent_account=parent)


def days(child):
    rows = ChildMembership.objects.filter(child=child).order_by("end_date")
    return [(row.parent.code, row.start_date, row.end_date) for row in rows]


def refused(act):
    with pytest.raises(RuleViolation) as no:
        act()
    return no.value


def test_a_parent_given_on_creation_holds_from_the_beginning(family):
    assert days(family[1]) == [("parent", None, None)]


def test_a_parent_set_later_holds_from_the_day_given(make_account):
    parent, child = make_account("parent"), make_account("child")
    update_account(child, version=1, parent_account=parent, parent_from=JULY)
    assert days(child) == [("parent", JULY, None)]


def test_a_removed_child_was_one_until_the_day_before(family):
    parent, child = family
    assert remove_child(child, parent=parent, day=JULY).parent_account is None
    assert days(child) == [("parent", None, JULY)]
    assert ChildMembership.objects.get().last_day == date(2026, 6, 30)
    assert "not a child of “Parent” any more" in refused(lambda: remove_child(child, parent=parent)).message


def test_a_child_moves_from_one_parent_to_another_on_a_day(family, make_account):
    child = update_account(family[1], version=1, parent_account=make_account("other"), parent_from=JULY)
    assert child.parent_account.code == "other"
    assert days(child) == [("parent", None, JULY), ("other", JULY, None)]


def test_a_membership_that_ends_as_it_begins_has_never_been(make_account):
    parent, child = make_account("parent"), make_account("child")
    child = update_account(child, version=1, parent_account=parent, parent_from=JULY)
    sentence = refused(lambda: remove_child(child, parent=parent, day=JUNE)).message
    assert sentence == (
        "“Child” is a child of “Parent” from 1 Jul 2026 on only. Choose 1 Jul 2026 or a later day."
    )
    remove_child(child, parent=parent, day=JULY)
    assert days(child) == []


def test_a_child_that_comes_back_before_it_has_left_has_never_left(family):
    parent, child = family
    child = remove_child(child, parent=parent, day=AUGUST)
    update_account(child, version=2, parent_account=parent, parent_from=TODAY)
    assert days(child) == [("parent", None, None)]


def test_a_child_of_another_until_later_is_told_from_when_it_is_free(family, make_account):
    child = remove_child(family[1], parent=family[0], day=AUGUST)
    other = make_account("other")
    for day in (None, TODAY):
        no = refused(lambda day=day: update_account(child, version=2, parent_account=other, parent_from=day))
        assert no.field == "parent_from"
        assert no.message == (
            "“Child” is a child of “Parent” until 31 Jul 2026. Choose 1 Aug 2026 or a later day."
        )


def test_two_levels_hold_on_days_to_come(family, make_account):
    parent, child = family
    child = remove_child(child, parent=parent, day=AUGUST)
    low = make_account("low")
    no = refused(lambda: update_account(low, version=1, parent_account=child, parent_from=JULY))
    assert "“Child” is itself a child of “Parent” until 31 Jul 2026" in no.message
    no = refused(lambda: update_account(parent, version=1, parent_account=low, parent_from=JULY))
    assert "“Parent” has the child account “Child” until 31 Jul 2026" in no.message
    update_account(low, version=1, parent_account=child, parent_from=AUGUST)
    assert days(low) == [("child", AUGUST, None)]


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(3000, 1, 1)])
def test_a_day_beyond_what_is_billed_is_refused(family, day):
    no = refused(lambda: remove_child(family[1], parent=family[0], day=day))
    assert (no.field, no.message) == ("parent_from", "Choose a day from 1900 to 2999.")


def test_who_leaves_is_asked_for_a_day(family):
    no = refused(lambda: remove_child(family[1], parent=family[0], day=None))
    assert no.message == "Choose the day from which “Child” is no longer a child of “Parent”."


def test_the_day_proposed_is_the_first_unbilled_for_both(family, account_extensions, make_account):
    parent, child = family
    assert proposed_day(child, before=parent, after=None) == TODAY
    assert proposed_day(make_account("other"), before=None, after=parent) is None
    asked = []
    account_extensions.first_unbilled.append(lambda ids: asked.append(set(ids)) or JULY)
    assert proposed_day(child, before=parent, after=None) == JULY
    assert asked == [{parent.pk, child.pk}]
    remove_child(child, parent=parent)
    assert days(child) == [("parent", None, JULY)]


def test_upper_apps_refuse_a_day_and_say_what_follows(family, account_extensions):
    parent, child = family

    def check(change):
        if change.day == JUNE:
            raise RuleViolation("Bill 7 is locked.", field="parent_from")

    account_extensions.membership_checks.append(check)
    account_extensions.membership_effects.append(lambda change: [Effect("Bill 8 changes.")])
    assert refused(lambda: remove_child(child, parent=parent, day=JUNE)).message == "Bill 7 is locked."
    told = foretold(MembershipChange(child, parent, None, JULY))
    assert [effect.text for effect in told] == [
        "“Child” stands by itself from 1 Jul 2026 on; it keeps usage and plans.",
        "Bill 8 changes.",
    ]
    told = foretold(MembershipChange(child, parent, None, JUNE))
    assert [(effect.text, effect.warning) for effect in told] == [("Bill 7 is locked.", True)]


def test_a_stale_removal_changes_nothing(family):
    with pytest.raises(StaleVersion):
        remove_child(family[1], parent=family[0], day=JULY, version=7)
    assert days(family[1]) == [("parent", None, None)]


def test_children_of_now_and_later_stand_apart_from_former_ones(family, make_account):
    parent, child = family
    later = update_account(make_account("later"), version=1, parent_account=parent, parent_from=AUGUST)
    leaving = make_account("leaving", parent_account=parent)
    remove_child(leaving, parent=parent, day=AUGUST)
    remove_child(child, parent=parent, day=JULY)
    rows = {one.code: (one.child_from, one.child_until) for one in children_with_days(parent)}
    assert rows == {later.code: (AUGUST, None), "leaving": (None, AUGUST)}


def test_a_deleted_account_takes_its_memberships_along(family):
    delete_account(family[1])
    assert not ChildMembership.objects.exists()


def test_a_parent_of_a_child_that_is_still_to_leave_is_not_deleted(family):
    remove_child(family[1], parent=family[0], day=AUGUST)
    assert "Child account “Child”" in refused(lambda: delete_account(family[0])).message


def raw(sql, *values):
    """The constraint that refuses a statement of raw SQL, in a transaction of its own."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.execute("set constraints all immediate")
    except IntegrityError as no:
        return constraint_of(no)
    return "none"


INSERT = (
    "insert into accounts_childmembership (id, organization_id, child_id, parent_id, start_date, end_date)"
    " values (%s, %s, %s, %s, %s, %s)"
)


def insert(child, parent, start, end, organization=None):
    return raw(INSERT, uuid7(), organization or child.organization_id, child.pk, parent.pk, start, end)


def test_the_database_refuses_what_no_family_may_be(family, make_account, make_organization):
    parent, child = family
    other, low = make_account("other"), make_account("low")
    remove_child(child, parent=parent, day=JULY)
    assert insert(child, other, JUNE, AUGUST) == "one_parent_at_a_time"
    assert insert(low, child, JUNE, AUGUST) == "membership_two_levels"
    assert insert(parent, low, None, JULY) == "membership_two_levels"
    assert insert(low, low, None, JULY) == "membership_of_two"
    assert insert(low, other, JULY, JULY) == "membership_ends_after_start"
    assert insert(low, other, JULY, None) == "membership_is_of_account"
    strange = make_organization("strange")
    with acting_in(strange):
        stranger = make_account("stranger", within=strange)
    assert insert(low, stranger, JUNE, JULY).endswith("_same_organization")


def test_the_database_holds_an_accounts_parent_to_its_membership(family, make_account):
    parent, child = family
    other = make_account("other")
    held = {"account_parent_has_membership", "membership_is_of_account"}
    by_account = "update accounts_account set parent_account_id = %s where id = %s"
    assert raw(by_account, other.pk, child.pk) in held
    assert raw(by_account, None, child.pk) in held
    assert raw(by_account, parent.pk, other.pk) in held
    end = "update accounts_childmembership set end_date = %s"
    assert raw(end, JULY) in held
    assert raw("delete from accounts_childmembership") in held


def test_a_thousandth_child_is_refused_by_service_and_database(family, make_account, organization):
    parent, _ = family
    given = {"organization": organization, "email_address": "c@c.example"}
    children = [
        Account(name=f"Child {n}", code=f"child-{n}", parent_account=parent, **given)
        for n in range(MAX_CHILDREN - 1)
    ]
    with transaction.atomic():
        Account.objects.bulk_create(children)
        ChildMembership.objects.bulk_create(
            ChildMembership(organization=organization, child=one, parent=parent) for one in children
        )
    no = refused(lambda: make_account("one-more", parent_account=parent))
    assert no.message == "“Parent” has 999 child accounts, the most there can be."
    extra = make_account("extra")
    assert insert(extra, parent, JULY, AUGUST) == "membership_most_children"
    remove_child(children[0], parent=parent, day=JULY)
    assert insert(extra, parent, JUNE, AUGUST) == "membership_most_children"
    update_account(extra, version=1, parent_account=parent, parent_from=JULY)


@pytest.mark.django_db(transaction=True)
def test_the_last_place_among_the_children_is_given_once(make_account, monkeypatch):
    from accounts import hierarchy

    monkeypatch.setattr(hierarchy, "MAX_CHILDREN", 1)
    for code in ("one", "two", "three"):
        parent, first, second = (make_account(f"{code}-{n}") for n in range(3))
        outcomes = at_once(
            lambda parent=parent, first=first: update_account(first, version=1, parent_account=parent),
            lambda parent=parent, second=second: update_account(second, version=1, parent_account=parent),
        )
        assert outcomes.count(None) == 1
        assert parent.children.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_inserts_by_raw_sql_at_once_do_not_make_three_levels(make_account):
    for code in ("one", "two", "three", "four"):
        top, middle, low = (make_account(f"{code}-{level}") for level in ("top", "middle", "low"))

        def write(child, parent):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    values = (uuid7(), child.organization_id, child.pk, parent.pk, JUNE, JULY)
                    cursor.execute(INSERT, values)
            except IntegrityError as no:
                raise RuleViolation(constraint_of(no)) from None

        outcomes = at_once(
            lambda middle=middle, top=top, write=write: write(middle, top),
            lambda middle=middle, low=low, write=write: write(low, middle),
        )
        assert [str(one) for one in outcomes if one] == ["membership_two_levels"]
