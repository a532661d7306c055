"""What all services of the catalogue share: checked fields, held rows, and refusals of what is used.

Rows are held in one order: template, plan, aggregation, meter, product. A template's product and a
plan's template never change, so whoever holds a plan need not hold those.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import ProtectedError, QuerySet

from m3console.core import entities
from m3console.core.entities import Entity, check_fields
from m3console.core.errors import RuleViolation, StaleVersion, refusing
from m3console.core.links import reverse
from m3console.core.lists.keyset import capped_count
from m3console.core.models import Organization
from m3console.core.registry import Blocker, extensions

E = TypeVar("E", bound=Entity)
Sentences = Mapping[str, str | RuleViolation]
MOST_BLOCKERS = 20


class InUse(RuleViolation):
    """Something cannot be deleted: `blockers` say what uses it, each with its page."""

    def __init__(self, entity: Entity, blockers: list[Blocker]) -> None:
        self.blockers = blockers
        noun = noun_of(type(entity)).capitalize()
        super().__init__(f"{noun} “{entity}” is used: {_listed([b.text for b in blockers])}.")


def noun_of(model: type[Entity]) -> str:
    return str(model._meta.verbose_name)


def created(model: type[E], sentences: Sentences, **fields: Any) -> E:
    """A new row, its fields checked; raises RuleViolation naming the first field that is wrong."""
    check_fields(model(**fields))
    with refusing(sentences):
        return entities.create(model, **fields)


def updated(entity: E, sentences: Sentences, *, version: int, **fields: Any) -> E:
    """The row with other fields, checked like a new one's; raises StaleVersion as entities.update does."""
    changed = copy(entity)
    for name, value in fields.items():
        setattr(changed, name, value)
    check_fields(changed)
    with refusing(sentences):
        return entities.update(entity, version=version, **fields)


def code_taken(model: type[Entity], code: str | None) -> RuleViolation:
    return RuleViolation(f"Another {noun_of(model)} has the code “{code}” already.", field="code")


def check_known(fields: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """An update names only fields that may change; another name is a mistake in the calling code."""
    if unknown := fields.keys() - allowed:
        raise TypeError(f"cannot change {', '.join(sorted(unknown))}")


def held(entity: E, organization: Organization | None = None, *, field: str | None = None) -> E:
    """The row as it is now, which nobody changes or deletes until this transaction ends.

    Raises RuleViolation if it has been deleted meanwhile or belongs to another organization.
    """
    owner = organization.pk if organization else entity.organization_id
    rows = type(entity)._default_manager.select_for_update(no_key=True)
    row = rows.filter(pk=entity.pk, organization_id=owner).first()
    if row is None:
        raise gone(type(entity), field)
    return row


def gone(model: type[Entity], field: str | None = None) -> RuleViolation:
    noun = noun_of(model)
    return RuleViolation(f"This {noun} does not exist any more. Choose another one.", field=field)


def used_above(kind: str, pk: UUID) -> list[str]:
    """What upper layers say that uses a row, such as bills; see the registry."""
    return [blocker.text for find in extensions(kind).blockers for blocker in find(pk)]


def refuse_change(what: str, reasons: list[str], *, field: str) -> None:
    """Refuse to change what others were made with (spec 7, Changing what bills were made with)."""
    if reasons:
        listed = _listed(reasons)
        raise RuleViolation(f"{what} cannot change any more: {listed}. Make a new one instead.", field=field)


def removed(
    entity: E,
    find: Callable[[E], list[Blocker]],
    *,
    version: int | None,
    parts: Callable[[E], Sequence[QuerySet[Any]]] = lambda row: (),
) -> None:
    """Delete a row that nothing uses, and its `parts`; `find` and the upper layers say what uses them.

    Raises InUse with what was found, RuleViolation if the row is gone, and StaleVersion if it has
    another version than the one that was read (None: any version will do).
    """
    row = type(entity)._default_manager.select_for_update().filter(pk=entity.pk).first()
    if row is None:
        raise gone(type(entity))
    if version not in (None, row.version):
        raise StaleVersion(entities.changed_sentence(type(row), row.pk))
    going = parts(row)
    blockers = [*find(row), *blockers_above(row)]
    for part in chain.from_iterable(rows.iterator() for rows in going) if not blockers else ():
        blockers += blockers_above(part)
    if blockers:
        raise InUse(row, blockers)
    _delete(row, going)


def _delete(row: Entity, parts: Sequence[QuerySet[Any]]) -> None:
    """What nobody reported and the database still protects is named by itself."""
    try:
        for part in parts:
            part.delete()
        row.delete()
    except ProtectedError as problem:
        protected = list(problem.protected_objects)[:MOST_BLOCKERS]
        raise InUse(row, [Blocker(str(each)) for each in protected]) from None


def blockers_above(entity: Entity) -> list[Blocker]:
    find_all = extensions(entity._meta.label_lower).blockers
    return [blocker for find in find_all for blocker in find(entity.pk)]


def blocking(
    rows: QuerySet[Any], url_name: str, *, label: Callable[[Any], str] | None = None
) -> list[Blocker]:
    """A blocker for each row, with its page; of many, the first ones and how many there are in all."""
    label = label or (lambda row: f"{noun_of(type(row))} “{row}”")
    found = list(rows.select_related("organization")[: MOST_BLOCKERS + 1])
    blockers = [
        Blocker(label(row), reverse(url_name, organization=row.organization, pk=row.pk))
        for row in found[:MOST_BLOCKERS]
    ]
    if len(found) > MOST_BLOCKERS:
        blockers.append(Blocker(f"and others, {capped_count(rows)} in all"))
    return blockers


def _listed(parts: list[str]) -> str:
    return "; ".join(parts[:5]) + (f"; and {len(parts) - 5} more" if len(parts) > 5 else "")
