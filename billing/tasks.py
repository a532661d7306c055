"""What workers do in the background. A task may be taken up twice: it leaves alone what is done."""

import logging
import threading
from uuid import UUID

from asgiref.sync import sync_to_async
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from accounts.importing.imports import discard_old
from billing.models import BillJob
from billing.services.job_presence import abandoned_jobs
from billing.services.job_work import ask_for_worker, work_on
from m3console.core import clock
from m3console.core.audit import Actor, acting_as, actor_of
from m3console.core.cached import forget_expired

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5

stopping = threading.Event()
"""Set when this process is asked to end: tasks finish the piece that they are at, and leave the rest."""


@app.task
def work_on_bill_job(job: str) -> None:
    """Work on a bill job until it is over, others have its last chunks, or this process is to end."""
    found = BillJob.objects.select_related("organization", "created_by").filter(pk=UUID(job)).first()
    if found is None:
        logger.warning("Bill job %s is gone", job)
        return
    actor = actor_of(found.created_by, "job") if found.created_by else Actor(source="job", name="worker")
    with acting_as(actor):
        over = work_on(found, stopping=stopping.is_set)
    if not over and stopping.is_set():
        ask_for_worker(found.pk)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="sweep")
async def sweep(timestamp: int) -> None:
    """Take up again, every minute, what killed workers have left, and forget what nobody came back to."""
    await take_up_abandoned()
    await sync_to_async(discard_old)()
    await sync_to_async(forget_expired)()


async def take_up_abandoned() -> None:
    """Queue again the tasks that killed workers were at, and the bill jobs that nobody works on."""
    for task in await app.job_manager.get_stalled_jobs():
        await _take_up(task)
    for job in await sync_to_async(abandoned_jobs)():
        await sync_to_async(ask_for_worker)(job)


async def _take_up(task: Job) -> None:
    """Queue a task again, unless it is queued anyhow or has stopped its worker time and again."""
    if task.attempts < MOST_ATTEMPTS:
        try:
            await app.job_manager.retry_job(task, retry_at=clock.now())
            return
        except exceptions.ConnectorException as problem:
            logger.info("Task %s is not queued again: %s", task.task_name, problem)
    else:
        logger.error("Task %s %s has stopped its worker %d times", task.task_name, task.id, task.attempts)
    await app.job_manager.finish_job(task, status=Status.FAILED, delete_job=False)
