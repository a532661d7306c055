"""No two plans of one product on an account on the same day, and the offer to end the current one."""

from datetime import date

import pytest

from m3console.core.models import Organization
from plans.attachments import attach_plan, update_account_plan
from plans.models import AccountPlan, CoveredProduct
from plans.overlaps import Overlap
from tests.plans.attaching import APR, FEB, JAN, JUN, MAR, MAY

pytestmark = pytest.mark.django_db


def refused(**fields):
    before = list(AccountPlan.objects.order_by("pk").values_list("pk", "version", "end_date"))
    with pytest.raises(Overlap) as refusal:
        attach_plan(**fields)
    assert list(AccountPlan.objects.order_by("pk").values_list("pk", "version", "end_date")) == before
    assert refusal.value.field == "start_date"
    return refusal.value


def test_touching_ends_do_not_overlap(shop):
    account, plan = shop.account(), shop.plan()
    attach_plan(account=account, plan=plan, start_date=FEB, end_date=MAR)
    attach_plan(account=account, plan=plan, start_date=MAR, end_date=APR)
    attach_plan(account=account, plan=plan, start_date=JAN, end_date=FEB)
    assert CoveredProduct.objects.count() == 3


def test_other_products_and_other_accounts_do_not_overlap(shop):
    account, plan = shop.account(), shop.plan()
    attach_plan(account=account, plan=plan, start_date=JAN)
    attach_plan(account=account, plan=shop.plan("Vector Scale", product="Search"), start_date=JAN)
    attach_plan(account=shop.account(), plan=plan, start_date=JAN)


def test_an_overlap_names_the_attachment_its_days_and_the_fix(shop):
    account = shop.account()
    current = attach_plan(account=account, plan=shop.plan("Standard"), start_date=JAN)
    clash = refused(account=account, plan=shop.plan("Scale"), start_date=date(2026, 6, 15))
    assert clash.message == (
        "Standard is attached from 1 Jan 2026 with no end date, and only one plan of Storage can be active on"
        " a day. End the current attachment on 15 Jun 2026, or choose days that are free."
    )
    assert clash.clashes == [current]
    assert clash.can_end_current


def test_one_shared_day_is_an_overlap(shop):
    account, plan = shop.account(), shop.plan("Standard")
    attach_plan(account=account, plan=plan, start_date=JAN, end_date=MAR)
    clash = refused(account=account, plan=plan, start_date=date(2026, 2, 28))
    assert "Standard is attached from 1 Jan 2026 to 28 Feb 2026" in clash.message


def test_ending_the_current_attachment_lets_the_new_one_in_in_one_step(shop):
    account = shop.account()
    current = attach_plan(account=account, plan=shop.plan(), start_date=JAN)
    new = attach_plan(account=account, plan=shop.plan("Scale"), start_date=MAR, end_current=True)
    current.refresh_from_db()
    assert (current.end_date, current.version) == (MAR, 2)
    assert sorted(CoveredProduct.objects.values_list("start_date", "end_date", "account_plan")) == [
        (JAN, MAR, current.pk),
        (MAR, None, new.pk),
    ]


def test_only_the_attachment_that_the_person_saw_is_ended(shop):
    account = shop.account()
    first = attach_plan(account=account, plan=shop.plan("First"), start_date=JAN)
    second = attach_plan(account=account, plan=shop.plan("Second"), start_date=FEB, end_current=first.pk)
    clash = refused(account=account, plan=shop.plan("Third"), start_date=APR, end_current=first.pk)
    assert clash.current == second
    attach_plan(account=account, plan=shop.plan("Third"), start_date=APR, end_current=second.pk)


def test_ending_the_current_attachment_without_one_just_attaches(shop):
    attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN, end_current=True)


def test_an_attachment_that_starts_later_cannot_be_ended_on_the_new_start(shop):
    account, plan = shop.account(), shop.plan("Standard")
    attach_plan(account=account, plan=plan, start_date=MAR)
    for end_current in (False, True):
        clash = refused(account=account, plan=plan, start_date=FEB, end_current=end_current)
        assert not clash.can_end_current
        assert clash.message.endswith(
            "Standard starts after 1 Feb 2026, so it cannot be ended on that day."
            " End the new attachment on or before 1 Mar 2026, or change Standard first."
        )


def test_an_attachment_that_starts_on_the_same_day_cannot_be_ended_on_it(shop):
    account, plan = shop.account(), shop.plan("Standard")
    attach_plan(account=account, plan=plan, start_date=MAR)
    clash = refused(account=account, plan=plan, start_date=MAR, end_current=True)
    assert not clash.can_end_current
    assert (
        "Standard starts on the same day, so it cannot be ended on it: change or delete it first"
        in clash.message
    )


def test_the_offer_is_not_made_if_a_third_attachment_would_stay_in_the_way(shop):
    account = shop.account()
    attach_plan(account=account, plan=shop.plan("Now"), start_date=JAN, end_date=APR)
    attach_plan(account=account, plan=shop.plan("Later"), start_date=APR)
    clash = refused(account=account, plan=shop.plan("Third"), start_date=FEB, end_date=JUN, end_current=True)
    assert not clash.can_end_current
    assert [attachment.plan.name for attachment in clash.clashes] == ["Now", "Later"]
    assert clash.message == (
        "Now is attached from 1 Jan 2026 to 31 Mar 2026 and Later is attached from 1 Apr 2026 with no end"
        " date, and only one plan of Storage can be active on a day. Ending Now on 1 Feb 2026 would leave"
        " Later in the way. End the new attachment on or before 1 Apr 2026, or change Later first."
    )
    attach_plan(account=account, plan=shop.plan("Third"), start_date=FEB, end_date=APR, end_current=True)


def test_a_change_of_dates_cannot_make_an_overlap(shop):
    account = shop.account()
    first = attach_plan(account=account, plan=shop.plan("First"), start_date=JAN, end_date=FEB)
    attach_plan(account=account, plan=shop.plan("Second"), start_date=MAR)
    with pytest.raises(Overlap, match="Second is attached from 1 Mar 2026"):
        update_account_plan(first, version=1, end_date=None)
    changed = update_account_plan(first, version=1, end_date=MAR)
    assert changed.end_date == MAR


def test_an_attachment_does_not_overlap_with_itself(shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN, end_date=MAR)
    assert update_account_plan(attachment, version=1, start_date=FEB, end_date=APR).end_date == APR


def allow_overlaps(organization, allowed):
    Organization.objects.filter(pk=organization.pk).update(allow_overlapping_plans=allowed)


def test_overlaps_are_accepted_where_the_organization_allows_them(shop, organization):
    allow_overlaps(organization, True)
    account, plan = shop.account(), shop.plan()
    attach_plan(account=account, plan=plan, start_date=JAN)
    attach_plan(account=account, plan=plan, start_date=JAN)


def test_what_overlapped_while_it_was_allowed_stands_in_the_way_afterwards(shop, organization):
    allow_overlaps(organization, True)
    account = shop.account()
    one = attach_plan(account=account, plan=shop.plan("One"), start_date=JAN)
    attach_plan(account=account, plan=shop.plan("Two"), start_date=FEB)
    allow_overlaps(organization, False)
    clash = refused(account=account, plan=shop.plan("Three"), start_date=MAR, end_current=True)
    assert [attachment.plan.name for attachment in clash.clashes] == ["One", "Two"]
    assert clash.message.endswith(
        "Ending one of them on 1 Mar 2026 would leave the other in the way: end them first."
    )
    update_account_plan(one, version=1, end_date=MAY)
    update_account_plan(one, version=2, code="kept")
    with pytest.raises(Overlap):
        update_account_plan(one, version=3, end_date=JUN)
