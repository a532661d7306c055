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


def uuid7_run(count: int) -> list[str]:
    """Up to 262,144 new ids in ascending order, each as 32 hexadecimal digits: for rows copied in bulk."""
    if count > 1 << 18:
        raise ValueError("a run has at most 262,144 ids")
    instant, noise = uuid7().hex[:16], os.urandom(6 * count).hex()
    return [f"{instant}{0x80000 | n:05x}{noise[12 * n : 12 * n + 11]}" for n in range(count)]
