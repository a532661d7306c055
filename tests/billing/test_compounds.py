"""Compound aggregations from measurements to the bill: totals, working, measurements, what stays (spec 7)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import BillLine
from m3console.core.billed import bills_made_with
from m3console.core.errors import RuleViolation
from m3console.core.links import reverse
from plans import services
from plans.models import Pricing
from tests.billing.make import Shop, bill_of, run

EU, US = {"region": "eu"}, {"region": "us"}


@pytest.fixture
def shop(organization):
    made = Shop(organization)
    made.calls = made.meter("calls", n="MEASURE", region="WHERE", user="METADATA")
    made.std = made.plan()
    return made


def compound(shop, calculation, **fields):
    return services.create_compound_aggregation(
        organization=shop.organization, name="Mix", code="mix", calculation=calculation, unit="mix", **fields
    )


def price(shop, compound, unit_price="1"):
    return shop.create(
        Pricing, plan=shop.std, compound_aggregation=compound, start_date=date(2024, 1, 1), cumulative=True,
        lower_limits=[Decimal(0)], fixed_prices=[Decimal(0)], unit_prices=[Decimal(unit_price)],
    )  # fmt: skip


def used(shop, *rows):
    """An account's calls in June 2024: (day, n, region, user)."""
    account = shop.account()
    shop.attach(account, shop.std)
    shop.use(
        shop.calls,
        *(
            (account, f"2024-06-{day:02}T12:00Z", {"n": n, "region": region, "user": user})
            for day, n, region, user in rows
        ),
    )
    return account


ROWS = [(5, 50, "us", "ada"), (6, 40, "eu", "ada"), (7, 1000, "ap", "bob"), (4, 90, "eu", "cyd")]


@pytest.mark.parametrize(
    ("method", "field", "total"),
    [
        ("SUM", "n", 180),
        ("COUNT", "n", 3),
        ("MIN", "n", 40),
        ("MAX", "n", 90),
        ("MEAN", "n", 60),
        ("LATEST", "n", 40),
        ("UNIQUE", "user", 2),
    ],
)
def test_the_total_of_a_segmented_aggregation_is_that_of_what_its_segments_take(shop, method, field, total):
    shop.aggregation(shop.calls, field, method, code="seg", segmented_fields=["region"], segments=[EU, US])
    price(shop, compound(shop, "aggregation.seg"))
    account = used(shop, *ROWS)
    run(shop)
    assert bill_of(account).total == total


def test_a_custom_field_that_is_changed_changes_the_next_bill(shop):
    shop.aggregation(shop.calls, "n", code="n_sum")
    mix = compound(shop, "aggregation.n_sum * customFields.rate", custom_fields={"rate": Decimal("0.5")})
    price(shop, mix)
    account = used(shop, (5, 50, "us", "ada"))
    run(shop)
    assert bill_of(account).total == 25
    services.update_compound_aggregation(mix, version=1, custom_fields={"rate": Decimal(2)})
    run(shop)
    assert bill_of(account).total == 100


def test_a_calculation_without_an_answer_fails_the_account_and_says_where(shop):
    shop.aggregation(shop.calls, "n", code="n_sum")
    price(shop, compound(shop, "1 / (aggregation.n_sum - 50)"))
    used(shop, (5, 50, "us", "ada"))
    [reason] = run(shop)["failed"].values()
    assert (
        "Compound aggregation “Mix” cannot be calculated. Line 1, column 3: This divides by zero." in reason
    )


def test_a_bill_shows_what_went_into_a_calculation_down_to_the_measurements(shop, sign_in):
    shop.aggregation(shop.calls, "n", code="seg", segmented_fields=["region"], segments=[EU, US])
    shop.aggregation(shop.calls, "user", "UNIQUE", code="users", default_value=Decimal(1))
    price(shop, compound(shop, "aggregation.seg / aggregation.users", quantity_per_unit=2, rounding="UP"))
    account = used(shop, *ROWS)
    run(shop)
    line = BillLine.objects.get()
    assert (line.quantity, line.units, line.unit, line.meter_id) == (60, 30, "mix", None)
    assert line.labels["aggregation"] == {"code": "mix", "name": "Mix"}
    client, bill = sign_in("viewer"), bill_of(account)
    working = " ".join(
        client.get(reverse("billing:bill_line", pk=bill.pk, line=line.pk)).content.decode().split()
    )
    assert "aggregation.seg / aggregation.users" in working
    assert '?of=seg">3 measurements</a>' in working
    assert '?of=users">4 measurements</a>' in working
    assert reverse("plans:compound_aggregation_detail", pk=line.aggregation_id) in working
    counted = reverse("billing:line_measurements", pk=bill.pk, line=line.pk)
    assert client.get(f"{counted}?of=seg").context["listing"].count == "3"
    assert client.get(f"{counted}?of=users").context["listing"].count == "4"
    assert client.get(counted).status_code == 404
    assert client.get(f"{counted}?of=mix").status_code == 404


def test_what_a_bill_was_calculated_from_stays(shop):
    aggregation = shop.aggregation(shop.calls, "n", code="n_sum")
    mix = compound(shop, "aggregation.n_sum")
    price(shop, mix)
    account = used(shop, (5, 50, "us", "ada"))
    run(shop)
    reference = bill_of(account).reference
    field = shop.calls.data_fields.get(code="n")
    for thing in (mix, aggregation, field):
        [bill] = bills_made_with(thing._meta.label_lower, thing.pk)
        assert reference in bill.text
    with pytest.raises(RuleViolation, match="The method cannot change any more"):
        services.update_aggregation(aggregation, version=1, method="MAX")
    with pytest.raises(RuleViolation, match="The calculation cannot change any more"):
        services.update_compound_aggregation(mix, version=1, calculation="aggregation.n_sum * 2")
