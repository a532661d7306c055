"""manage.py worker: works on background jobs; start as many as you like, on as many machines (spec 6)."""

import asyncio
import logging
import os
import signal
import threading
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, connections
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

from billing import tasks
from m3console.core.commands import DONE, ConsoleCommand

logger = logging.getLogger(__name__)

GRACE_SECONDS = 25
RESTART_SECONDS = 2


class Command(ConsoleCommand):
    help = "Work on background jobs until TERM or Ctrl-C; the piece at hand is finished or left to others."
    example = "--concurrency 2"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--concurrency", type=_number, default=1, metavar="N", help="how many jobs at once (1)"
        )

    def act(self, **options: Any) -> int:
        asyncio.run(_work(options["concurrency"]))
        connections.close_all()
        return DONE


async def _work(concurrency: int) -> None:
    """Work until asked to end; when the database is lost, begin anew once it is back."""
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, _end, ending)
    while not ending.is_set():
        worker = asyncio.create_task(_serve(concurrency))
        asked = asyncio.create_task(ending.wait())
        await asyncio.wait((worker, asked), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        # Cancelled, a worker takes up nothing more and waits for what it is at.
        worker.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await worker
        except (ConnectorException, DatabaseError, OSError) as problem:
            logger.warning("The worker lost the database: %s", problem.__cause__ or problem)
        if not ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), RESTART_SECONDS)


async def _serve(concurrency: int) -> None:
    # The worker listens on connections of its own; what tasks defer goes through Django's, so that it is
    # part of their transactions.
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    worker = DjangoApp(connector=connector.get_worker_connector())
    worker.tasks, worker.periodic_registry = app.tasks, app.periodic_registry
    async with worker.open_async():
        await tasks.take_up_abandoned()
        await worker.run_worker_async(
            concurrency=concurrency, delete_jobs="successful", install_signal_handlers=False
        )


def _end(ending: asyncio.Event) -> None:
    """Finish what is begun; what does not come to an end in time is left to the next worker."""
    ending.set()
    tasks.stopping.set()
    last = threading.Timer(GRACE_SECONDS, os._exit, (DONE,))
    last.daemon = True
    last.start()


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to 100")
    return int(text)
