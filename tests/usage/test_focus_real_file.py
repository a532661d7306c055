"""Real cloud costs become bills: the published sample of 1,000 FOCUS rows, where it is at hand.

The file is not part of the project. M3CONSOLE_FOCUS_FILE says where it lies.
"""

import csv
import io
import json
import os
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Account
from billing.usage.models import IngestEvent, Measurement, Upload
from plans.models import AccountPlan, Aggregation, Meter, Plan, PlanTemplate, Pricing, Product
from tests.usage.focus import import_focus

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / os.environ.get("M3CONSOLE_FOCUS_FILE", "../shared/data/focus_1.0_sample_1000.csv")
MICRO = Decimal("0.00001")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not FILE.is_file(),
        reason=f"The FOCUS sample is not at {FILE}; set M3CONSOLE_FOCUS_FILE to the path of the file.",
    ),
]


@pytest.fixture
def organization(make_organization):
    """One whose US dollar has five decimals."""
    return make_organization(currencies=[{"code": "USD", "name": "US dollar", "maxDecimalPlaces": 5}])


def bills(organization) -> list[dict]:
    out = io.StringIO()
    call_command("export_bills", "--format", "json", organization=organization.slug, stdout=out)
    return json.loads(out.getvalue())


def run_billing(organization) -> dict:
    out = io.StringIO()
    call_command("run_billing", "--bill-date", "2024-10-01", organization=organization.slug, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def expected(accepted: list[dict[str, str]]) -> dict[tuple[str, str, str, Decimal], Decimal]:
    """Σ PricingQuantity × ListUnitPrice by sub account, service, sku and price: exact, then rounded once."""
    sums: dict[tuple[str, str, str, Decimal], Decimal] = defaultdict(Decimal)
    for row in accepted:
        sku = row["SkuId"] if row["SkuPriceId"] in {"", "NULL"} else row["SkuPriceId"]
        price = Decimal(row["ListUnitPrice"])
        key = (row["SubAccountId"], row["ServiceName"], sku, price)
        sums[key] += Decimal(row["PricingQuantity"]) * price
    return {key: amount.quantize(MICRO, ROUND_HALF_UP) for key, amount in sums.items()}


def made() -> dict[str, int]:
    models = (Account, Product, Meter, Aggregation, PlanTemplate, Plan, Pricing, AccountPlan, Measurement)
    return {model.__name__: model.objects.count() for model in models}


def test_the_real_file_is_billed_to_the_last_decimal(organization, tmp_path):
    source, rejects = rows(), tmp_path / "rejects.csv"
    summary = import_focus(organization, FILE, "--catalogue", "--rejects", str(rejects))
    assert summary["read"] == len(source) == 1000
    assert summary["read"] == summary["accepted"] + summary["duplicates"] + summary["rejected"]
    assert (summary["accepted"], summary["duplicates"], summary["rejected"]) == (999, 0, 1)

    # Each rejected row is named by number and reason, with its own columns.
    (rejected,) = list(csv.DictReader(io.StringIO(rejects.read_text(), newline="")))
    assert rejected["reason"] == "There is no ListUnitPrice, so the row cannot be priced."
    unpriced = [row for row in source if row["ListUnitPrice"] == "NULL"]
    assert [row["Id"] for row in unpriced] == [rejected["Id"]]
    assert int(rejected["line"]) == source.index(unpriced[0]) + 2
    assert IngestEvent.objects.get().line == int(rejected["line"])

    billed = run_billing(organization)
    assert (billed["billed"], billed["failed"]) == (73, [])
    found = bills(organization)
    accepted = [row for row in source if row not in unpriced]
    used = {row["SubAccountId"] for row in accepted if row["ChargePeriodStart"].startswith("2024-09")}
    assert Counter(bill["account"] for bill in found) == Counter(used)
    assert all((bill["startDate"], bill["endDate"]) == ("2024-09-01", "2024-09-30") for bill in found)

    amounts: dict[tuple[str, str, str, Decimal], Decimal] = {}
    for bill in found:
        for line in bill["lines"]:
            assert (line["type"], line["currency"], line["account"]) == ("USAGE", "USD", bill["account"])
            price = Decimal(line["segment"]["list_price"])
            key = (bill["account"], line["product"], line["segment"]["sku"], price)
            assert key not in amounts
            amounts[key] = Decimal(line["subtotal"])
        assert sum(Decimal(line["subtotal"]) for line in bill["lines"]) == Decimal(bill["total"])
    assert amounts == expected(accepted)

    before = made()
    again = import_focus(organization, FILE, "--catalogue")
    assert (again["read"], again["accepted"], again["duplicates"], again["rejected"]) == (1000, 0, 999, 1)
    assert not any(again["created"].values())
    assert made() == before
    assert {upload.state for upload in Upload.objects.all()} == {Upload.State.COMPLETE}
    again = run_billing(organization)
    assert (again["billed"], again["unchanged"]) == (0, 73)
