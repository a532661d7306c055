"""Uploads: opened before their first row is stored, closed with how they went."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from billing.usage.models import Upload
from m3console.core import clock
from m3console.core.audit import current_actor
from m3console.core.ids import uuid7
from m3console.core.models import Organization
from plans.models import Meter

# A lock of the whole session, which everybody can see: it ends with the process that reads the file.
LOCK = "select pg_advisory_lock(hashtextextended('upload:' || %s, 0))"
UNLOCK = "select pg_advisory_unlock(hashtextextended('upload:' || %s, 0))"
DEAD = """
select id from usage_upload u where id = any(%s) and not exists (
  select 1 from pg_locks where locktype = 'advisory' and objsubid = 1
  and ((classid::bigint << 32) | objid::bigint) = hashtextextended('upload:' || u.id, 0))
"""
INTERRUPTED = "It was broken off. Send the file again: what is stored already counts as duplicate then."


@contextmanager
def uploading(
    organization: Organization,
    *,
    kind: str,
    file_name: str,
    columns: Sequence[str] = (),
    meter: Meter | None = None,
) -> Iterator[Upload]:
    """An upload for the rows that the block ingests: COMPLETE after it, FAILED if it raises.

    If the process dies the upload is known as interrupted, by its lock, which is gone.
    """
    close_interrupted(organization)
    actor, identity = current_actor(), uuid7()
    with _held(identity):
        upload = Upload.objects.create(
            id=identity,
            organization=organization,
            kind=kind,
            file_name=file_name[:255],
            source=actor.source,
            created_by_id=actor.user_id,
            meter=meter,
            columns=list(columns),
        )
        try:
            yield upload
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt)
            if stopped:
                _let_go()
            _finish(upload, Upload.State.FAILED, INTERRUPTED if stopped else f"It failed: {error}")
            raise
        _finish(upload, Upload.State.COMPLETE, "")


def close_interrupted(organization: Organization) -> None:
    """Mark uploads whose process died as failed."""
    running = Upload.objects.filter(organization=organization, state=Upload.State.RUNNING)
    running.filter(pk__in=interrupted(running)).update(
        state=Upload.State.FAILED, message=INTERRUPTED, finished_at=clock.now()
    )


def interrupted(uploads: Iterable[Upload]) -> set[UUID]:
    """Those that say that they are running although their process died."""
    running = [upload.pk for upload in uploads if upload.state == Upload.State.RUNNING]
    if not running:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(DEAD, [running])
        return {row[0] for row in cursor.fetchall()}


@contextmanager
def _held(upload: UUID) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(upload)])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(UNLOCK, [str(upload)])


def _let_go() -> None:
    """Leave the connection, which an interrupt between a query and its answer has left busy; the next query
    opens another one."""
    if not connection.in_atomic_block:
        connection.close()


def _finish(upload: Upload, state: str, message: str) -> None:
    Upload.objects.filter(pk=upload.pk).update(state=state, message=message, finished_at=clock.now())
    upload.refresh_from_db()
