"""Which bills have the same content hash, and which do not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.hashing import content_hash
from tests.engine.make import (
    make_aggregation,
    make_attachment,
    make_bill,
    make_pricing,
)


def rated(**changes):
    n = make_aggregation()
    attachment = make_attachment("2024-06-01", None, make_pricing(n), charge="10")
    return make_bill([attachment], usage={n: "7"})


def test_the_content_hash_is_the_same_for_the_same_content():
    bill = rated()
    assert content_hash(bill) == content_hash(bill)
    assert len(content_hash(bill)) == 64
    line = replace(bill.lines[0], subtotal=Decimal("10.000"), explanation={})
    renamed = replace(bill.account, name="erased", code="gone")
    assert content_hash(replace(bill, lines=(line, *bill.lines[1:]), account=renamed)) == content_hash(bill)


@pytest.mark.parametrize(
    "change",
    [
        {"subtotal": Decimal("10.01")},
        {"description": "other"},
        {"start": date(2024, 6, 2)},
        {"quantity": Decimal(8)},
        {"segment": ()},
        {"bands": ()},
        {"rate": Decimal(2)},
        {"pricing_id": None},
        {"aggregation": None},
        {"meter": None},
    ],
)
def test_the_content_hash_changes_with_every_line(change):
    bill = rated()
    changed = replace(bill, lines=(bill.lines[0], replace(bill.lines[1], **change)))
    assert content_hash(changed) != content_hash(bill)


@pytest.mark.parametrize(
    "change",
    [
        {"total": Decimal(1)},
        {"currency": "EUR"},
        {"bill_date": date(2024, 8, 1)},
        {"lines": ()},
        {"interval": 3},
    ],
)
def test_the_content_hash_changes_with_the_bill(change):
    bill = rated()
    assert content_hash(replace(bill, **change)) != content_hash(bill)


def test_a_bill_with_problems_has_no_content_hash():
    with pytest.raises(ValueError, match="no conversion from EUR to USD"):
        content_hash(make_bill([make_attachment(charge="1", currency="EUR")]))


def test_rating_again_and_in_another_order_gives_the_same_bill():
    n, other = make_aggregation(), make_aggregation("other")
    first = make_attachment("2024-06-01", None, make_pricing(n), make_pricing(other), charge="1")
    second = make_attachment("2024-06-10", None, make_pricing(n), charge="1", code="b")
    swapped = replace(first, pricings=first.pricings[::-1])
    usage = {n: 3, other: 4}
    bills = [make_bill(order, usage=usage) for order in ([first, second], [second, first], [second, swapped])]
    assert bills[0] == bills[1]
    assert len({content_hash(bill) for bill in bills}) == 1
