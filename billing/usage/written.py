"""A measurement's content written one way: for COPY, and for the digest that tells repeats apart.

Equal instants and equal numbers are written alike, so equal content has an equal digest.
"""

import re
from datetime import datetime
from hashlib import blake2b

SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f]')
LINE_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Escaped for the array's literal first, then for the line of COPY.
ELEMENT_ESCAPES = LINE_ESCAPES | {"\\": "\\\\\\\\", '"': '\\\\"'}


def content(ts: datetime, ets: datetime | None, dims: list[str | None], vals: list[str | None]) -> str:
    """The columns ts, ets, dims, vals of a line of COPY.

    Places at the end that hold nothing are left out, so that a field which the meter gets later
    does not change what was sent before.
    """
    texts = ",".join(["NULL" if text is None else f'"{_element(text)}"' for text in _given(dims)])
    numbers = ",".join(["NULL" if number is None else number for number in _given(vals)])
    end = ets.isoformat() if ets else r"\N"
    return f"{ts.isoformat()}\t{end}\t{{{texts}}}\t{{{numbers}}}"


def _given(values: list[str | None]) -> list[str | None]:
    while values and values[-1] is None:
        values.pop()
    return values


def digest(content: str) -> str:
    return blake2b(content.encode(), digest_size=16).hexdigest()


def escaped(text: str) -> str:
    """A text column of a line of COPY."""
    return "".join(LINE_ESCAPES.get(c, c) for c in text) if SPECIAL.search(text) else text


def _element(text: str) -> str:
    return "".join(ELEMENT_ESCAPES.get(c, c) for c in text) if SPECIAL.search(text) else text
