"""A whole billing run in a process of its own, as `run_billing` would be: its seconds, stages and memory."""

import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import connection

from billing.inputs import Inputs
from billing.models import BillLine
from billing.services import bills, job_chunks
from billing.services.account_bills import AccountRun
from billing.services.jobs import create_job, run_job
from m3console.core.models import Organization
from tests.bench.baseline import WRITTEN
from tests.bench.scratch import settle, use_scratch_database
from tests.bench.shop import BILL_DATE

FORGOTTEN = ("billing_billjob", "billing_billjobitem", *WRITTEN)


@dataclass(frozen=True)
class Ran:
    """Seconds in all and by stage, the largest memory of the process in MB, and how many bills it made."""

    seconds: float
    stages: dict[str, float]
    memory: int
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
    began = time.perf_counter()
    job = create_job(organization=organization, bill_date=BILL_DATE, source="command", foreground=True)
    summary = run_job(job)
    seconds = time.perf_counter() - began
    assert not summary.failed, summary.failed[:3]
    stages["rest"] = seconds - sum(stages.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Ran(seconds, dict(stages), memory, summary.billed, BillLine.objects.count())


def _timed_stages() -> dict[str, float]:
    """Add up what each stage takes, wherever the run calls it."""
    stages: dict[str, float] = defaultdict(float)
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


def _timed(function: Callable[..., Any], stages: dict[str, float], stage: str) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            stages[stage] += time.perf_counter() - began

    return timed
