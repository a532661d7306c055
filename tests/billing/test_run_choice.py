"""Which bills a run makes, and which it takes away."""

from datetime import date

from billing.models import Bill, BillJob, BillJobResult, BillLine, BillStatus
from m3console.core import clock
from plans.models import AccountPlan
from tests.billing.make import AUGUST, JULY, bill_of, customer, run, simple_shop
from tests.core.bulk_pages import chosen


def test_the_latest_bill_only_and_how_many_have_earlier_periods(shop):
    old = customer(shop, "old")
    customer(shop, "new").account_plans.update(start_date=date(2024, 7, 5))
    assert run(shop, until=date(2024, 8, 20)) == {"billed": 2, "earlier_unbilled": 1}
    assert list(old.bills.values_list("bill_date", flat=True)) == [AUGUST]
    assert run(shop, until=date(2024, 8, 20), latest_only=False) == {"billed": 1, "unchanged": 2}
    assert run(shop, until=date(2024, 8, 20)) == {"unchanged": 2}


def test_a_gap_between_bills_is_an_earlier_unbilled_period(shop):
    customer(shop)
    for month in (7, 9):
        run(shop, until=date(2024, month, 1))
    assert run(shop, until=date(2024, 9, 1)) == {"unchanged": 1, "earlier_unbilled": 1}


def test_a_run_filtered_to_another_frequency_bills_nothing(shop):
    customer(shop)
    assert run(shop, billing_frequency="WEEKLY") == {}
    assert run(shop, billing_frequency="MONTHLY") == {"billed": 1}


def test_picked_accounts_are_billed_with_their_whole_hierarchy_and_no_others(shop):
    parent = shop.account("parent")
    picked, sibling = (customer(shop, code, parent_account=parent) for code in ("picked", "sibling"))
    customer(shop, "other")
    assert run(shop, account_ids=[picked.pk]) == {"billed": 2}
    assert {b.account for b in Bill.objects.all()} == {picked, sibling}


def test_a_run_over_no_accounts_is_complete(shop):
    customer(shop)
    assert run(shop, account_ids=[]) == {}
    assert run(shop, until=date(2020, 1, 1)) == {}


def test_a_deleted_accounts_usage_is_never_billed(shop):
    account = customer(shop)
    account.account_plans.all()
    type(account).objects.update(deleted_at=clock.now())
    assert run(shop) == {}


def test_other_organizations_are_not_billed(shop, make_organization):
    other = simple_shop(make_organization("other"))
    customer(other)
    customer(shop)
    assert run(shop) == {"billed": 1}
    assert Bill.objects.get().organization == shop.organization


def test_empty_bills_are_written_unless_the_organization_suppresses_them(shop):
    customer(shop, gb=None)
    shop.organization.suppress_empty_bills = True
    shop.organization.save()
    assert run(shop) == {"suppressed_empty": 1}
    assert not Bill.objects.exists()
    shop.organization.suppress_empty_bills = False
    shop.organization.save()
    assert run(shop) == {"billed": 1}
    assert Bill.objects.get().total == 0


def test_a_pending_bill_that_becomes_empty_goes_where_empty_bills_are_suppressed(shop):
    pending, approved = customer(shop, "pending"), customer(shop, "approved")
    run(shop)
    Bill.objects.filter(account=approved).update(status=BillStatus.APPROVED)
    shop.organization.suppress_empty_bills = True
    shop.organization.save()
    shop.pricing.delete()
    assert run(shop) == {"suppressed_empty": 1, "unchanged": 1}
    assert Bill.objects.get().account == approved
    assert not BillLine.objects.filter(account_id=pending.pk).exists()


def test_a_pending_bill_on_a_date_that_bills_nothing_any_more_goes(shop):
    moved, approved = customer(shop, "moved"), customer(shop, "approved")
    run(shop)
    Bill.objects.filter(account=approved).update(status=BillStatus.APPROVED)
    AccountPlan.objects.update(bill_epoch=date(2024, 6, 20))
    assert run(shop, until=date(2024, 7, 20)) == {"billed": 2, "earlier_unbilled": 2}
    dates = dict(Bill.objects.filter(bill_date=JULY).values_list("account__code", "status"))
    assert dates == {"approved": "APPROVED"}
    result = BillJobResult.objects.get(account=moved, job=bill_of(moved, date(2024, 7, 20)).job)
    assert "2024-07-01" in result.reason


def test_a_pending_bill_of_an_attachment_that_was_taken_off_goes(shop):
    account = customer(shop)
    run(shop)
    account.account_plans.get().covered.all().delete()
    account.account_plans.all().delete()
    run(shop)
    assert not Bill.objects.exists()
    assert BillJobResult.objects.last().outcome == "BILLED"


def test_accounts_chosen_in_their_list_are_filled_into_the_form_of_a_run(shop, sign_in):
    client, one, other = sign_in("operator"), customer(shop, "one"), customer(shop, "other")
    customer(shop, "third")
    asked = client.post("/o/acme/bills/run/selected/", chosen(one, other))
    form = asked.context["form"]
    assert sorted(form.initial["accounts"].split()) == ["one", "other"]
    assert 'action="/o/acme/bills/run/"' in asked.content.decode()
    client.post(asked.context["action_url"], form.initial | {"periods": "latest"})
    assert BillJob.objects.get().account_ids == sorted([one.pk, other.pk])


def test_a_run_of_nothing_chosen_is_not_a_run_of_everything(shop, sign_in):
    client = sign_in("operator")
    customer(shop)
    asked = client.post("/o/acme/bills/run/selected/", chosen())
    assert "Nothing is chosen" in asked.content.decode()
    assert 'action="/o/acme/bills/run/"' not in asked.content.decode()
    listed = client.get("/o/acme/accounts/").context["listing"].bulk.actions
    assert [act["label"] for act in listed] == ["Run billing", "Edit fields", "Delete"]
