"""Uids of FOCUS rows: the column Id where it says one, else made of the row and its repeat number.

Equal rows of one file are told apart by the order in which they come, so the same file makes the same
uids again, and importing it again adds nothing.
"""

import sqlite3
from collections.abc import Mapping
from hashlib import blake2b
from types import TracebackType
from typing import Self

from billing.usage.focus.charges import ABSENT, present
from billing.usage.values import MAX_UID

IN_MEMORY_KIB = 16_000


class Uids:
    """Makes the uids of one file's rows, in their order; counts repeats in a nameless file on disk."""

    def __enter__(self) -> Self:
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute(f"pragma cache_size = -{IN_MEMORY_KIB}")
        self._seen.execute("pragma journal_mode = off")
        self._seen.execute("create table seen (digest blob primary key, times integer) without rowid")
        self._seen.execute("begin")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()

    def uid(self, cells: Mapping[str, str]) -> str:
        """The uid of the file's next row."""
        identity = present(cells, "Id")
        if identity is not None:
            return identity if len(identity) <= MAX_UID else _hash([("Id", identity)]).hex()
        content = _hash(sorted((name, text) for name, text in cells.items() if text not in ABSENT))
        times = self._count(content)
        return blake2b(content + times.to_bytes(8, "big"), digest_size=16).hexdigest()

    def _count(self, digest: bytes) -> int:
        again = self._seen.execute("update seen set times = times + 1 where digest = ?", [digest])
        if again.rowcount:
            found = self._seen.execute("select times from seen where digest = ?", [digest]).fetchone()
            return int(found[0])
        self._seen.execute("insert into seen values (?, 1)", [digest])
        return 1


def _hash(parts: list[tuple[str, str]]) -> bytes:
    return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).digest()
