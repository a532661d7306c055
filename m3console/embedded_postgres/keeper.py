"""A small process that waits until nobody uses the server any more, then stops it and ends.

Processes that end in good order stop the server themselves; this one is for those that are killed.
"""

import fcntl
import os
import signal
import sys
from pathlib import Path

from m3console.embedded_postgres import locks
from m3console.embedded_postgres.cluster import Cluster


def main(pgdata: Path) -> None:
    """Take the keeper's place if it is free, and wait in the background."""
    cluster = Cluster(pgdata)
    place = locks.open_lock(cluster.run_directory, "keeper")
    if not locks.take(place) or os.fork():
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # sent to all processes at once: then it is needed most
    _let_go_of_streams()
    clients = locks.open_lock(cluster.run_directory, "clients")
    fcntl.flock(clients, fcntl.LOCK_EX)
    cluster.stop()
    os.close(place)  # before the other one: whoever comes next must find the place free
    os.close(clients)


def _let_go_of_streams() -> None:
    """A terminal or pipe that we kept open would look busy to whoever reads from it."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.chdir("/")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
