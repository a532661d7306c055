"""Counters on real bills: what is written, what another level does to it, what a locked bill refuses."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from billing.counter_changes import counted_on
from billing.effects import attachment_effects
from billing.exports.scenario_shape import bill_as_dict
from billing.models import Bill
from m3console.core import clock
from m3console.core.errors import RuleViolation
from m3console.core.links import reverse
from plans import services
from plans.adjustments import (
    create_counter_adjustment,
    delete_counter_adjustment,
    update_counter_adjustment,
)
from plans.models import AccountPlan, Counter, CounterAdjustment, CounterPricing
from tests.billing.make import AUGUST, JULY, Shop, bill_of, lines_of, run

JUNE = date(2024, 6, 1)


@pytest.fixture
def shop(organization):
    """A plan that prices seats at 2 each, 3 over 20, in arrears."""
    shop = Shop(organization)
    shop.std = shop.plan()
    shop.seats = shop.create(Counter, product=shop.product, name="Seats", code="seats", unit="seat")
    shop.counted = shop.create(
        CounterPricing,
        plan=shop.std,
        counter=shop.seats,
        start_date=date(2020, 1, 1),
        cumulative=True,
        lower_limits=[Decimal(0), Decimal(20)],
        fixed_prices=[Decimal(0), Decimal(0)],
        unit_prices=[Decimal(2), Decimal(3)],
        running_total_bill_in_advance=False,
    )
    shop.acme = shop.account()
    shop.attach(shop.acme, shop.std, code="acme-std")
    return shop


def adjust(shop, day, value, **more):
    return create_counter_adjustment(
        account=shop.acme, counter=shop.seats, date=date.fromisoformat(day), value=value, **more
    )


def approve(bill, *, lock=False):
    Bill.objects.filter(pk=bill.pk).update(status="APPROVED", locked_at=clock.now() if lock else None)


def test_a_line_of_a_counter_refers_to_it_and_to_its_pricing(shop):
    adjust(shop, "2024-06-16", 18)
    adjust(shop, "2024-07-10", 25)
    run(shop, AUGUST)
    total, debit = lines_of(bill_of(shop.acme, AUGUST))
    assert (total.type, total.subtotal, total.units, total.unit) == (
        "COUNTER_RUNNING_TOTAL_CHARGE", Decimal("36.00"), 18, "seat",
    )  # fmt: skip
    assert (debit.type, debit.subtotal) == ("COUNTER_ADJUSTMENT_DEBIT", Decimal("13.48"))
    assert {(line.counter_id, line.pricing_id) for line in (total, debit)} == {
        (shop.seats.pk, shop.counted.pk)
    }
    shown = bill_as_dict(bill_of(shop.acme, AUGUST), [total, debit], {"USD": 2})["lines"]
    assert [line["counter"] for line in shown] == ["seats", "seats"]
    assert shown[0]["bands"] == [{"lowerLimit": "0", "units": "18", "subtotal": "36"}]
    assert shown[1]["bands"] == []


def test_a_run_again_changes_nothing(shop):
    adjust(shop, "2024-06-16", 18)
    run(shop, AUGUST, latest_only=False)
    assert run(shop, AUGUST, latest_only=False) == {"unchanged": 2}


def test_the_working_of_counter_lines_is_worded(shop, sign_in):
    adjust(shop, "2024-06-16", 18)
    adjust(shop, "2024-07-10", 0)
    run(shop, AUGUST)
    client = sign_in("viewer")
    bill = bill_of(shop.acme, AUGUST)
    page = "".join(
        client.get(reverse("billing:bill_line", pk=bill.pk, line=line.pk)).text for line in lines_of(bill)
    )
    told = " ".join(strip_tags(page).split())
    assert "Seats at the beginning of 1 Jul 2024, set on 16 Jun 2024" in told
    assert "Seats from 18 to 0 on 10 Jul 2024" in told
    assert "0: costs nothing" in told
    assert "less that of the old one, 36.00" in told
    assert reverse("plans:counter_pricing_detail", pk=shop.counted.pk) in page
    assert client.get(reverse("billing:bill_detail", pk=bill.pk)).status_code == 200


def test_a_running_total_in_advance_is_billed_from_the_start_and_given_back_after_an_early_end(shop, sign_in):
    services.update_counter_pricing(shop.counted, version=1, running_total_bill_in_advance=True)
    adjust(shop, "2024-05-20", 18)
    run(shop, JULY, latest_only=False)
    assert list(Bill.objects.order_by("bill_date").values_list("bill_date", "total")) == [
        (JUNE, Decimal(36)),
        (JULY, Decimal(36)),
    ]
    approve(bill_of(shop.acme, JULY))
    AccountPlan.objects.update(end_date=date(2024, 7, 11))
    run(shop, AUGUST, latest_only=False)
    assert bill_of(shop.acme, JULY).status == "APPROVED"
    bill = bill_of(shop.acme, AUGUST)
    [line] = lines_of(bill)
    assert (line.type, line.subtotal) == ("COUNTER_RUNNING_TOTAL_CHARGE", Decimal("-24.39"))
    page = sign_in("viewer").get(reverse("billing:bill_line", pk=bill.pk, line=line.pk)).text
    assert "was charged for" in page


def test_a_new_attachment_foretells_the_bill_of_its_start(shop):
    """A level that it inherits on a boundary is due in advance that day."""
    services.update_counter_pricing(shop.counted, version=1, running_total_bill_in_advance=True)
    adjust(shop, "2024-06-16", 18)
    draft = AccountPlan(
        organization=shop.organization, account=shop.acme, plan=shop.std, start_date=date(2030, 6, 1)
    )
    first, *_ = attachment_effects(draft)
    assert first.text.startswith("First bill on 1 Jun 2030")


def test_what_is_not_prorated_says_so(shop, sign_in):
    services.update_counter_pricing(shop.counted, version=1, pro_rate_adjustment_debit=False)
    adjust(shop, "2024-06-16", 18)
    run(shop, JULY)
    bill = bill_of(shop.acme)
    [line] = lines_of(bill)
    told = sign_in("viewer").get(reverse("billing:bill_line", pk=bill.pk, line=line.pk)).text
    assert "Charged whole: it is not prorated by days" in told


def test_a_pending_bill_is_rated_again_by_the_next_run_and_the_form_says_so(shop, sign_in):
    adjust(shop, "2024-06-16", 18)
    run(shop, JULY)
    url = reverse("plans:counter_adjustment_create", pk=shop.acme.pk)
    typed = {"step": "preview", "counter": str(shop.seats.pk), "date": "2024-06-21", "value": "20"}
    told = sign_in().post(url, typed, HTTP_HX_REQUEST="true").text
    assert f"Bill {bill_of(shop.acme).reference} of 1 Jul 2024, pending, changes." in told
    assert "The next run rates it again." in told
    adjust(shop, "2024-06-21", 20)
    run(shop, JULY)
    bill = bill_of(shop.acme)
    assert (bill.revision, bill.total) == (2, Decimal("19.33"))


def test_an_approved_bill_loses_its_approval_and_the_form_says_so(shop):
    adjust(shop, "2024-06-16", 18)
    run(shop, JULY)
    approve(bill_of(shop.acme))
    adjust(shop, "2024-06-21", 20)
    run(shop, JULY)
    assert bill_of(shop.acme).status == "PENDING"


@pytest.fixture
def locked(shop):
    """June's bill is locked, with 18 seats from 16 June on."""
    first = adjust(shop, "2024-06-16", 18)
    run(shop, JULY)
    approve(bill_of(shop.acme), lock=True)
    return first


@pytest.mark.parametrize("day", ["2024-05-01", "2024-06-01", "2024-06-20", "2024-06-30"])
def test_an_adjustment_inside_a_locked_period_is_refused(shop, locked, day):
    with pytest.raises(RuleViolation, match="of 1 Jul 2024 is locked and counts Seats") as refusal:
        adjust(shop, day, 30)
    assert refusal.value.field == "date"
    assert [blocker.url for blocker in refusal.value.blockers] == [
        reverse("billing:bill_detail", pk=bill_of(shop.acme).pk)
    ]
    assert adjust(shop, "2024-07-01", 30).value == 30


def test_a_locked_adjustment_is_neither_changed_nor_moved_nor_deleted(shop, locked):
    for change in ({"value": 20}, {"date": AUGUST}):
        with pytest.raises(RuleViolation, match="is locked"):
            update_counter_adjustment(locked, version=1, **change)
    with pytest.raises(RuleViolation, match="is locked"):
        delete_counter_adjustment(locked)
    kept = update_counter_adjustment(locked, version=1, purchase_order_number="PO-7")
    assert (kept.value, kept.purchase_order_number) == (18, "PO-7")


def test_a_later_one_is_not_moved_into_a_locked_period(shop, locked):
    later = adjust(shop, "2024-07-10", 20)
    with pytest.raises(RuleViolation, match="is locked"):
        update_counter_adjustment(later, version=1, date=date(2024, 6, 10))


def test_deleting_in_the_browser_names_the_locked_bill(shop, locked, sign_in):
    client, url = sign_in(), reverse("plans:counter_adjustment_delete", pk=locked.pk)
    assert "is locked and counts Seats" in client.get(url).text
    client.post(url)
    assert CounterAdjustment.objects.filter(pk=locked.pk).exists()


def test_a_level_between_two_others_only_counts_until_the_next(shop):
    """Before a locked August nothing of July is locked: what July's levels do ends where the next begins."""
    adjust(shop, "2024-06-01", 5)
    adjust(shop, "2024-07-01", 9)
    run(shop, AUGUST, latest_only=False)
    approve(bill_of(shop.acme, AUGUST), lock=True)
    draft = CounterAdjustment(
        organization=shop.organization, account=shop.acme, counter=shop.seats, date=date(2024, 6, 10), value=7
    )
    assert [bill.bill_date for bill in counted_on(None, draft)] == [JULY, AUGUST]
    draft.date = date(2024, 7, 2)
    assert [bill.bill_date for bill in counted_on(None, draft)] == [AUGUST]


def test_a_bill_of_another_frequency_counts_no_level(shop):
    run(shop, JULY)
    bill = bill_of(shop.acme)
    Bill.objects.filter(pk=bill.pk).update(frequency_interval=3, status="APPROVED", locked_at=clock.now())
    assert adjust(shop, "2024-06-16", 18).value == 18


def test_a_counter_pricing_with_lines_is_not_deleted(shop):
    adjust(shop, "2024-06-16", 18)
    run(shop, JULY)
    with pytest.raises(services.InUse, match="bill INV-"):
        services.delete_counter_pricing(shop.counted)
    with pytest.raises(services.InUse):
        services.delete_counter(shop.seats)


def test_loading_takes_the_same_queries_however_many_accounts(shop, django_assert_max_num_queries):
    from billing.inputs import load_inputs

    def queries(accounts):
        with django_assert_max_num_queries(9):
            return load_inputs(shop.organization, accounts)

    adjust(shop, "2024-06-16", 18)
    more = [shop.account(f"a{number}") for number in range(5)]
    for account in more:
        shop.attach(account, shop.std)
        create_counter_adjustment(account=account, counter=shop.seats, date=JUNE, value=3)
    queries([shop.acme.pk])
    loaded = queries([shop.acme.pk, *(account.pk for account in more)])
    assert {len(each.attachments[0].adjustments) for each in loaded.accounts.values()} == {1}
