"""What usage forbids to change in the catalogue (spec 2: nothing that is used can be deleted)."""

import pytest

from m3console.core.errors import RuleViolation
from plans.models import DataField
from plans.services.meters import delete_meter, update_meter
from tests.billing.make import Shop


@pytest.fixture
def meter(organization):
    shop = Shop(organization)
    meter = shop.meter(gb="MEASURE", region="WHERE", size="WHAT")
    shop.use(meter, (shop.account(), "2024-06-01T00:00Z", {"gb": 1, "region": "eu"}))
    return meter


def _without(meter, code):
    fields = DataField.objects.filter(meter=meter).exclude(code=code)
    return [
        {"id": f.pk, "category": f.category, "code": f.code, "name": f.name, "unit": f.unit} for f in fields
    ]


@pytest.mark.parametrize("code", ["gb", "region"])
def test_a_field_that_usage_was_measured_with_cannot_be_removed(meter, code):
    with pytest.raises(RuleViolation, match="usage"):
        update_meter(meter, version=meter.version, data_fields=_without(meter, code))


def test_a_field_without_usage_can_be_removed(meter):
    update_meter(meter, version=meter.version, data_fields=_without(meter, "size"))
    assert not DataField.objects.filter(meter=meter, code="size").exists()


def test_a_meter_with_usage_cannot_be_deleted(meter):
    with pytest.raises(RuleViolation, match="usage that was measured by it"):
        delete_meter(meter, version=meter.version)
