"""A process that uses the embedded database of a directory; run by the tests of this folder.

`client.py DIRECTORY [SQL …]` prints the first value of each statement as a line of JSON, answers each further
line of standard input in the same way, and ends when the input does. The line `fork` makes a child that stays
until it is killed, and prints its number.
"""

import json
import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "m3console.embedded_postgres",
            "NAME": "console",
            "PGDATA": Path(sys.argv[1]) / ".pgdata",
            "TEST": {"TEMPLATE": "console_empty"},
        }
    }
)
django.setup()

from django.db import connection  # noqa: E402


def answer(statement: str) -> object:
    if statement == "fork":
        child = os.fork()
        if child == 0:
            time.sleep(600)
        return child
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


for line in sys.argv[2:]:
    print(json.dumps(answer(line)), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(line.strip())), flush=True)
