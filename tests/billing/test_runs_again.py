"""Billing again: what stays as it was, and what gets its next revision."""

from decimal import Decimal

from billing.models import Bill, BillJob, BillJobResult, BillRevision, BillStatus, JobStatus
from billing.services.jobs import create_job, run_job
from m3console.core import clock
from tests.billing.make import JULY, bill_of, customer, lines_of, run


def test_a_second_run_changes_nothing(shop):
    customer(shop)
    customer(shop, "zed", gb=None)
    assert run(shop) == {"billed": 2}
    before = list(Bill.objects.order_by("id").values())
    assert run(shop) == {"unchanged": 2}
    assert list(Bill.objects.order_by("id").values()) == before
    assert BillRevision.objects.count() == 2


def test_a_job_that_is_over_adds_nothing_when_it_is_run_again(shop):
    customer(shop)
    job = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    first = run_job(job)
    shop.use(shop.disk, (shop.account("new"), "2024-06-10T00:00Z", {"gb": 1}))
    assert run_job(job) == first
    assert BillJobResult.objects.count() == 1


def test_late_usage_makes_the_next_revision_of_a_pending_bill(shop):
    account = customer(shop, gb=50, purchase_order_number="old")
    run(shop)
    first = bill_of(account)
    shop.use(shop.disk, (account, "2024-06-11T00:00Z", {"gb": 7}))
    type(account).objects.update(purchase_order_number="new", name="Renamed")
    assert run(shop) == {"billed": 1}
    bill = bill_of(account)
    assert (bill.pk, bill.revision, bill.version) == (first.pk, 2, 2)
    assert (bill.total, bill.watermark, bill.status) == (Decimal("5.70"), 2, "PENDING")
    assert (bill.account_name, bill.purchase_order_number) == ("Renamed", "old")
    assert [r.total for r in bill.revisions.order_by("number")] == [Decimal("5.00"), Decimal("5.70")]
    assert [x.subtotal for x in lines_of(first)] == [Decimal("5.00")]
    assert run(shop) == {"unchanged": 1}


def test_an_approved_bill_is_reopened_only_if_its_lines_change(shop):
    same, late = customer(shop, "same"), customer(shop, "late")
    run(shop)
    Bill.objects.update(status=BillStatus.APPROVED)
    shop.use(shop.disk, (late, "2024-06-11T00:00Z", {"gb": 7}))
    assert run(shop) == {"unchanged": 1, "billed": 1}
    assert (bill_of(same).status, bill_of(late).status) == ("APPROVED", "PENDING")


def test_a_locked_bill_is_left_alone_and_listed(shop):
    account = customer(shop)
    run(shop)
    Bill.objects.update(status=BillStatus.APPROVED)
    Bill.objects.update(locked_at=clock.now())
    before = Bill.objects.values().get()
    shop.use(shop.disk, (account, "2024-06-11T00:00Z", {"gb": 7}))
    assert run(shop) == {"skipped_locked": 1}
    assert Bill.objects.values().get() == before


def test_what_a_later_run_has_rated_an_earlier_one_leaves_alone(shop):
    """A job that was interrupted counts fewer measurements than the one that ran meanwhile."""
    account = customer(shop)
    early = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    BillJob.objects.filter(pk=early.pk).update(status=JobStatus.RUNNING, watermark=1, accounts_total=1)
    early.items.create(account_ids=[account.pk])
    shop.use(shop.disk, (account, "2024-06-11T00:00Z", {"gb": 7}))
    run(shop)
    assert run_job(early).unchanged == 1
    assert (bill_of(account).total, bill_of(account).revision) == (Decimal("5.70"), 1)
