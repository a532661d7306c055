"""Values of command-line options."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """A date written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a date like 2024-07-01") from None
