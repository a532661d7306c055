"""Rows without a uid, kept aside until the end of a load.

Nobody could tell a row without a uid from its repetition, so a load that is broken off must not have
stored some of them: they are all stored in its last transaction.
"""

import pickle
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from billing.usage.rows import Prepared

IN_MEMORY = 8_000_000


class Aside:
    """Chunks of rows on disk; can be read any number of times."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed by __exit__)
        self._chunks = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, chunk: Prepared) -> None:
        pickle.dump(chunk, self._file, pickle.HIGHEST_PROTOCOL)
        self._chunks += 1

    def __iter__(self) -> Iterator[Prepared]:
        self._file.seek(0)
        for _ in range(self._chunks):
            yield pickle.load(self._file)  # noqa: S301 (a nameless file that only this process has)

    def __len__(self) -> int:
        return self._chunks
