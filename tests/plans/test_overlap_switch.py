"""Switching *allow overlapping plans* off: refused while plans overlap, also against those who attach now."""

import pytest

from m3console.core.configuration import update_organization
from m3console.core.errors import Obstructed, RuleViolation
from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.attachments import attach_plan, update_account_plan
from plans.models import AccountPlan, CoveredProduct
from plans.on_organization import NAMED, overlapping
from plans.overlaps import Overlap
from tests.plans.attaching import FEB, JAN, MAR
from tests.plans.test_attachments_race import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowing(organization):
    return update_organization(organization, version=1, allow_overlapping_plans=True)


def test_it_is_refused_with_the_list_of_overlaps(allowing, shop, sign_in):
    account = shop.account("Borealis")
    attach_plan(account=account, plan=shop.plan("First"), start_date=JAN, end_date=MAR)
    second = attach_plan(account=account, plan=shop.plan("Second"), start_date=FEB)
    attach_plan(account=account, plan=shop.plan("Search", product="Search"), start_date=FEB)
    with pytest.raises(Obstructed, match="Plans overlap, so this cannot be switched off") as refused:
        update_organization(allowing, version=2, allow_overlapping_plans=False)
    assert [(each.text, each.url) for each in refused.value.blockers] == [
        (
            "Borealis: Second from 1 Feb 2026 with no end date overlaps an earlier plan of Storage",
            reverse("plans:attachment_detail", pk=second.pk),
        )
    ]
    assert refused.value.field == "allow_overlapping_plans"
    assert Organization.objects.get().allow_overlapping_plans
    update_account_plan(AccountPlan.objects.get(plan__name="First"), version=1, end_date=FEB)
    assert not update_organization(allowing, version=2, allow_overlapping_plans=False).allow_overlapping_plans
    assert not CoveredProduct.objects.filter(overlap_allowed=True).exists()
    with pytest.raises(Overlap):
        attach_plan(account=account, plan=shop.plan("Third"), start_date=MAR)


def test_of_many_overlaps_the_first_are_named(allowing, shop):
    plan = shop.plan()
    for _ in range(NAMED + 1):
        account = shop.account()
        for start in (JAN, JAN):
            attach_plan(account=account, plan=plan, start_date=start)
    with pytest.raises(Obstructed) as refused:
        update_organization(allowing, version=2, allow_overlapping_plans=False)
    assert len(refused.value.blockers) == NAMED + 1
    assert refused.value.blockers[-1].text == "and others"


def test_the_page_links_the_overlaps_and_saves_nothing(allowing, shop, sign_in):
    account = shop.account("Borealis")
    attach_plan(account=account, plan=shop.plan("First"), start_date=JAN)
    second = attach_plan(account=account, plan=shop.plan("Second"), start_date=FEB)
    names = ("name", "currency", "timezone", "year_epoch", "month_epoch", "week_epoch", "day_epoch",
             "days_before_bill_due", "external_invoice_date", "version")  # fmt: skip
    sent = {name: getattr(allowing, name) for name in names} | {"row-TOTAL_FORMS": 0, "row-INITIAL_FORMS": 0}
    answer = sign_in("administrator").post(reverse("core:organization_edit"), sent | {"name": "Typed"})
    assert answer.status_code == 422
    assert reverse("plans:attachment_detail", pk=second.pk) in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    assert Organization.objects.get().name == "Acme"


def test_touching_days_do_not_overlap(allowing, shop):
    account, plan = shop.account(), shop.plan()
    attach_plan(account=account, plan=plan, start_date=JAN, end_date=FEB)
    attach_plan(account=account, plan=plan, start_date=FEB)
    assert not overlapping(allowing).exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_attaches_while_it_is_switched_off_is_refused_or_has_it_refused(organization, shop):
    for number in range(4):
        fresh = Organization.objects.get()
        fresh = update_organization(fresh, version=fresh.version, allow_overlapping_plans=True)
        account = shop.account()
        attach_plan(account=account, plan=shop.plan("Here"), start_date=JAN)
        plan = shop.plan(f"New {number}")
        attached, switched = at_once(
            [
                lambda account=account, plan=plan: attach_plan(account=account, plan=plan, start_date=FEB),
                lambda fresh=fresh: update_organization(
                    fresh, version=fresh.version, allow_overlapping_plans=False
                ),
            ]
        )
        refused = [isinstance(each, RuleViolation) for each in (attached, switched)]
        assert refused in ([True, False], [False, True])
        now = Organization.objects.get()
        assert now.allow_overlapping_plans is refused[1]
        assert AccountPlan.objects.of_account(account).count() == (1 if refused[0] else 2)
        AccountPlan.objects.of_account(account).delete()
