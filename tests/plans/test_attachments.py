"""Attaching, changing and deleting: what is refused, and in which words."""

from datetime import date

import pytest

from accounts.services import remove_child
from m3console.core import clock
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.registry import Blocker, extensions
from plans.attachments import attach_plan, delete_account_plan, refuse_parent_with_plan, update_account_plan
from plans.models import AccountPlan, CoveredProduct
from plans.models.attachments import AttachmentStatus
from tests.plans.attaching import APR, FEB, JAN, JUN, MAR, MAY, Shop

pytestmark = pytest.mark.django_db


def days(attachment):
    return list(CoveredProduct.objects.filter(account_plan=attachment).values_list("start_date", "end_date"))


def test_an_attachment_covers_its_plans_product_on_its_days(shop):
    plan = shop.plan()
    attachment = attach_plan(account=shop.account(), plan=plan, start_date=JAN, end_date=MAR)
    covered = CoveredProduct.objects.get()
    assert (covered.account_plan, covered.product) == (attachment, plan.plan_template.product)
    assert (covered.account_id, covered.start_date, covered.end_date) == (attachment.account_id, JAN, MAR)
    assert covered.overlap_allowed is False


@pytest.mark.parametrize("end", [JAN, date(2025, 12, 31)])
def test_an_end_on_or_before_the_start_is_refused(shop, end):
    account, plan = shop.account(), shop.plan()
    with pytest.raises(RuleViolation, match="The end date must be after the start date") as refusal:
        attach_plan(account=account, plan=plan, start_date=JAN, end_date=end)
    assert refusal.value.field == "end_date"
    with pytest.raises(RuleViolation, match="The end date must be after the start date"):
        attach_plan(account=account, plan=plan, start_date=JAN, end_date=end, end_current=True)
    attachment = attach_plan(account=account, plan=plan, start_date=JAN)
    with pytest.raises(RuleViolation, match="The end date must be after the start date"):
        update_account_plan(attachment, version=1, end_date=end)
    assert days(attachment) == [(JAN, None)]


def test_another_organizations_plan_is_refused(shop, make_organization):
    foreign = Shop(make_organization("other")).plan()
    with pytest.raises(RuleViolation, match="no such plan in this organization") as refusal:
        attach_plan(account=shop.account(), plan=foreign, start_date=JAN)
    assert refusal.value.field == "plan"
    assert not AccountPlan.objects.exists()


def test_a_plan_deleted_meanwhile_is_refused(shop):
    account, plan = shop.account(), shop.plan()
    type(plan).objects.filter(pk=plan.pk).delete()
    with pytest.raises(RuleViolation, match="no such plan in this organization"):
        attach_plan(account=account, plan=plan, start_date=JAN)


def test_a_deleted_account_gets_no_plan(shop):
    account = shop.account()
    type(account).everyone.filter(pk=account.pk).update(deleted_at=clock.now())
    with pytest.raises(RuleViolation, match="This account has been deleted"):
        attach_plan(account=account, plan=shop.plan(), start_date=JAN)


@pytest.mark.parametrize(
    ("frequency", "epoch"),
    [
        ("DAILY", "day_epoch"),
        ("WEEKLY", "week_epoch"),
        ("MONTHLY", "month_epoch"),
        ("ANNUALLY", "year_epoch"),
        ("AD_HOC", "day_epoch"),
    ],
)
def test_a_plan_of_any_frequency_can_be_attached_and_counts_from_its_epoch(shop, frequency, epoch):
    plan = shop.plan("Plan", bill_frequency=frequency)
    attached = attach_plan(account=shop.account(), plan=plan, start_date=JAN)
    assert attached.anchor == getattr(shop.organization, epoch)


def test_an_account_with_children_gets_no_plan_but_its_child_does(shop):
    parent = shop.account("Parent")
    child = shop.account("Child", parent_account=parent)
    with pytest.raises(
        RuleViolation, match=r"Parent has child accounts, Child among them.*Attach the plan to each"
    ):
        attach_plan(account=parent, plan=shop.plan(), start_date=JAN)
    assert attach_plan(account=child, plan=shop.plan(), start_date=JAN).account == child


def test_an_ended_attachment_of_a_parent_may_get_fewer_days_but_not_more(shop, on):
    on(JUN)
    parent = shop.account("Parent")
    attachment = attach_plan(account=parent, plan=shop.plan(), start_date=JAN, end_date=APR)
    shop.account("Child", parent_account=parent)
    shorter = update_account_plan(attachment, version=1, end_date=MAR)
    for longer in ({"end_date": None}, {"end_date": MAY}, {"start_date": date(2025, 12, 1)}):
        with pytest.raises(RuleViolation, match="Parent has child accounts"):
            update_account_plan(shorter, version=2, **longer)


@pytest.mark.parametrize("start", [JAN, JUN])
def test_an_account_with_an_active_or_pending_plan_cannot_become_a_parent(shop, on, start):
    on(FEB)
    account = shop.account("Borealis")
    attach_plan(account=account, plan=shop.plan("Standard"), start_date=start)
    with pytest.raises(
        RuleViolation, match=r"Borealis has the plan Standard attached from 1 \w+ 2026 with no end"
    ) as no:
        refuse_parent_with_plan(account)
    assert no.value.field == "parent_account"
    assert "End or delete that attachment first" in no.value.message


def test_an_account_whose_plans_have_ended_can_become_a_parent(shop, on):
    on(FEB)
    account = shop.account()
    attach_plan(account=account, plan=shop.plan(), start_date=JAN, end_date=FEB)
    refuse_parent_with_plan(account)


def test_children_from_a_day_on_are_refused_while_a_plan_has_days_from_then_on(shop, on):
    on(MAY)
    account = shop.account("Borealis")
    attach_plan(account=account, plan=shop.plan("Standard"), start_date=JAN, end_date=APR)
    with pytest.raises(RuleViolation) as no:
        refuse_parent_with_plan(account, MAR)
    assert no.value.message == (
        "Borealis has the plan Standard attached from 1 Jan 2026 to 31 Mar 2026, so it cannot get child"
        " accounts from 1 Mar 2026 on. Choose 1 Apr 2026 or a later day, or end or delete that attachment"
        " first, or attach the plan to each child account."
    )
    refuse_parent_with_plan(account, APR)


def test_a_former_parent_gets_plans_for_the_days_when_it_has_no_children(shop):
    parent = shop.account("Parent")
    child = shop.account("Child", parent_account=parent)
    remove_child(child, parent=parent, day=MAR)
    with pytest.raises(RuleViolation, match="Child among them until 28 Feb 2026, so no plan"):
        attach_plan(account=parent, plan=shop.plan(), start_date=FEB)
    assert attach_plan(account=parent, plan=shop.plan(), start_date=MAR).account == parent


def test_the_refusal_of_parents_is_what_accounts_ask(shop):
    assert refuse_parent_with_plan in extensions("accounts.account").parent_checks


def test_a_code_belongs_to_one_attachment_of_an_organization(shop):
    attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN, code="acme-1")
    second = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN, code="")
    assert second.code is None
    with pytest.raises(
        RuleViolation, match="Another plan attachment has the code “acme-1” already"
    ) as refusal:
        update_account_plan(second, version=1, code="acme-1")
    assert refusal.value.field == "code"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("child_billing_mode", "NOBODY", "Account hierarchy billing mode: "),
        ("code", " padded", "Code: A code has no space at its beginning or end"),
        ("code", "x" * 81, "Code: Ensure this value has at most 80 characters"),
        ("start_date", date(1899, 12, 31), "Choose a day from 1900 to 2999"),
        ("end_date", date(3000, 1, 1), "Choose a day from 1900 to 2999"),
        ("bill_epoch", date(9999, 12, 31), "Choose a day from 1900 to 2999"),
    ],
)
def test_every_field_is_checked_when_attaching_and_when_changing(shop, field, value, sentence):
    account, plan = shop.account(), shop.plan()
    attachment = attach_plan(account=account, plan=plan, start_date=JAN)
    for refused in (
        lambda: attach_plan(account=account, plan=plan, **{"start_date": MAR, field: value}),
        lambda: update_account_plan(attachment, version=1, **{field: value}),
    ):
        with pytest.raises(RuleViolation, match=sentence) as refusal:
            refused()
        assert refusal.value.field == field


def test_a_billing_cycle_date_may_lie_anywhere(shop):
    plan = shop.plan()
    for epoch in (date(1999, 2, 28), date(2040, 12, 31)):
        assert (
            attach_plan(account=shop.account(), plan=plan, start_date=JAN, bill_epoch=epoch).bill_epoch
            == epoch
        )


def test_changing_dates_moves_the_days_covered(shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=FEB)
    changed = update_account_plan(
        attachment, version=1, start_date=JAN, end_date=MAR, bill_epoch=FEB, code="c"
    )
    assert (changed.start_date, changed.end_date, changed.bill_epoch, changed.code) == (JAN, MAR, FEB, "c")
    assert changed.version == 2
    assert days(changed) == [(JAN, MAR)]


def test_a_change_read_from_an_older_version_is_refused(shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=FEB)
    update_account_plan(attachment, version=1, end_date=MAY)
    with pytest.raises(StaleVersion, match="Changed by the system"):
        update_account_plan(attachment, version=1, end_date=MAR)
    assert days(attachment) == [(FEB, MAY)]


def test_plan_and_account_of_an_attachment_never_change(shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=FEB)
    with pytest.raises(TypeError, match="cannot change plan"):
        update_account_plan(attachment, version=1, plan=shop.plan())


def test_a_deleted_attachment_leaves_its_days_free(shop):
    account, plan = shop.account(), shop.plan()
    delete_account_plan(attach_plan(account=account, plan=plan, start_date=JAN))
    assert not CoveredProduct.objects.exists()
    attach_plan(account=account, plan=plan, start_date=JAN)


def test_what_was_changed_since_it_was_read_is_not_deleted(shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN)
    update_account_plan(attachment, version=1, end_date=MAR)
    with pytest.raises(StaleVersion):
        delete_account_plan(attachment, version=1)
    delete_account_plan(attachment, version=2)
    with pytest.raises(StaleVersion, match="deleted by somebody else"):
        delete_account_plan(attachment)
    with pytest.raises(StaleVersion, match="deleted by somebody else"):
        update_account_plan(attachment, version=2, end_date=None)


def test_an_attachment_with_bill_lines_is_not_deleted_and_the_bills_are_named(shop, monkeypatch):
    attachment = attach_plan(account=shop.account(), plan=shop.plan("Standard"), start_date=JAN)
    bills = [Blocker(f"INV-{number}") for number in range(1, 8)]
    monkeypatch.setattr(
        extensions("plans.accountplan"), "blockers", [lambda pk: bills if pk == attachment.pk else []]
    )
    with pytest.raises(RuleViolation) as refusal:
        delete_account_plan(attachment)
    assert refusal.value.message == (
        "Standard cannot be deleted, as bills have lines of it: INV-1, INV-2, INV-3, INV-4, INV-5 and 2 more."
        " End-date it instead."
    )
    assert days(attachment) == [(JAN, None)]


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2025, 12, 31), AttachmentStatus.PENDING),
        (JAN, AttachmentStatus.ACTIVE),
        (date(2026, 2, 28), AttachmentStatus.ACTIVE),
        (MAR, AttachmentStatus.INACTIVE),
    ],
)
def test_the_status_is_that_of_the_day_asked_for(shop, day, status):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN, end_date=MAR)
    ours = AccountPlan.objects.of_account(attachment.account)
    assert attachment.status(day) is status
    assert ours.current(day).exists() is (status is not AttachmentStatus.INACTIVE)
    assert ours.previous(day).exists() is (status is AttachmentStatus.INACTIVE)
    assert ours.active(day).exists() is (status is AttachmentStatus.ACTIVE)


def test_every_act_is_in_the_history(shop):
    attachment = attach_plan(account=shop.account(), plan=shop.plan(), start_date=JAN)
    update_account_plan(attachment, version=1, end_date=MAR)
    delete_account_plan(attachment)
    told = AccountPlan.pgh_event_model.objects.filter(pgh_obj_id=attachment.pk).order_by("pgh_id")
    acts = [event.pgh_context.metadata["action"] for event in told.select_related("pgh_context")]
    assert acts == [f"plan_attachment.{verb}" for verb in ("created", "updated", "deleted")]
