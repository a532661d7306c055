"""One data directory and the PostgreSQL server of it."""

import hashlib
import os
import shlex
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from m3console.embedded_postgres.programs import (
    VERSION,
    run_program,
    system_user,
)

PORT = "5432"  # only part of the socket's name; said everywhere, since PGPORT would change it
SUPERUSER = "postgres"
UNQUOTABLE = set('"$`\\\n')  # pg_ctl hands paths to a shell in double quotes, as they are
LONGEST_SOCKET_PATH = 103  # what every supported system accepts
START_SECONDS = "300"  # recovery after a crash can take a while
MEGABYTE = 1024 * 1024


class UnusableDirectoryError(Exception):
    """The data directory can never be used as it is; the text says why."""


@dataclass(frozen=True)
class Cluster:
    """A data directory (absolute, links resolved), whether or not there is anything in it yet."""

    pgdata: Path

    @property
    def run_directory(self) -> Path:
        """Where the lock files are; only for us."""
        return self.pgdata.with_name(".pgrun")

    @property
    def log(self) -> Path:
        return self.pgdata / "log"

    def postmaster(self) -> psutil.Process | None:
        """The living server process of this directory, starting and stopping ones included."""
        try:
            number = int((self.pgdata / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(number)
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None
        return process if self._is_server(process) else None

    def socket_directory(self) -> Path:
        """Where the running server listens, by its own word; where a new one will, otherwise."""
        try:
            return Path((self.pgdata / "postmaster.pid").read_text().splitlines()[4])
        except (FileNotFoundError, IndexError):
            return self._new_socket_directory()

    def refuse_unusable(self) -> None:
        """Raise UnusableDirectoryError if nothing that we do could start a server here."""
        if UNQUOTABLE & set(str(self.pgdata)):
            raise UnusableDirectoryError(f"The path {self.pgdata} has a character that pg_ctl takes amiss.")
        version = self.pgdata / "PG_VERSION"
        if version.exists() and (found := version.read_text().strip()) != VERSION:
            raise UnusableDirectoryError(f"{self.pgdata} was made by PostgreSQL {found}; this is {VERSION}.")

    def initialise(self, holding: int) -> None:
        """Make the data directory if there is none; see `run_program` for the lock.

        It is made under another name and renamed, so that whoever dies in between leaves nothing that looks
        like a database.
        """
        if (self.pgdata / "PG_VERSION").exists():
            return
        self.stop()  # one whose directory was deleted
        for leftover in self.pgdata.parent.glob(f"{self.pgdata.name}.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{self.pgdata.name}.new-", dir=self.pgdata.parent))
        _give_to_system_user(fresh)
        run_program("initdb", *INITDB, "--pgdata", str(fresh), holding=holding)
        try:
            fresh.rename(self.pgdata)
        except OSError as problem:
            shutil.rmtree(fresh)
            raise UnusableDirectoryError(f"{self.pgdata} is in the way: {problem.strerror}.") from problem

    def start(self, holding: int) -> None:
        """Start the server and wait until it answers; raises ProgramError; see `run_program` for the lock."""
        self.remove_leftovers()
        directory = self._new_socket_directory()
        directory.mkdir(mode=0o700, exist_ok=True)
        _give_to_system_user(directory)
        options = shlex.join(["-k", f'"{directory}"', "-p", PORT, "-h", "", *_settings()])
        where = ["--pgdata", str(self.pgdata), "--log", str(self.log), "--timeout", START_SECONDS]
        run_program("pg_ctl", "start", "--wait", *where, "--options", options, holding=holding)

    def stop(self) -> None:
        """Stop every server of this directory and wait until it has ended. Clients are cut off.

        They are looked for among all processes: the directory may have been deleted under a running server.
        """
        for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            servers = [process for process in psutil.process_iter() if self._is_server(process)]
            for server in servers:
                with suppress(psutil.NoSuchProcess):
                    server.send_signal(number)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                if not any(self._is_server(server) for server in servers):
                    return
                time.sleep(0.02)

    def _is_server(self, process: psutil.Process) -> bool:
        """Whether it is the first process of a server of this directory, and alive."""
        try:
            # Its command line, not its working directory: root in a container may not read the latter.
            ours = process.name() == "postgres" and str(self.pgdata) in process.cmdline()
            return bool(ours and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False

    def remove_leftovers(self) -> None:
        """What a killed server leaves: its files name a process number that may be another process's by now.

        PostgreSQL refuses to start as long as any process has that number. It sees by itself, from the shared
        memory, whether processes of the killed server still write to the directory.
        """
        left = self.pgdata / "postmaster.pid"
        if not left.exists() or self.postmaster() is not None:
            return
        for directory in {self.socket_directory(), self._new_socket_directory()}:
            for socket in directory.glob(".s.PGSQL.*"):
                socket.unlink(missing_ok=True)
        left.unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of the server's log, for a message about a start that failed."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        except FileNotFoundError:
            return ""

    def _new_socket_directory(self) -> Path:
        """The data directory itself, unless no client could name a socket there.

        Its path may be too long, or have a comma, at which libpq splits a list of hosts.
        """
        path = os.fsencode(self.pgdata / f".s.PGSQL.{PORT}")
        if len(path) <= LONGEST_SOCKET_PATH and b"," not in path:
            return self.pgdata
        name = hashlib.sha256(os.fsencode(self.pgdata)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"m3console-{os.geteuid()}-{name}"


INITDB = (
    *("--username", SUPERUSER),
    *("--auth", "trust"),  # who may reach the socket is decided by the directory's mode, 0700
    *("--encoding", "UTF8"),
    # Knows letters of every alphabet on every machine; a locale of the machine may know none.
    *("--locale-provider", "builtin", "--builtin-locale", "PG_UNICODE_FAST"),
    *("--set", "timezone=UTC"),
    *("--set", "log_timezone=UTC"),
)


def _settings() -> list[str]:
    """For a small machine that also runs the console; durability is PostgreSQL's own, complete."""
    memory = psutil.virtual_memory().total
    values = {
        "shared_buffers": f"{min(max(memory // 8 // MEGABYTE, 64), 256)}MB",
        "max_connections": "250",
        "max_locks_per_transaction": "256",  # a table of measurements has a partition for every month
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
    }
    if _small_shared_memory():
        values["dynamic_shared_memory_type"] = "mmap"
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


def _small_shared_memory() -> bool:
    """A container's /dev/shm often has 64 MB, too little for queries in parallel."""
    try:
        return shutil.disk_usage("/dev/shm").total < 1024 * MEGABYTE  # noqa: S108
    except FileNotFoundError:
        return False


def _give_to_system_user(directory: Path) -> None:
    user = system_user()
    if user is not None:
        os.chown(directory, user.pw_uid, user.pw_gid)
