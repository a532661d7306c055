"""Imports killed again and again, and imports side by side: as if nothing had happened (spec 6)."""

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Account
from billing.usage.models import IngestBatch, IngestEvent, Measurement, Upload
from plans.models import AccountPlan, Aggregation, DataField, Meter, Plan, PlanTemplate, Pricing, Product
from tests.usage.focus import charge, focus_csv

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def start():
    """Start a command in a process of its own; whatever still runs in the end is killed."""
    running = []

    def started(command, path, organization, *options):
        child = [sys.executable, "-m", "tests.usage.child", connection.settings_dict["NAME"]]
        process = subprocess.Popen(
            [*child, command, str(path), "--organization", organization.slug, *options],
            cwd=ROOT,
            env=os.environ | {"DEMO": "1", "CHUNK_ROWS": "100"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield started
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def summary(process) -> dict:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    found = json.loads(out.splitlines()[-1])
    assert found["read"] == found["accepted"] + found["duplicates"] + found["rejected"]
    return found


def charges(month: int, seed: int, count: int = 1_500) -> bytes:
    """A made-up file without ids: repeated rows, many services, skus of several prices, some bad rows."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        account = dice.randrange(12)
        rows.append(
            charge(
                BillingAccountId=f"90{account % 3}",
                ChargePeriodStart=f"2024-{month:02}-{dice.randint(1, 28):02} {dice.randrange(24):02}:00:00",
                ChargePeriodEnd="NULL",
                ListUnitPrice=dice.choice(["0.10", "0.0000004", "12"]),
                PricingQuantity=dice.choice(["1", "0.00000231620", "-3.5", "1000", "much"]),
                ResourceId="NULL",
                ServiceName=f"Service {dice.randrange(8)}",
                SkuPriceId=f"sku-{dice.randrange(4)}",
                SubAccountId=f"20{account}",
                SubAccountName=f"Account {account}",
            )
        )
    return focus_csv(*rows, *rows[:40])


def work_done(organization) -> int:
    """How far an import is: everything it makes, and the measurements by the hundred."""
    models = (Account, Product, Meter, Aggregation, PlanTemplate, Plan, Pricing, AccountPlan)
    made = sum(model.objects.filter(organization=organization).count() for model in models)
    return made + Measurement.objects.filter(organization_id=organization.pk).count() // 100


def catalogue(organization) -> dict[str, list]:
    def rows(model, *fields):
        return list(model.objects.filter(organization=organization).order_by(*fields).values_list(*fields))

    return {
        "accounts": rows(Account, "code", "name", "parent_account__code", "email_address"),
        "products": rows(Product, "code", "name"),
        "fields": rows(DataField, "meter__code", "code", "category", "position", "unit"),
        "aggregations": rows(Aggregation, "code", "meter__code", "product__code", "unit"),
        "segments": rows(Aggregation, "code", "segments"),
        "plans": rows(Plan, "code", "plan_template__code", "plan_template__currency"),
        "pricings": rows(Pricing, "plan__code", "segment_key", "start_date", "end_date", "unit_prices"),
        "attachments": rows(AccountPlan, "account__code", "plan__code", "start_date", "end_date"),
    }


def measurements(organization) -> list[tuple]:
    accounts = dict(Account.objects.values_list("pk", "code"))
    meters = dict(Meter.objects.values_list("pk", "code"))
    rows = Measurement.objects.filter(organization_id=organization.pk).order_by("uid")
    return [(m.uid, accounts[m.account_id], meters[m.meter_id], m.ts, m.dims, m.vals) for m in rows]


def same_numbers(organization) -> None:
    """Every ingestion number was given once, without a gap, and no batch is without a number."""
    numbers = IngestBatch.objects.filter(organization=organization).order_by("number")
    given = list(numbers.values_list("number", flat=True))
    assert given == list(range(1, len(given) + 1))


def kill_at(start_one, progress, moments) -> None:
    """Kill the process whenever progress has come to the next moment; it never ends by itself before."""
    for moment in moments:
        process = start_one()
        until = time.monotonic() + 120
        while progress() < moment:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL


def test_an_import_of_focus_killed_at_random_and_started_again_is_like_one_undisturbed(
    make_organization, start, tmp_path
):
    calm, stormy = make_organization("calm"), make_organization("stormy")
    path = tmp_path / "focus.csv"
    path.write_bytes(charges(month=9, seed=1))
    undisturbed = summary(start("import_focus", path, calm, "--catalogue"))
    total = work_done(calm)
    moments = sorted(random.sample(range(1, total * 9 // 10), KILLS))
    kill_at(lambda: start("import_focus", path, stormy, "--catalogue"), lambda: work_done(stormy), moments)
    found = summary(start("import_focus", path, stormy, "--catalogue"))
    assert (found["read"], found["rejected"]) == (undisturbed["read"], undisturbed["rejected"]), moments
    assert catalogue(stormy) == catalogue(calm), moments
    assert measurements(stormy) == measurements(calm), moments
    assert Measurement.objects.filter(organization_id=calm.pk).count() == undisturbed["accepted"]
    same_numbers(stormy)
    # One whose moment had come before it began was killed without an upload yet.
    *broken_off, last = Upload.objects.filter(organization=stormy).order_by("created_at")
    assert {upload.state for upload in broken_off} == {"FAILED"}
    assert (len(broken_off) <= KILLS, last.state) == (True, "COMPLETE")
    rejected = IngestEvent.objects.filter(upload=last).values_list("line", "reason")
    assert sorted(rejected) == sorted(
        IngestEvent.objects.filter(organization=calm).values_list("line", "reason")
    )
    again = summary(start("import_focus", path, stormy, "--catalogue"))
    assert again["accepted"] == 0
    assert not any(again["created"].values())


def test_an_import_of_usage_killed_at_random_and_started_again_is_like_one_undisturbed(
    make_organization, make_meter, start, tmp_path
):
    calm, stormy = make_organization("calm"), make_organization("stormy")
    for organization in (calm, stormy):
        make_meter(within=organization)
    path, count = tmp_path / "usage.csv", 20_000
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["uid", "account", "meter", "ts", "gb"])
        for n in range(count):
            good = "x" if n % 97 == 0 else n
            writer.writerow([f"u{n}", f"account-{n % 50}", "disk", f"2026-06-{1 + n % 28:02}", good])
    undisturbed = summary(start("import_usage", path, calm))
    moments = sorted(random.sample(range(1, undisturbed["accepted"] // 2), KILLS))
    stored = Measurement.objects.filter(organization_id=stormy.pk)
    kill_at(lambda: start("import_usage", path, stormy), stored.count, moments)
    found = summary(start("import_usage", path, stormy))
    assert (found["read"], found["rejected"]) == (undisturbed["read"], undisturbed["rejected"]), moments
    assert found["duplicates"] >= moments[-1]
    assert measurements(stormy) == measurements(calm), moments
    same_numbers(stormy)


def test_two_imports_of_one_focus_file_at_once_end_as_one(make_organization, start, tmp_path):
    calm, busy = make_organization("calm"), make_organization("busy")
    path = tmp_path / "focus.csv"
    path.write_bytes(charges(month=9, seed=2))
    alone = summary(start("import_focus", path, calm, "--catalogue"))
    both = [start("import_focus", path, busy, "--catalogue") for _ in range(2)]
    found = [summary(process) for process in both]
    assert sum(each["accepted"] for each in found) == alone["accepted"]
    assert sum(each["duplicates"] for each in found) == alone["accepted"]
    assert {each["rejected"] for each in found} == {alone["rejected"]}
    for kind, count in alone["created"].items():
        assert sum(each["created"][kind] for each in found) == count, kind
    assert catalogue(busy) == catalogue(calm)
    assert measurements(busy) == measurements(calm)
    same_numbers(busy)


def bills(organization) -> list[tuple[str, str, str, dict]]:
    out = io.StringIO()
    call_command(
        "run_billing", "--bill-date", "2024-10-01", "--all-unbilled", organization=organization.slug,
        stdout=out,
    )  # fmt: skip
    assert json.loads(out.getvalue().splitlines()[-1])["failed"] == []
    out = io.StringIO()
    call_command("export_bills", "--format", "json", organization=organization.slug, stdout=out)
    return [
        (
            bill["account"],
            bill["billDate"],
            bill["total"],
            {
                (line["product"], *line["segment"].values()): Decimal(line["subtotal"])
                for line in bill["lines"]
            },
        )
        for bill in json.loads(out.getvalue())
    ]


def test_imports_of_two_months_at_once_bill_as_if_one_had_followed_the_other(
    make_organization, start, tmp_path
):
    calm, busy = make_organization("calm"), make_organization("busy")
    months = {month: tmp_path / f"focus-{month}.csv" for month in (8, 9)}
    for month, path in months.items():
        path.write_bytes(charges(month, seed=month))
        summary(start("import_focus", path, calm, "--catalogue"))
    both = [start("import_focus", path, busy, "--catalogue") for path in months.values()]
    assert all(summary(process)["duplicates"] == 0 for process in both)
    assert measurements(busy) == measurements(calm)
    assert bills(busy) == bills(calm)
    same_numbers(busy)
