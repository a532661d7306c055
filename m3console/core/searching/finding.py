"""Search over everything: each app says in `ready()` what of it can be found, and what can be created."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, IntegerField, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from m3console.core import permissions
from m3console.core.links import reverse
from m3console.core.models import Membership, Organization
from m3console.core.registry import extensions
from m3console.core.searching.pages import SearchPages
from m3console.core.searching.search import NOWHERE, Searchable, cleaned, id_in, key_of

EXACT = 0


@dataclass(frozen=True, slots=True)
class Findable:
    """A kind of row that search finds; its page is that of its model (`have_pages`).

    `title` and `hint` are expressions of text. `code` is the field whose exact value means this one row,
    `exact` the same as a condition, for what is no field. `listed` is the list that takes a search.
    """

    label: str
    plural: str
    icon: str
    order: int
    model: type[Model]
    rows: Callable[[Organization], QuerySet[Any]]
    title: Any
    hint: Any = None
    code: str = ""
    exact: Callable[[str], Q] | None = None
    listed: str = ""
    key: Any = field(default_factory=lambda: key_of("name"))
    falling: bool = False

    @property
    def page(self) -> str:
        """The name of its page's URL."""
        return extensions(self.model._meta.label_lower).page

    def is_exactly(self, text: str) -> Q:
        if found := id_in(text):
            return Q(pk=found)
        if self.exact:
            return self.exact(text)
        return Q(**{self.code: text}) if self.code else NOWHERE


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found; `exact` if the text is its very id or code."""

    kind: Findable
    id: UUID
    title: str
    hint: str
    exact: bool

    @property
    def url(self) -> str:
        return reverse(self.kind.page, pk=self.id)


_findables: list[Findable] = []
_creations: list[tuple[str, str]] = []


def can_be_found(*kinds: Findable) -> None:
    _findables.extend(kinds)


def can_be_created(*creations: tuple[str, str]) -> None:
    """Labels and URL names of pages, without arguments, that create something."""
    _creations.extend(creations)


def creations(membership: Membership) -> list[tuple[str, str]]:
    """What the role may create: labels and URLs, by label."""
    allowed = [(label, name) for label, name in _creations if permissions.allows(membership.role, name)]
    return [(label, reverse(name, organization=membership.organization)) for label, name in sorted(allowed)]


def find(membership: Membership, text: str, limit: int) -> list[Hit]:
    """The first hits of each kind that the role may read, exact ones before beginnings: one query."""
    text = cleaned(text)
    kinds = sorted(
        (kind for kind in _findables if permissions.allows(membership.role, kind.page)),
        key=lambda kind: kind.order,
    )
    if not text or not kinds:
        return []
    parts: list[QuerySet[Any]] = []
    for number, kind in enumerate(kinds):
        parts += _parts(kind, number, membership, text, limit)
    best: dict[UUID, tuple[int, int, str, str, UUID]] = {}
    for number, rank, title, hint, pk in parts[0].union(*parts[1:], all=True):
        place = (number, rank, title, hint, pk)
        best[pk] = min(best.get(pk, place), place)
    hits: list[Hit] = []
    of_kind: Counter[int] = Counter()
    for number, rank, title, hint, pk in sorted(best.values()):
        of_kind[number] += 1
        if of_kind[number] <= limit:
            hits.append(Hit(kinds[number], pk, title, hint, exact=rank == EXACT))
    return hits


def exact_one(hits: list[Hit]) -> Hit | None:
    """The one hit whose id or code the text was, if there is just one."""
    exact = [hit for hit in hits if hit.exact]
    return exact[0] if len(exact) == 1 else None


def _parts(kind: Findable, number: int, membership: Membership, text: str, limit: int) -> list[QuerySet[Any]]:
    """The row that the text is exactly, and the first rows that it finds."""
    rows = kind.rows(membership.organization)
    parts = [_facts(rows.filter(kind.is_exactly(text)), kind, number, Value(EXACT))[:2]]
    if isinstance(rows, Searchable) and not id_in(text):
        found = SearchPages(rows, rows, text, kind.key, falling=kind.falling).first(limit)
        parts.append(_facts(found, kind, number, F("found_rank") + 1))
    return parts


def _facts(rows: QuerySet[Any], kind: Findable, number: int, rank: Any) -> QuerySet[Any]:
    """What a hit shows, in columns that all kinds have alike."""
    shown = {
        "hit_kind": Value(number, IntegerField()),
        "hit_rank": Cast(rank, IntegerField()),
        "hit_title": _text(kind.title),
        "hit_hint": _text(kind.hint),
    }
    facts: QuerySet[Any] = rows.order_by().annotate(**shown).values_list(*shown, "pk")
    return facts


def _text(shown: Any) -> Any:
    """An expression or a field as text, empty where there is nothing to say."""
    given = F(shown) if isinstance(shown, str) else Value("") if shown is None else shown
    return Coalesce(Cast(given, TextField()), Value(""), output_field=TextField())
