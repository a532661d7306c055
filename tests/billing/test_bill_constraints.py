"""What the database refuses, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from billing.models import Bill, BillLine, BillRevision, BillStatus
from m3console.core import clock
from m3console.core.models import Currency
from tests.billing.make import Shop, customer, run


def test_the_database_refuses_to_change_or_delete_a_locked_bill(shop):
    customer(shop)
    run(shop)
    Bill.objects.update(status=BillStatus.APPROVED)
    Bill.objects.update(locked_at=clock.now())
    for refused in (lambda: Bill.objects.update(total=1), lambda: Bill.objects.get().delete()):
        with pytest.raises(IntegrityError, match="locked bill"), transaction.atomic():
            refused()


def test_the_database_refuses_to_change_a_line(shop):
    customer(shop)
    run(shop)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        BillLine.objects.update(subtotal=1)


def test_the_database_refuses_a_revision_whose_lines_do_not_sum_to_its_total(shop):
    customer(shop)
    run(shop)

    def falsify():
        BillRevision.objects.update(total=6)
        connection.check_constraints()

    with pytest.raises(DatabaseError, match="lines sum to"), transaction.atomic():
        falsify()


def test_the_database_refuses_a_second_bill_of_the_same_key(shop):
    customer(shop)
    run(shop)
    bill = Bill.objects.get()
    bill.pk = None
    with pytest.raises(IntegrityError, match="bill_once_per_key"), transaction.atomic():
        bill.save(force_insert=True)


def test_a_currency_that_never_needs_rounding_fails_the_account_that_does(organization):
    shop = Shop(organization)
    Currency.objects.filter(organization=organization, code="USD").update(rounding_mode="UNNECESSARY")
    disk = shop.disk = shop.meter()
    shop.std = shop.plan()
    shop.price(shop.std, shop.aggregation(disk), "0.001")
    customer(shop, gb=1)
    assert "rounding" in run(shop)["failed"]["acme"]
