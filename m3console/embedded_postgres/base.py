"""The back end that Django loads for `ENGINE = "m3console.embedded_postgres"`."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from m3console.embedded_postgres.cluster import PORT, SUPERUSER
from m3console.embedded_postgres.server import ensure_running


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL whose server is started when the first connection is asked for, never before.

    The setting `PGDATA` names the data directory. The databases `console` and `console_empty` (the template
    of test databases) are always there.
    """

    def get_connection_params(self) -> dict[str, Any]:
        socket_directory = ensure_running(Path(self.settings_dict["PGDATA"]))
        self.settings_dict.update(HOST=str(socket_directory), PORT=PORT, USER=SUPERUSER)
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters
