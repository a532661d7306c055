"""What lower layers show of upper ones: tabs, menu entries, columns, filters, deletion blockers and losses.

An upper app fills these in its `ready()`; the layer below only iterates.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import django_filters
import django_tables2
from django.db.models import Expression, F, Q, QuerySet
from django.http import HttpRequest

from m3console.core.errors import Blocker as Blocker
from m3console.core.models import Membership, Organization


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of an entity's page. `count` answers what is shown on it: a number, capped in words, or None."""

    key: str
    label: str
    url_name: str
    order: int
    count: Callable[[Any], int | str | None] | None = None
    shown: Callable[[Any], bool] = lambda entity: True


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of an entity's actions menu; hidden from who may not open its URL."""

    label: str
    url_name: str
    order: int
    group: str = ""
    shown: Callable[[Any], bool] = lambda entity: True
    dialog: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of an entity's page that an upper app renders: loaded by URL name."""

    key: str
    url_name: str
    order: int


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an act would bring about, said before it is done; `why` is its working."""

    text: str
    why: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Erasure:
    """Where an upper app keeps an entity's personal data, so that it can be erased for good.

    `values` answers the names and email addresses that it keeps; `words` says in sentences what will be
    erased; `erase` overwrites it, given the entity and the names and email addresses that are kept of it
    anywhere. Whoever calls holds the entity's lock. Erasing twice changes nothing.
    """

    values: Callable[[UUID], Iterable[str]]
    words: Callable[[UUID], Iterable[str]]
    erase: Callable[[Any, frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What an upper app knows of a list's rows, and the columns by name that show it.

    `load` answers, for the ids of the rows of one page, what is known of each, by id: one query however
    many rows. A row that is left out has none. The columns stand behind the one called `after`.
    """

    columns: Mapping[str, django_tables2.Column]
    load: Callable[[Organization, Sequence[Any]], Mapping[Any, Any]]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """The rows that a filter chooses among: an organization's, the value sent and the label shown of each."""

    rows: Callable[[Organization], QuerySet[Any]]
    value: str = "id"
    label: str | Expression | F = "name"


@dataclass(frozen=True, slots=True)
class AddedFilter:
    """A filter that an upper app adds to a list; `make` builds it for a request."""

    name: str
    make: Callable[[HttpRequest], django_filters.Filter]
    offered: Offered | None = None


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """An act on chosen rows of a list, which are posted to its URL; hidden from who may not open that."""

    label: str
    url_name: str
    order: int
    icon: str = ""
    danger: bool = False


@dataclass(slots=True)
class Extensions:
    """What upper apps add to one kind of entity. Functions take the entity's id (or the entity).

    `losses` are told before a deletion and confirmed by typing the code; `gone_too` says what else goes with
    it. `effects` say what a draft that is not saved yet would bring about.

    `parent_checks` raise a RuleViolation for an entity that may not get children from a day on (None: from
    the beginning), `membership_checks` for a change of whose child it is; whoever asks holds the locks.
    `membership_effects` say what such a change would bring about, and `first_unbilled` answers the first day
    that no bill of some entities reaches.

    Of a change, told the entity as it is saved and as it would be: `change_checks` raise a RuleViolation for
    one that may not be, `change_effects` say what it would bring about, and `on_change` bring rows of upper
    apps in line, in the transaction that makes it.

    `billed` name bills that were made with the entity as it is. `bulk` are acts on many of them at once.

    `page` is the name of its page's URL. Kinds with a `history_apart`, of which a single act makes
    thousands, are in the organization's history only for those who ask for them. Of kinds that are not for
    everybody in it, `history_shown` says which events a person sees. `history_words` make of the values of
    fields, by name, what people call them.
    """

    tabs: list[Tab] = field(default_factory=list)
    menu: list[MenuEntry] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    blockers: list[Callable[[UUID], Iterable[Blocker]]] = field(default_factory=list)
    losses: list[Callable[[UUID], Iterable[str]]] = field(default_factory=list)
    gone_too: list[Callable[[UUID], Iterable[str]]] = field(default_factory=list)
    on_delete: list[Callable[[Any], None]] = field(default_factory=list)
    parent_checks: list[Callable[[Any, date | None], None]] = field(default_factory=list)
    membership_checks: list[Callable[[Any], None]] = field(default_factory=list)
    membership_effects: list[Callable[[Any], Iterable[Effect]]] = field(default_factory=list)
    first_unbilled: list[Callable[[Collection[UUID]], date | None]] = field(default_factory=list)
    effects: list[Callable[[Any], Iterable[Effect]]] = field(default_factory=list)
    page: str = ""
    history_apart: bool = False
    history_shown: Callable[[Membership], Q] = lambda membership: Q()
    history_words: dict[str, Callable[[Any], str]] = field(default_factory=dict)
    erasures: list[Erasure] = field(default_factory=list)
    columns: list[RowFacts] = field(default_factory=list)
    filters: list[AddedFilter] = field(default_factory=list)
    bulk: list[BulkEntry] = field(default_factory=list)
    change_checks: list[Callable[[Any, Any], None]] = field(default_factory=list)
    change_effects: list[Callable[[Any, Any], Iterable[Effect]]] = field(default_factory=list)
    on_change: list[Callable[[Any, Any], None]] = field(default_factory=list)
    billed: list[Callable[[UUID], Iterable[Blocker]]] = field(default_factory=list)


_extensions: dict[str, Extensions] = {}


def extensions(kind: str) -> Extensions:
    """The extensions of a kind of entity, by its model label in small letters ("accounts.account")."""
    return _extensions.setdefault(kind, Extensions())


def have_pages(**pages: str) -> None:
    """Name the pages of an app's entities: `account="accounts:account_detail"`, the app being the URL's."""
    for model, url_name in pages.items():
        extensions(f"{url_name.partition(':')[0]}.{model}").page = url_name
