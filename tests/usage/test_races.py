"""Loads beside loads, deletions and readers: nothing twice, nothing lost, numbers in order."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection

from accounts.models import Account
from accounts.services import create_account, delete_account
from billing.usage.ingest import Counts, ingest
from billing.usage.models import IngestBatch, IngestEvent, Measurement, UsageSequence, UsageUid
from m3console.core import clock
from tests.usage.conftest import row, total

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("meter")]


def together(*acts):
    """Run the acts in threads that start at once; answers what each answered."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_eight_loads_of_the_same_uids_store_each_once(organization, monkeypatch):
    monkeypatch.setattr("billing.usage.ingest.CHUNK_ROWS", 50)

    def load(seed):
        rows = [
            row(f"u{n}", account=f"account-{n % 20}", gb=str(n), ts=f"2026-0{1 + n % 6}-10")
            for n in range(400)
        ]
        random.Random(seed).shuffle(rows)
        return ingest(organization=organization, rows=rows)

    counts = together(*[lambda seed=seed: load(seed) for seed in range(8)])
    assert sum(each.accepted for each in counts) == 400
    assert sum(each.duplicates for each in counts) == 7 * 400
    assert total() == sum(range(400))
    assert Measurement.objects.count() == UsageUid.objects.count() == 400
    assert Account.objects.count() == 20
    assert not IngestEvent.objects.exists()


def test_eight_loads_of_one_uid_with_other_content_keep_one_and_show_the_seven(organization):
    counts = together(
        *[lambda n=n: ingest(organization=organization, rows=[row("a", gb=str(n))]) for n in range(8)]
    )
    assert sorted(each.accepted for each in counts) == [0] * 7 + [1]
    assert IngestEvent.objects.filter(kind="DUPLICATE_UID").count() == 7
    kept = Measurement.objects.get().vals[0]
    assert {event.payload["stored"]["gb"] for event in IngestEvent.objects.all()} == {str(kept)}


def test_the_first_eight_measurements_of_an_unknown_code_make_one_account(organization):
    for code in ("first", "second", "third"):
        acts = [
            lambda n=n, code=code: ingest(organization=organization, rows=[row(f"{code}-{n}", account=code)])
            for n in range(8)
        ]
        assert sum(each.accepted for each in together(*acts)) == 8
        account = Account.objects.get(code=code)
        assert Measurement.objects.filter(account_id=account.pk).count() == 8


def test_numbers_commit_in_order_so_a_reader_never_misses_a_lower_one(organization):
    done = Event()

    def load(part):
        for n in range(25):
            ingest(organization=organization, rows=[row(f"{part}-{n}")])

    def read():
        seen: dict[int, int] = {}
        while not done.is_set():
            numbers = list(IngestBatch.objects.order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))
            counted = Measurement.objects.filter(
                batch_id__in=IngestBatch.objects.filter(number__lte=len(numbers)).values("id")
            ).count()
            assert seen.setdefault(len(numbers), counted) == counted == len(numbers)
        return len(seen)

    def load_all():
        try:
            with ThreadPoolExecutor(6) as pool:

                def one(part):
                    try:
                        load(part)
                    finally:
                        connection.close()

                list(pool.map(one, range(6)))
        finally:
            done.set()

    reads, _ = together(read, load_all)
    assert reads > 5
    assert UsageSequence.objects.get().last == IngestBatch.objects.count() == 150


def test_usage_never_comes_to_an_account_that_is_being_deleted(organization):
    """Deleted and created anew under the same code, again and again, while usage of the code arrives."""
    done = Event()
    create_account(organization=organization, name="Acme", code="acme", email_address="a@b.example")

    def load(part):
        counts = Counts()
        number = 0
        while not done.is_set():
            rows = [row(f"{part}-{number}-{k}", account="acme") for k in range(5)]
            counts += ingest(organization=organization, rows=rows)
            number += 1
        return counts

    def recreate():
        try:
            for _ in range(12):
                found = Account.objects.filter(code="acme").first()
                if found:
                    delete_account(found, version=None)
        finally:
            done.set()

    *loads, _ = together(lambda: load("a"), lambda: load("b"), lambda: load("c"), recreate)
    accepted = sum(each.accepted for each in loads)
    assert sum(each.read for each in loads) == accepted == Measurement.objects.count()
    living = Account.objects.filter(code="acme").values_list("id", flat=True)
    assert len(living) <= 1
    # Every uid left belongs to the living account, and every measurement of it has its uid.
    assert set(UsageUid.objects.values_list("account_id", flat=True)) <= set(living)
    assert UsageUid.objects.count() == Measurement.objects.filter(account_id__in=living).count()
    for account in Account.everyone.exclude(deleted_at=None):
        last = Measurement.objects.filter(account_id=account.pk).order_by("-batch_id").first()
        if last:
            assert IngestBatch.objects.get(pk=last.batch_id).received_at <= account.deleted_at


def test_eight_loads_into_months_that_have_no_partition_yet(organization):
    year = clock.now().year - 3
    with connection.cursor() as cursor:
        for month in ("01", "02", "03"):
            cursor.execute(f"drop table if exists usage_measurement_{year}_{month}")

    def load(part):
        rows = [row(f"{part}-{n}", ts=f"{year}-0{1 + n % 3}-15") for n in range(30)]
        return ingest(organization=organization, rows=rows)

    assert sum(each.accepted for each in together(*[lambda n=n: load(n) for n in range(8)])) == 240
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from usage_measurement_{year}_02")
        assert cursor.fetchone() == (80,)
        cursor.execute("select count(*) from usage_measurement_rest")
        assert cursor.fetchone() == (0,)
