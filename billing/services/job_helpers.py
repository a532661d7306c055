"""More processors for a large run in the foreground: copies of this process that share the job's chunks."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection, connections

from billing.models import BillJob
from billing.services.job_work import work_on
from m3console.core.processes import end_with_parent
from plans.models import AccountPlan

logger = logging.getLogger(__name__)

WORTH_IT = 2_000
MOST = 3


@contextmanager
def helpers(job: BillJob) -> Iterator[None]:
    """Have other processors work on the job too, within the block; none for a small one.

    The copies are workers like any other: one that dies leaves its chunk to the rest.
    """
    number = _number(job)
    if number:
        connections.close_all()  # a connection must not be shared with a copy
    parent = os.getpid()
    copies = [_copy_myself(job, parent) for _ in range(number)]
    try:
        yield
    except BaseException:
        for copy in copies:
            with suppress(ProcessLookupError):
                os.kill(copy, signal.SIGTERM)
        raise
    finally:
        for copy in copies:
            os.waitpid(copy, 0)


def _number(job: BillJob) -> int:
    """One for each further processor; within a transaction, or beside other threads, nobody can help."""
    if connection.in_atomic_block or threading.active_count() > 1 or not hasattr(os, "fork"):
        return 0
    attachments = AccountPlan.objects.filter(organization=job.organization)
    size = attachments.count() if job.account_ids is None else len(job.account_ids)
    return min(MOST, (os.cpu_count() or 1) - 1) if size >= WORTH_IT else 0


def _copy_myself(job: BillJob, parent: int) -> int:
    """The process id of a copy that works on the job and ends, at the latest with its parent."""
    copy = os.fork()
    if copy:
        return copy
    code = 1
    try:
        end_with_parent(parent)()
        work_on(BillJob.objects.select_related("organization").get(pk=job.pk))
        code = 0
    except Exception:
        logger.exception("A helper of bill job %s ended early", job.pk)
    finally:
        os._exit(code)
