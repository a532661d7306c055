"""What came of an act on many rows, kept for a day for the person who did it; history keeps what changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.core.cache import cache

from m3console.core.http import Request

KEPT_SECONDS = 24 * 60 * 60
DONE, UNCHANGED, REFUSED = "done", "unchanged", "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: done, unchanged, or refused with a sentence and what stood in the way."""

    name: str
    url: str
    kind: str
    sentence: str = ""
    blockers: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Outcomes:
    """Those of one act, written along with what each chunk of rows changed.

    There are fewer than `total` while it is going on, or if it broke off.
    """

    key: str
    title: str
    done: str
    noun: str
    total: int
    back_url: str
    all: list[Outcome] = field(default_factory=list)

    @classmethod
    def begin(cls, request: Request, token: UUID, **told: Any) -> "Outcomes | None":
        """Those of an act that begins; None if it was begun before, as by a form that is sent twice."""
        begun = cls(_key(request, token), **told)
        return begun if cache.add(begun.key, asdict(begun), KEPT_SECONDS) else None

    @classmethod
    def of(cls, request: Request, token: UUID) -> "Outcomes | None":
        """The person's own, unless they are older than a day."""
        kept = cache.get(_key(request, token))
        if kept is None:
            return None
        return cls(**{**kept, "all": [Outcome(**one) for one in kept["all"]]})

    def add(self, more: Sequence[Outcome]) -> None:
        self.all.extend(more)
        cache.set(self.key, asdict(self), KEPT_SECONDS)

    def counts(self) -> dict[str, int]:
        counted = Counter(one.kind for one in self.all)
        return {kind: counted[kind] for kind in (DONE, UNCHANGED, REFUSED)} | {
            "waiting": self.total - len(self.all)
        }

    def attention_first(self) -> list[Outcome]:
        """Refusals, then what stayed as it was, then what was done; by name."""
        order = (REFUSED, UNCHANGED, DONE)
        return sorted(self.all, key=lambda one: (order.index(one.kind), one.name.lower()))


def _key(request: Request, token: UUID) -> str:
    return f"bulk:{request.organization.pk}:{request.user.pk}:{token}"
