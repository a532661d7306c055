"""Two people at once: one wins, the other reads a sentence; nothing deadlocks."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connection

from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from m3console.core.organizations import create_organization
from plans import services
from plans.models import Meter, Pricing, Product
from tests.plans.catalogue import (
    GB,
    REGION,
    a_meter,
    a_plan,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


@pytest.fixture
def shop() -> Organization:
    return create_organization(slug="shop", name="Shop")


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts in threads that start together; what each was refused with, "" for those that won."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            start.wait()
            act()
        except RuleViolation as refusal:
            return refusal.message
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(timeout=60) for each in [pool.submit(run, act) for act in acts]]


def test_of_pricings_that_overlap_one_is_made_and_the_others_name_it(shop: Organization) -> None:
    aggregation = an_aggregation(a_meter(shop))
    template = a_template(a_product(shop))
    for number in range(ROUNDS):
        plan = a_plan(template, f"plan{number}")
        starts = [date(2024, 1, 1 + each) for each in range(4)]
        answers = at_once(*(partial(a_pricing, aggregation, plan, start_date=on) for on in starts))
        assert answers.count("") == 1, answers
        assert all("already has a pricing of gb_sum" in answer for answer in answers if answer)
    assert Pricing.objects.count() == ROUNDS


def test_codes_are_taken_once(shop: Organization) -> None:
    answers = at_once(*(partial(a_product, shop, "storage") for _ in range(4)))
    assert sorted(answers) == ["", *["Another product has the code “storage” already."] * 3]


def test_what_is_being_used_is_not_deleted_and_what_is_deleted_is_not_used(shop: Organization) -> None:
    for number in range(ROUNDS):
        product = a_product(shop, f"product{number}")
        deleted, made = at_once(
            partial(services.delete_product, product),
            partial(a_meter, shop, f"meter{number}", product=product),
        )
        assert (deleted == "") != (made == ""), (deleted, made)
        assert "is used" in deleted or "does not exist any more" in made
        assert (
            Product.objects.filter(pk=product.pk).exists() == Meter.objects.filter(product=product).exists()
        )


def test_a_segment_is_not_taken_away_while_it_is_being_priced(shop: Organization) -> None:
    meter, template = a_meter(shop), a_template(a_product(shop))
    for number in range(ROUNDS):
        aggregation = an_aggregation(
            meter, f"a{number}", segmented_fields=["region"], segments=[{"region": "eu"}, {}]
        )
        plan = a_plan(template, f"plan{number}")
        at_once(
            partial(services.update_aggregation, aggregation, version=1, segments=[{}]),
            partial(a_pricing, aggregation, plan, segment={"region": "eu"}),
        )
        aggregation.refresh_from_db()
        for pricing in Pricing.objects.filter(aggregation=aggregation):
            assert pricing.segment in aggregation.segments


def test_a_field_is_not_taken_away_while_it_is_being_aggregated(shop: Organization) -> None:
    for number in range(ROUNDS):
        meter = a_meter(shop, f"meter{number}", data_fields=[GB, {**GB, "code": "bytes"}, REGION])
        removed, made = at_once(
            partial(services.update_meter, meter, version=1, data_fields=[GB, REGION]),
            partial(an_aggregation, meter, f"a{number}", target_field="bytes"),
        )
        assert (removed == "") != (made == ""), (removed, made)
