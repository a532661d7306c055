"""What bills say to a change of whose child an account is (spec 1, Parent and child accounts)."""

from datetime import UTC, date, datetime

import pytest

from accounts.memberships import MembershipChange, foretold, proposed_day
from accounts.models import ChildMembership
from accounts.services import remove_child, update_account
from billing.models import Bill
from billing.scenario.playing import play
from m3console.core.errors import RuleViolation
from tests.billing.make import bill_of, customer, run, simple_shop

pytestmark = pytest.mark.django_db
JUNE, JULY = date(2024, 6, 15), date(2024, 7, 1)


@pytest.fixture
def shop(organization, on):
    on(date(2024, 7, 20))
    return simple_shop(organization)


@pytest.fixture
def family(shop):
    """A parent with a child that is billed by a plan of its own until the end of June."""
    parent = shop.account("zed", name="Zed")
    child = customer(shop, "bob", parent_account=parent)
    run(shop)
    return parent, child


def lock(account):
    Bill.objects.filter(account=account).update(status="APPROVED", locked_at=datetime(2024, 7, 3, tzinfo=UTC))


def test_the_first_day_that_no_bill_reaches_is_proposed(shop, family):
    parent, child = family
    assert proposed_day(child, before=parent, after=None) == JULY
    assert proposed_day(shop.account("ann"), before=None, after=child) == JULY


def test_a_day_inside_a_locked_bill_is_refused_naming_it(family):
    parent, child = family
    lock(child)
    with pytest.raises(RuleViolation) as no:
        remove_child(child, parent=parent, day=JUNE)
    reference = bill_of(child).reference
    assert no.value.field == "parent_from"
    assert no.value.message == (
        f"Bill {reference} of Bob for 1 – 30 Jun 2024 is locked, so its days stay as they are."
        " Choose 1 Jul 2024 or a later day."
    )
    remove_child(child, parent=parent, day=JULY)


def test_a_locked_bill_keeps_an_account_from_having_been_a_child_all_along(shop):
    child = customer(shop, "bob")
    run(shop)
    lock(child)
    parent = shop.account("zed")
    with pytest.raises(RuleViolation, match="is locked, so its days stay as they are"):
        update_account(child, version=1, parent_account=parent, parent_from=None)
    update_account(child, version=1, parent_account=parent)
    assert ChildMembership.objects.get().start_date == JULY


def test_what_follows_names_the_bills_that_change_and_who_gets_bills(family):
    parent, child = family
    told = [f"{one.text} {one.why}".strip() for one in foretold(MembershipChange(child, parent, None, JUNE))]
    reference, june = bill_of(child).reference, "1 – 30 Jun 2024"
    assert told == [
        "“Bob” stands by itself from 15 Jun 2024 on; it keeps usage and plans.",
        "“Bob” gets the bills of its own plans itself: Std.",
        f"Bills with days from then on are rated anew by the next run: {reference} of Bob, {june} (pending).",
    ]
    told = [one.text for one in foretold(MembershipChange(child, parent, None, JULY))]
    assert told[-1] == "No bill that is there changes."


def test_a_scenario_removes_children_from_a_day():
    account = {"emailAddress": "ap@zed.example"}
    scenario = {
        "name": "n",
        "today": "2024-08-02",
        "accounts": [
            {"code": "zed", "name": "Zed", **account},
            {"code": "bob", "name": "Bob", "parentAccount": "zed", **account},
        ],
        "steps": [
            {"removeChild": {"account": "bob", "date": "2024-07-01"}},
            {"removeChild": {"account": "bob", "date": "2024-08-01"}},
        ],
    }
    assert play(scenario)["errors"] == [{"step": 1, "message": "There is no child account “bob”."}]
