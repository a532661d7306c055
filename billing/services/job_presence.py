"""Which jobs have a living worker, and how many of an organization may run at once.

Whoever works on a job holds a shared advisory lock of it, in a session of its own: it falls with the process,
so what a killed one left neither blocks others nor counts (spec 6, In particular).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from billing.models import BillJob, JobStatus

MOST_AT_ONCE = 10

ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('jobs:' || %s, 0))"
RUNNING = "select id from billing_billjob where organization_id = %s and status = 'RUNNING' and id <> %s"
TAKE = "select pg_advisory_lock_shared(hashtextextended('job:' || %s, 0))"
HELD = """
select job from unnest(%s::uuid[]) as job where exists (
  select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('job:' || job, 0))
"""


@contextmanager
def presence(job: BillJob) -> Iterator[BaseDatabaseWrapper | None]:
    """Be a worker of the job within the block, with a session of its own.

    None if ten others of its organization run already.
    """
    session = connection.copy()
    try:
        yield session if _enter(session, job) else None
    finally:
        session.close()


def _enter(session: BaseDatabaseWrapper, job: BillJob) -> bool:
    with session.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(ONE_AT_A_TIME, [job.organization_id])
        cursor.execute(RUNNING, [job.organization_id, job.pk])
        others = [key for (key,) in cursor.fetchall()]
        room = len(_attended(session, others)) < MOST_AT_ONCE
        if room:
            cursor.execute(TAKE, [job.pk])
        cursor.execute("commit")
    return room


def _attended(session: BaseDatabaseWrapper, jobs: Collection[UUID]) -> set[UUID]:
    """Those of the jobs that somebody works on."""
    with session.cursor() as cursor:
        cursor.execute(HELD, [list(jobs)])
        return {key for (key,) in cursor.fetchall()}


def abandoned_jobs() -> list[UUID]:
    """The jobs, of all organizations, that are not over and that nobody works on, the oldest first."""
    going_on = BillJob.objects.filter(status__in=(JobStatus.PENDING, JobStatus.RUNNING))
    jobs = list(going_on.order_by("created_at", "id").values_list("pk", flat=True))
    attended = _attended(connection, jobs)
    return [job for job in jobs if job not in attended]
