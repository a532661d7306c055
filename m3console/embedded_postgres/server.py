"""Joining and leaving the server that all processes of a checkout share."""

import atexit
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
from django.db import OperationalError
from psycopg import sql

from m3console.embedded_postgres import locks
from m3console.embedded_postgres.cluster import PORT, SUPERUSER, Cluster, UnusableDirectoryError
from m3console.embedded_postgres.programs import ProgramError, let_system_user_in

REFUSED_SECONDS = 15  # how long starts may be refused, while what a killed server left behind goes away
READY_SECONDS = 300

_lock = threading.Lock()
_joined: dict[Cluster, int] = {}  # the clusters this process uses, each with the lock that says so


def ensure_running(pgdata: Path) -> Path:
    """The directory of the server's socket; the server is made and started if need be.

    This process counts as using it until it ends. Raises Django's OperationalError if it cannot be started.
    """
    cluster = Cluster(pgdata.resolve())
    with _lock:
        if cluster not in _joined or cluster.postmaster() is None:
            cluster.run_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if cluster not in _joined:
                _joined[cluster] = locks.share(cluster.run_directory, "clients")
            # One at a time: several processes may be the first.
            with locks.exclusive(cluster.run_directory, "start"):
                _keep(cluster)
                _bring_up(cluster, _joined[cluster])
        return cluster.socket_directory()


def alive() -> bool:
    """False once a server that this process uses has died."""
    return all(cluster.postmaster() is not None for cluster in list(_joined))


def leave() -> None:
    """Stop using the server; the last process to leave stops it. Returns once that is done.

    For the end of the process: signals that ask for one are ignored from now on.
    """
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
    with _lock:
        for cluster, descriptor in list(_joined.items()):
            os.close(descriptor)
            del _joined[cluster]
            alone = locks.open_lock(cluster.run_directory, "clients")
            try:
                if locks.take(alone):
                    cluster.stop()
                else:
                    # Others go on, or somebody is just stopping the server: wait for the end of that.
                    fcntl.flock(alone, fcntl.LOCK_SH)
            finally:
                os.close(alone)


def _forget() -> None:
    """In a forked child: it joins by itself with its first connection."""
    global _lock
    _lock = threading.Lock()
    _joined.clear()


def _bring_up(cluster: Cluster, membership: int) -> None:
    """Have a server that answers, and both databases. The caller holds the start lock."""
    try:
        cluster.refuse_unusable()
        let_system_user_in(cluster.pgdata)
        _bring_up_patiently(cluster, membership)
    except UnusableDirectoryError as problem:
        raise OperationalError(str(problem)) from problem


def _bring_up_patiently(cluster: Cluster, membership: int) -> None:
    """Try again while a server starts up or shuts down, or what a killed one left behind goes away."""
    refused_until = time.monotonic() + REFUSED_SECONDS
    ready_until = time.monotonic() + READY_SECONDS
    while True:
        problem: Exception
        try:
            if cluster.postmaster() is None:
                cluster.initialise(membership)
                cluster.start(membership)
            _create_databases(cluster)
            return
        except ProgramError as refused:
            problem, until = refused, refused_until
        except psycopg.OperationalError as unready:  # starting up or shutting down
            problem, until = unready, ready_until
        if time.monotonic() > until:
            text = f"The embedded PostgreSQL in {cluster.pgdata} does not start: {problem}"
            raise OperationalError(f"{text}\n{cluster.last_words()}".strip()) from problem
        time.sleep(0.2)


def _create_databases(cluster: Cluster) -> None:
    """`console`, and the template of test databases, to which nobody can connect."""
    wanted = {"console": sql.SQL(""), "console_empty": sql.SQL("IS_TEMPLATE true ALLOW_CONNECTIONS false")}
    where = psycopg.conninfo.make_conninfo(
        host=str(cluster.socket_directory()), port=PORT, user=SUPERUSER, dbname="postgres"
    )
    with psycopg.connect(where, autocommit=True) as connection:
        present = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in sorted(wanted.keys() - present):
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 {}")
            connection.execute(statement.format(sql.Identifier(name), wanted[name]))


def _keep(cluster: Cluster) -> None:
    """See to it that somebody stops the server even if every process that uses it is killed."""
    if not locks.is_held(cluster.run_directory, "keeper"):
        # It leaves at once a process of its own behind, and ends.
        subprocess.run(
            [sys.executable, "-m", "m3console.embedded_postgres.keeper", str(cluster.pgdata)],
            check=True,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )


atexit.register(leave)
os.register_at_fork(after_in_child=_forget)
