"""Prices in words, and what a plan's own pricings replace."""

from datetime import date
from decimal import Decimal

import pytest

from plans.models import Pricing
from plans.pricing_types import SHAPES, PricingType, type_of
from plans.segments import segment_text
from plans.views.pricing_rows import replaced_text
from plans.wording import price_text, sentences, status_of
from tests.plans.catalogue import bands

T, V, S, CT, CV = PricingType
ONE = bands(("0", "5", "0.15"))
TWO = bands(("0", "5", "0"), ("1000", "7", "0.07"))
THREE = bands(("0", "1", "3"), ("10", "2", "2"), ("20.5", "4", "1"))


@pytest.mark.parametrize(
    ("kind", "rows", "text"),
    [
        (T, ONE, "0.15 per GB"),
        (S, ONE, "5.00"),
        (CV, ONE, "5.00 + 0.15 per GB"),
        (T, bands(("0", "0", "0")), "free"),
        (T, TWO, "0 to 1,000 free, then 0.07 per GB"),
        (V, TWO, "0 to 1,000 free, over it all at 0.07 per GB"),
        (T, bands(("0", "0", "2"), ("9", "0", "1")), "2.00 up to 9, then 1.00 per GB"),
        (S, TWO, "5.00, over 1,000 all at 7.00"),
        (T, THREE, "3.00 to 1.00 per GB in 3 bands"),
        (CT, THREE, "1.00 + 3.00 to 4.00 + 1.00 per GB in 3 bands"),
    ],
)
def test_a_price_in_one_line(kind, rows, text):
    assert price_text(kind, rows, "GB") == text


@pytest.mark.parametrize(
    ("kind", "rows", "said"),
    [
        (T, ONE, ["Any quantity of GB: 0.15 USD each."]),
        (V, ONE, ["Any quantity of GB: 0.15 USD for every GB."]),
        (S, TWO, ["Up to 1,000 GB: 5.00 USD in all.", "Over 1,000 GB: 7.00 USD in all."]),
        (CT, TWO, ["The first 1,000 GB: 5.00 USD in all.", "Over 1,000 GB: 7.00 USD, and 0.07 USD each."]),
        (
            T,
            THREE,
            [
                "The first 10 GB: 3.00 USD each.",
                "Over 10 and up to 20.5 GB: 2.00 USD each.",
                "Over 20.5 GB: 1.00 USD each.",
            ],
        ),
        (CV, bands(("0", "0", "0")), ["Any quantity of GB: free."]),
    ],
)
def test_bands_in_sentences(kind, rows, said):
    assert sentences(kind, rows, "GB", "USD") == said


@pytest.mark.parametrize("kind", PricingType)
def test_the_type_that_bands_show_as_is_the_one_they_were_made_with(kind):
    shape = SHAPES[kind]
    price = {True: Decimal(2), False: Decimal(0)}
    assert kind == type_of(
        cumulative=shape.cumulative, fixed_prices=[price[shape.fixed]], unit_prices=[price[shape.unit]]
    )


def test_a_pricing_is_pending_active_or_ended_by_its_exclusive_end():
    pricing = Pricing(start_date=date(2024, 2, 1), end_date=date(2024, 3, 1))
    days = {date(2024, 1, 31): "PENDING", date(2024, 2, 1): "ACTIVE", date(2024, 2, 29): "ACTIVE"}
    days[date(2024, 3, 1)] = "ENDED"
    assert {day: status_of(pricing, day) for day in days} == days


def price(start: str, end: str | None = None) -> Pricing:
    return Pricing(start_date=date.fromisoformat(start), end_date=date.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ([], ""),
        ([price("2023-01-01", "2024-01-01")], ""),
        ([price("2024-01-01")], "replaced"),
        ([price("2023-01-01", "2024-05-01"), price("2024-05-01")], "replaced"),
        ([price("2024-03-01", "2024-04-01")], "replaced 1 – 31 Mar 2024"),
        ([price("2024-03-01")], "replaced from 1 Mar 2024"),
        (
            [price("2024-06-01", "2024-07-01"), price("2024-02-01", "2024-03-01")],
            "replaced 1 – 29 Feb 2024, 1 – 30 Jun 2024",
        ),
    ],
)
def test_the_days_on_which_a_plans_own_prices_replace_its_templates(own, text):
    assert replaced_text(price("2024-01-01"), own) == text


def test_segments_are_read_in_the_order_of_the_aggregations_fields():
    assert segment_text({"size": "*", "region": "eu"}, ["region", "size"]) == "region eu, size any"
    assert segment_text({}, ["region"]) == "everything else"
