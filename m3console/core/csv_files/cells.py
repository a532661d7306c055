"""Cells of every CSV that leaves the console: numbers stay numbers, text never becomes a formula."""

from decimal import Decimal
from typing import Any

# Full-width forms of the same signs are formulas too, in some spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def cell(value: Any) -> Any:
    """The value as a CSV cell: decimals plain, dates in ISO order, text disarmed by an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if _begins_formula(text) else text


def armed(text: str) -> str:
    """A cell's text as it was before `cell` disarmed it, so that what was exported comes back as it was."""
    return text[1:] if text.startswith("'") and _begins_formula(text[1:]) else text


def _begins_formula(text: str) -> bool:
    """Apostrophes before it count: a text that has them already gets one more, and loses one again."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


class Echo:
    """A file for `csv.writer` that hands each row back so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text
