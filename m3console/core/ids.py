"""Ids of every entity: UUIDs of version 7, made here, so that rows copied in bulk need no sequence."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id that sorts after every id this process has made before (RFC 9562, version 7).

    The 12 bits below the millisecond count on within it, so ids keep the order of their creation.
    """
    global _last
    with _lock:
        tick = max(time.time_ns() // 244, _last + 1)  # 2^12 ticks a millisecond: 1,000,000 / 4,096 ≈ 244 ns
        _last = tick
    milliseconds, fraction = divmod(tick * 244, 1_000_000)
    number = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (fraction * 4096 // 1_000_000) << 64
    return UUID(int=number | 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2)
