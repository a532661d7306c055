"""What came of an act on many rows, kept for a day for the person who did it; history keeps what changed.

Names are looked up when it is shown: the cache keeps ids, so that erased personal data is nowhere in it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.core.cache import cache

from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.addresses import address
from m3console.core.registry import extensions

KEPT_SECONDS = 24 * 60 * 60
DONE, UNCHANGED, REFUSED = "done", "unchanged", "refused"
GONE: Final = "(gone)"
# Between control characters, which no name and no text of a person can hold.
REFERENCE: Final = re.compile("\x02([^:\x03]+):([^\x03]+)\x03")
Names = Mapping[tuple[str, UUID], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: done, unchanged, or refused with a sentence and what stood in the way.

    `code` is what it is called once it is gone. As it is shown it has a `name`, and a `url` if it has a page.
    """

    row: UUID
    code: str
    kind: str
    sentence: str = ""
    blockers: Sequence[tuple[str, str]] = ()
    name: str = ""
    url: str = ""


@dataclass(slots=True)
class Outcomes:
    """Those of one act, written along with what each chunk of rows changed.

    There are fewer than `total` while it is going on, or if it broke off.
    """

    key: str
    title: str
    done: str
    noun: str
    model: str
    list_name: str
    total: int
    all: list[Outcome] = field(default_factory=list)
    back_url: str = ""

    @classmethod
    def begin(cls, request: Request, token: UUID, **told: Any) -> "Outcomes | None":
        """Those of an act that begins; None if it was begun before, as by a form that is sent twice."""
        begun = cls(_key(request, token), **told)
        return begun if cache.add(begun.key, asdict(begun), KEPT_SECONDS) else None

    @classmethod
    def of(cls, request: Request, token: UUID) -> "Outcomes | None":
        """The person's own with the names of now, unless they are older than a day."""
        kept = cache.get(_key(request, token))
        if kept is None:
            return None
        outcomes = cls(**{**kept, "all": [Outcome(**one) for one in kept["all"]]})
        outcomes.back_url = reverse(outcomes.list_name) + address(request.GET)
        names = _names(request, outcomes)
        outcomes.all = [_shown(one, outcomes.model, names) for one in outcomes.all]
        return outcomes

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


def referring(text: str, things: Iterable[Any]) -> str:
    """A sentence with references in place of the names of these rows, which it has in quotation marks."""
    for thing in things:
        text = text.replace(f"“{thing}”", f"“\x02{thing._meta.label_lower}:{thing.pk}\x03”")
    return text


def _names(request: Request, outcomes: Outcomes) -> dict[tuple[str, UUID], Any]:
    """The rows that are concerned, with those of the past that are kept: one query for each kind."""
    wanted: dict[str, set[UUID]] = {outcomes.model: {one.row for one in outcomes.all}}
    for one in outcomes.all:
        for text in (one.sentence, *(text for text, _ in one.blockers)):
            for kind, key in REFERENCE.findall(text):
                wanted.setdefault(kind, set()).add(UUID(key))
    return {
        (kind, row.pk): row
        for kind, keys in wanted.items()
        for row in apps.get_model(kind)._base_manager.filter(organization=request.organization, pk__in=keys)
    }


def _shown(one: Outcome, model: str, names: Names) -> Outcome:
    row, page = names.get((model, one.row)), extensions(model).page
    there = row is not None and not getattr(row, "deleted_at", None)
    return replace(
        one,
        name=str(row) if row is not None else one.code or GONE,
        url=reverse(page, pk=one.row) if page and there else "",
        sentence=_resolved(one.sentence, names),
        blockers=[(_resolved(text, names), url) for text, url in one.blockers],
    )


def _resolved(text: str, names: Names) -> str:
    return REFERENCE.sub(lambda found: str(names.get((found[1], UUID(found[2])), GONE)), text)


def _key(request: Request, token: UUID) -> str:
    return f"bulk:{request.organization.pk}:{request.user.pk}:{token}"
