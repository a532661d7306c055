"""Nothing of the catalogue that is used can be deleted; the refusal lists where."""

from datetime import date
from typing import Any

import pytest

from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions
from plans import services
from plans.models import Aggregation, Meter, Plan, Pricing, Product
from tests.plans.catalogue import (
    GB,
    REGION,
    SIZE,
    a_counter,
    a_counter_pricing,
    a_meter,
    a_pricing,
    a_product,
    a_template,
    an_aggregation,
    refused,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)


@pytest.fixture
def billed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let an upper layer say that a bill was made with something of a kind."""

    def say(kind: str) -> None:
        monkeypatch.setattr(extensions(kind), "blockers", [lambda pk: [Blocker("bill INV-1", "/bill/")]])

    return say


@pytest.mark.parametrize(
    "kind",
    ["product", "meter", "aggregation", "counter", "plantemplate", "plan", "pricing", "counterpricing"],
)
def test_what_an_upper_layer_uses_is_not_deleted(
    kind: str, organization: Organization, plan: Plan, billed: Any
) -> None:
    alone = a_product(organization, "alone")
    aggregation = an_aggregation(a_meter(organization))
    pricing = a_pricing(aggregation, plan)
    delete = {
        "product": lambda: services.delete_product(alone),
        "meter": lambda: services.delete_meter(a_meter(organization, "unused")),
        "aggregation": lambda: services.delete_aggregation(an_aggregation(aggregation.meter, "unused")),
        "plantemplate": lambda: services.delete_plan_template(a_template(alone, "unused")),
        "plan": lambda: services.delete_plan(plan),
        "pricing": lambda: services.delete_pricing(pricing),
        "counter": lambda: services.delete_counter(a_counter(organization, "unused")),
        "counterpricing": lambda: services.delete_counter_pricing(
            a_counter_pricing(a_counter(organization), plan)
        ),
    }
    billed(f"plans.{kind}")
    with pytest.raises(services.InUse, match="is used: bill INV-1") as refusal:
        delete[kind]()
    assert [blocker.url for blocker in refusal.value.blockers] == ["/bill/"]


def test_a_plan_stays_while_a_bill_was_made_with_one_of_its_pricings(
    aggregation: Aggregation, plan: Plan, billed: Any
) -> None:
    a_pricing(aggregation, plan)
    billed("plans.pricing")
    with pytest.raises(services.InUse, match="bill INV-1"):
        services.delete_plan(plan)
    assert Pricing.objects.filter(plan=plan).exists()


def test_a_field_that_holds_usage_stays(meter: Meter, billed: Any) -> None:
    billed("plans.datafield")
    with refused("data_fields", "“user” cannot be removed: bill INV-1"):
        services.update_meter(meter, version=1, data_fields=[GB, REGION, SIZE])


def test_nothing_is_deleted_from_a_version_that_is_gone(product: Product) -> None:
    services.update_product(product, version=1, name="Renamed")
    with pytest.raises(StaleVersion, match="Changed by"):
        services.delete_product(product, version=1)
    services.delete_product(product, version=2)
    with pytest.raises(RuleViolation, match="does not exist any more"):
        services.delete_product(product)
