"""A whole billing run in a process of its own, as `run_billing` would be: its seconds, stages and memory."""

import json
import multiprocessing
import re
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection

from billing.inputs import Inputs
from billing.models import BillLine
from billing.services import bills, job_chunks, job_helpers
from billing.services.account_bills import AccountRun
from billing.services.jobs import create_job, run_job
from m3console.core.ids import uuid7
from m3console.core.models import Organization
from tests.bench.baseline import WRITTEN
from tests.bench.scratch import settle, use_scratch_database
from tests.bench.shop import BILL_DATE

FORGOTTEN = ("billing_billjob", "billing_billjobitem", *WRITTEN)


@dataclass(frozen=True)
class Ran:
    """Seconds in all; seconds by stage and the largest memory in MB, each summed over the processes."""

    seconds: float
    stages: dict[str, float]
    memory: int
    processes: int
    billed: int
    lines: int


def run_billing(slug: str) -> Ran:
    """Bill everybody for the month, in a new process; the bills stay until `forget_bills`."""
    forget_bills()
    settle()
    connection.close()
    with multiprocessing.get_context("spawn").Pool(1, initializer=_prepare) as pool:
        return pool.apply(_run, (slug,))


def forget_bills() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c where c.relkind = 'r' and c.relname like 'billing\\_%%'"
        )
        events = [name for (name,) in cursor.fetchall() if name.endswith("event")]
        cursor.execute(f"truncate {', '.join((*FORGOTTEN, *events))} cascade")


def _prepare() -> None:
    use_scratch_database()
    connection.ensure_connection()


def _run(slug: str) -> Ran:
    organization = Organization.objects.get(slug=slug)
    stages = _timed_stages()
    with TemporaryDirectory() as told:
        job_helpers.work_on = _telling(job_helpers.work_on, stages, Path(told))
        began = time.perf_counter()
        job = create_job(organization=organization, bill_date=BILL_DATE, source="command", foreground=True)
        summary = run_job(job)
        seconds = time.perf_counter() - began
        helpers = [json.loads(path.read_text()) for path in Path(told).iterdir()]
    assert not summary.failed, summary.failed[:3]
    stages["rest"] = seconds - stages.total()
    for helper in helpers:
        stages.update(helper["stages"])
    memory = sum((_memory(), *(helper["memory"] for helper in helpers)))
    lines = BillLine.objects.count()
    return Ran(seconds, dict(stages), memory, 1 + len(helpers), summary.billed, lines)


def _memory() -> int:
    """The largest memory of this process; getrusage() would also count the process that started it."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _telling(work: Callable[..., Any], stages: Counter[str], told: Path) -> Callable[..., Any]:
    """Have a helper, which is a copy of this process, leave its figures in a file when it is done."""

    @wraps(work)
    def working(job: Any) -> Any:
        stages.clear()
        began = time.perf_counter()
        over = work(job)
        stages["rest"] = time.perf_counter() - began - stages.total()
        figures = {"stages": dict(stages), "memory": _memory()}
        (told / f"{uuid7()}.json").write_text(json.dumps(figures))
        return over

    return working


def _timed_stages() -> Counter[str]:
    """Add up what each stage takes, wherever the run calls it."""
    stages: Counter[str] = Counter()
    for owner, name, stage in (
        (bills, "load_inputs", "inputs"),
        (bills, "_made_bills", "inputs"),
        (AccountRun, "plan", "compute"),
        (Inputs, "measured", "measure"),
        (AccountRun, "rate", "compute"),
        (bills, "_write", "write"),
        (job_chunks, "_record", "write"),
    ):
        setattr(owner, name, _timed(getattr(owner, name), stages, stage))
    return stages


def _timed(function: Callable[..., Any], stages: Counter[str], stage: str) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            stages[stage] += time.perf_counter() - began

    return timed
