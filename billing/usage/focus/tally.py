"""Making what is missing, beside others who may be making the same, and counting what was made."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from m3console.core.errors import RuleViolation

T = TypeVar("T")
ATTEMPTS = 8

KINDS = (
    "accounts", "products", "meters", "aggregations", "segments", "plan_templates", "plans", "pricings",
    "plan_attachments",
)  # fmt: skip


class Created:
    """How many of each kind an import has made; `report` is told how many in all."""

    def __init__(self, report: Callable[[int], None] = lambda made: None) -> None:
        self._counts = Counter[str]()
        self._report = report

    def count(self, kind: str, made: int = 1) -> None:
        self._counts[kind] += made
        self._report(self._counts.total())

    def ensure(self, kind: str, find: Callable[[], T | None], make: Callable[[], T]) -> T:
        """What `find` finds, else what `make` makes; if somebody else was quicker, what they made.

        Raises RuleViolation if it cannot be made and is not there either.
        """
        found = find()
        if found is not None:
            return found
        try:
            made = make()
        except RuleViolation:
            found = find()
            if found is None:
                raise
            return found
        self.count(kind)
        return made

    def in_words(self) -> str:
        """A sentence of what was made, empty where nothing was."""
        made = [
            f"{count:,} {(kind if count != 1 else kind.removesuffix('s')).replace('_', ' ')}"
            for kind, count in self.summary().items()
            if count
        ]
        return f"Made: {', '.join(made)}." if made else ""

    def summary(self) -> dict[str, int]:
        return {kind: self._counts[kind] for kind in KINDS}


def patiently(act: Callable[[], T]) -> T:
    """Do what reads, decides and saves; anew if a rule refused it, which may be what others just saved.

    Raises RuleViolation if it is refused every time.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return act()
        except RuleViolation:
            continue
    return act()
