"""Imports that are killed, interrupted or run twice at once: nothing lost, nothing twice (spec 6)."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.db import connection, transaction

from billing.usage.models import IngestBatch, Upload, UsageUid

ROOT = Path(__file__).parent.parent.parent
ROWS = 40_000
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("meter")]


@pytest.fixture
def usage(tmp_path):
    path = tmp_path / "usage.csv"
    with path.open("w") as file:
        file.write("uid,account,meter,ts,gb\n")
        for n in range(ROWS):
            file.write(f"u{n},account-{n % 500},disk,2026-0{1 + n % 6}-10T00:00:00Z,{n}\n")
    return path


@pytest.fixture
def without_uids(tmp_path):
    path = tmp_path / "anonymous.csv"
    with path.open("w") as file:
        file.write("account,meter,ts,gb\n")
        for n in range(ROWS):
            file.write(f"account-{n % 500},disk,2026-0{1 + n % 6}-10T00:00:00Z,{n}\n")
    return path


@pytest.fixture
def start(organization):
    running = []

    def started(path, *arguments, chunk="1000"):
        child = [sys.executable, "-m", "tests.usage.child", connection.settings_dict["NAME"]]
        process = subprocess.Popen(
            [*child, "import_usage", str(path), "--organization", organization.slug, *arguments],
            cwd=ROOT,
            env=os.environ | {"DEMO": "1", "CHUNK_ROWS": chunk},
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


def summary(process, rows: int = ROWS) -> dict[str, int]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    found: dict[str, int] = json.loads(out.splitlines()[-1])
    assert found["read"] == found["accepted"] + found["duplicates"] + found["rejected"] == rows
    return found


def stored() -> tuple[int, int]:
    """How many measurements there are, and the sum of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*), coalesce(sum(vals[1]), 0)::bigint from usage_measurement")
        return cursor.fetchone()


def wait_for(condition, process):
    until = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("after", [1, 10_000, 25_000])
def test_a_killed_import_is_completed_by_the_same_command(usage, start, after):
    process = start(usage)
    wait_for(lambda: stored()[0] >= after, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = stored()[0]
    assert after <= before < ROWS
    assert IngestBatch.objects.count() == IngestBatch.objects.order_by("-number").first().number
    found = summary(start(usage))
    assert found["rejected"] == 0
    assert found["duplicates"] >= before
    assert stored() == (ROWS, sum(range(ROWS)))
    assert UsageUid.objects.count() == ROWS
    assert list(Upload.objects.order_by("created_at").values_list("state", flat=True)) == [
        "FAILED",
        "COMPLETE",
    ]


def test_a_killed_import_of_rows_without_uids_has_stored_none_of_them(without_uids, start):
    process = start(without_uids)
    wait_for(lambda: Upload.objects.filter(state="RUNNING").exists(), process)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert stored() == (0, 0)
    assert summary(start(without_uids))["accepted"] == ROWS
    assert stored() == (ROWS, sum(range(ROWS)))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_import_ends_in_one_line_and_can_be_completed(usage, start, number, code):
    process = start(usage)
    wait_for(lambda: stored()[0] > 0, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert out == ""
    assert "Traceback" not in err
    upload = Upload.objects.get()
    assert (upload.state, upload.accepted) == ("FAILED", stored()[0])
    assert summary(start(usage))["rejected"] == 0
    assert stored() == (ROWS, sum(range(ROWS)))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_import_interrupted_while_it_waits_for_the_database_ends_in_one_line(usage, start, number, code):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table usage_uid in access exclusive mode")
        process = start(usage)
        wait_for(somebody_waits, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, ""), err
    assert len(err.strip().splitlines()) == 1, err
    assert Upload.objects.get().state == "FAILED"


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from pg_locks where not granted and relation = 'usage_uid'::regclass"
            " and database = (select oid from pg_database where datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def test_two_imports_of_one_file_at_once_both_end_well(usage, start):
    both = [start(usage), start(usage)]
    found = [summary(process) for process in both]
    assert sum(each["accepted"] for each in found) == ROWS
    assert sum(each["duplicates"] for each in found) == ROWS
    assert stored() == (ROWS, sum(range(ROWS)))


def test_a_long_file_is_read_within_little_memory(start, tmp_path):
    """Less than 150 MB for 1 in 100 of its rows having cells of 60,000 characters."""
    path, rows = tmp_path / "long.csv", 3 * ROWS
    with path.open("w") as file:
        file.write("uid,account,meter,ts,gb,region\n")
        for n in range(rows):
            text = "x" * 60_000 if n % 100 == 0 else "eu"
            file.write(f"u{n},account-{n % 500},disk,2026-06-10T00:00:00Z,{n},{text}\n")
    process = start(path, "--rejects", str(tmp_path / "rejects.csv"), chunk="20000")
    most, watched = 0, psutil.Process(process.pid)
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            most = max(most, watched.memory_info().rss)
        time.sleep(0.05)
    assert summary(process, rows)["rejected"] == rows // 100
    assert most < 150_000_000, f"{most:,} bytes"
