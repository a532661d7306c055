"""manage.py demo: the whole console on this machine, with made-up data (spec 6).

One process prepares everything, starts the web server and a worker beside itself, and stops them with itself.
"""

import fcntl
import http.client
import os
import socket
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections

from m3console.core import demonstration
from m3console.core.commands import UNUSABLE, WITH_FAILURES, ConsoleCommand
from m3console.core.models import Role
from m3console.core.processes import Programs, end_with_parent
from m3console.embedded_postgres.server import alive

HOST = "127.0.0.1"
WEB = "--preload --worker-class gthread --workers 2 --threads 4 --graceful-timeout 5 --log-level warning"


class Command(ConsoleCommand):
    help = "Start the console with made-up data; Ctrl-C stops everything."
    example = "--port 8001"

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = os.environ.get("PORT") or "8000"
        parser.add_argument("--port", type=_port, default=port, help="where to listen (PORT, else 8000)")

    def act(self, **options: Any) -> int:
        if os.environ.get("DEMO_ENDS_WITH_PARENT"):
            end_with_parent(os.getppid())()
        lock = self._only_demo_here()
        listener = self._listen(options["port"])
        url = f"http://{HOST}:{listener.getsockname()[1]}/"
        lock.truncate(0)
        lock.write(f"at {url} (process {os.getpid()})")
        lock.flush()
        try:
            password = self._prepare()
            with Programs(settings.BASE_DIR) as programs:
                self._start(programs, listener)
                self._wait_for_page(programs, url)
                self._say_ready(url, password)
                while True:
                    self._watch(programs)
        except DatabaseError as problem:
            raise CommandError(str(problem)) from problem

    def _only_demo_here(self) -> IO[str]:
        """The lock that a running demo of this checkout holds; it says where that is."""
        lock = open(settings.BASE_DIR / ".demo.lock", "a+", encoding="utf-8")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            self._refuse(f"A demo of this checkout is already running {lock.read()}".rstrip() + ".")
        return lock

    def _listen(self, port: int) -> socket.socket:
        """The socket that the web server will answer on; ours from now on, so that nobody comes before us."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            self._refuse(
                f"Port {port} cannot be used ({reason}). Try: make demo PORT={_free_port(port)}", UNUSABLE
            )
        return listener

    def _prepare(self) -> str:
        """Database, data, users and static files; the demo users' password."""
        self._say("Preparing the database …")
        call_command("migrate", verbosity=0)
        if not demonstration.is_seeded():
            self._say("Making up accounts, plans, six months of usage and bills …")
            demonstration.seed()
        password = demonstration.set_passwords()
        self._say("Collecting the static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        return password

    def _start(self, programs: Programs, listener: socket.socket) -> None:
        self._say("Starting the web server and a worker …")
        web = f"-m gunicorn m3console.wsgi --bind fd://{listener.fileno()} --no-control-socket {WEB}"
        programs.start("web server", [sys.executable, *web.split()], descriptors=[listener.fileno()])
        manage = str(Path(settings.BASE_DIR) / "manage.py")
        programs.start("worker", [sys.executable, manage, "worker"])

    def _wait_for_page(self, programs: Programs, url: str) -> None:
        while not _answers(url):
            self._watch(programs)

    def _watch(self, programs: Programs) -> None:
        """See for a moment whether all goes on; a database server that died is started again."""
        time.sleep(0.2)
        if (name := programs.ended()) is not None:
            raise CommandError(f"The {name} has ended by itself; what it said is above.")
        if not alive():
            self._say("The database server has ended by itself; starting it again …")
            connection.ensure_connection()
            connection.close()

    def _say_ready(self, url: str, password: str) -> None:
        self._say(f"\nReady: {url}")
        self._say("")
        self._say(f"  {'Role':<18}  {'Email':<28}  Password")
        for role in Role:
            self._say(f"  {role.label:<18}  {demonstration.email(role):<28}  {password}")
        self._say("\nCtrl-C stops it all; the data stays for the next start.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _refuse(self, text: str, code: int = WITH_FAILURES) -> NoReturn:
        self.stderr.write(text)
        sys.exit(code)


def _port(text: str) -> int:
    """0 for any that is free."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text!r} is no port; it is a number up to 65535")
    return int(text)


def _free_port(taken: int) -> int:
    """The next one that nobody listens on."""
    for port in range(taken + 1 if taken >= 1024 else 8000, 65536):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return port
    return 0


def _answers(url: str) -> bool:
    """Whether the web server serves; asked without any proxy of the environment."""
    server = http.client.HTTPConnection(url.split("/")[2], timeout=30)
    try:
        server.request("GET", "/healthz")
        return server.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        server.close()
