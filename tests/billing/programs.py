"""Commands in processes of their own, on the database of the test."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[2]
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")


def database_url():
    there = connection.settings_dict
    host, port = there["HOST"], there["PORT"]
    user = there["USER"] + (f":{there['PASSWORD']}" if there["PASSWORD"] else "")
    place = f"/{host}" if host.startswith("/") else f"{host}:{port or 5432}"
    return f"postgres://{user}@{place}/{there['NAME']}"


def start(*arguments, **options):
    """manage.py with the arguments, its output collected."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"DATABASE_URL": database_url(), "DEMO": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def start_run(organization, bill_date, *more):
    return start("run_billing", "--organization", organization.slug, "--bill-date", bill_date, *more)


def summary_of(program):
    """Its JSON summary, once it has ended well."""
    output, errors = program.communicate(timeout=120)
    assert program.returncode == 0, errors
    return json.loads(output.splitlines()[-1])


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
