"""Bill jobs: what they count, cancelled ones, who ran them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Bill, BillJob, JobStatus
from billing.services import account_bills
from billing.services.jobs import cancel_job, create_job, run_job
from m3console.core.audit import Actor, acting_as
from m3console.core.errors import RuleViolation
from tests.billing.make import JULY, bill_of, customer, run


def test_usage_ingested_while_a_run_goes_on_is_counted_by_the_next(shop, monkeypatch):
    account = customer(shop, gb=50)
    measured = account_bills.AccountRun.windows

    def meanwhile(self):
        shop.use(shop.disk, (account, "2024-06-12T00:00Z", {"gb": 9}))
        return measured(self)

    monkeypatch.setattr(account_bills.AccountRun, "windows", meanwhile)
    run(shop)
    assert (bill_of(account).total, bill_of(account).watermark) == (Decimal("5.00"), 1)
    monkeypatch.undo()
    run(shop)
    assert (bill_of(account).total, bill_of(account).watermark) == (Decimal("5.90"), 2)


def test_a_cancelled_job_bills_nothing_more_and_cannot_be_cancelled_twice(shop):
    customer(shop)
    job = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    cancel_job(job)
    assert run_job(job).status == "CANCELLED"
    assert not Bill.objects.exists()
    with pytest.raises(RuleViolation, match="over already"):
        cancel_job(job)


@pytest.mark.parametrize("options", [{"bill_date": date(9999, 1, 1)}, {"billing_frequency": "HOURLY"}])
def test_a_run_needs_a_sensible_date_and_a_known_frequency(shop, options):
    with pytest.raises(RuleViolation):
        create_job(**{"organization": shop.organization, "bill_date": JULY, "foreground": True, **options})


def test_history_says_who_ran_billing_and_in_which_job(shop, make_user):
    customer(shop)
    user = make_user()
    with acting_as(Actor(source="console", user_id=user.pk, name="Olga")):
        run(shop)
    with connection.cursor() as cursor:
        cursor.execute(
            "select metadata from billing_billevent join pghistory_context c on c.id = pgh_context_id"
        )
        (metadata,) = cursor.fetchone()
    assert '"action": "bills.run"' in str(metadata).replace("'", '"')
    bill = Bill.objects.get()
    assert (bill.created_by, bill.updated_by, bill.job.created_by) == (user, user, user)
    assert str(bill.job_id) in str(metadata)


def test_a_chunk_takes_as_many_queries_as_a_single_account(shop, django_assert_max_num_queries):

    counts = []
    for number in (1, 40):
        for each in range(number):
            customer(shop, f"of{number}-{each}")
        job = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
        BillJob.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING, watermark=99)
        job.items.create(account_ids=sorted(shop.std.account_plans.values_list("account_id", flat=True)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run_job(job)
        counts.append(len(queries))
    assert counts[0] == counts[1]
