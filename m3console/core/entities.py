"""What every entity has: an id, its organization, a version that saves must have read, who and when."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F

from m3console.core import clock
from m3console.core.audit import current_actor
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.fields import CustomValues
from m3console.core.ids import uuid7


class Entity(models.Model):
    """A row of one organization that people create and change (spec 1, first paragraph).

    Lists have indexes of their own that begin with the organization, so these keys need none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "core.Organization", models.PROTECT, related_name="+", editable=False, db_index=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    updated_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )

    class Meta:
        abstract = True


E = TypeVar("E", bound=Entity)

custom_field_checks: list[Callable[[type[Entity], Any, CustomValues], None]] = []
"""Each is asked of a kind's own values before they are saved, and raises RuleViolation."""


def create(model: type[E], **fields: Any) -> E:
    """Insert an entity in the name of the current actor. The caller has opened an action."""
    _check_custom_fields(model, fields)
    user, moment = current_actor().user_id, clock.now()
    entity = model(**fields, created_by_id=user, updated_by_id=user, created_at=moment, updated_at=moment)
    entity.save(force_insert=True)
    return entity


def update(entity: E, *, version: int, **fields: Any) -> E:
    """Save the fields if the row still has the version that was read; its version grows by one.

    Raises StaleVersion, naming who saved meanwhile and when, otherwise.
    """
    _check_custom_fields(type(entity), {"organization": entity.organization_id, **fields})
    manager = type(entity)._default_manager
    stamped = {
        "updated_by_id": current_actor().user_id,
        "updated_at": clock.now(),
        "version": F("version") + 1,
    }
    if not manager.filter(pk=entity.pk, version=version).update(**fields, **stamped):
        raise StaleVersion(changed_sentence(type(entity), entity.pk))
    # The base manager also sees what this very update has taken away.
    return type(entity)._base_manager.get(pk=entity.pk)


def _check_custom_fields(model: type[Entity], fields: Mapping[str, Any]) -> None:
    """Own values are of the types that the organization has given their names."""
    if fields.get("custom_fields"):
        for check in custom_field_checks:
            check(model, fields["organization"], fields["custom_fields"])


def check_fields(entity: Any) -> None:
    """Each field by its own rules: length, characters, choices, numbers. References are not looked at."""
    relations = {field.name for field in entity._meta.fields if field.is_relation}
    try:
        entity.clean_fields(exclude=relations)
    except ValidationError as problem:
        name, errors = next(iter(problem.error_dict.items()))
        label = str(entity._meta.get_field(name).verbose_name)
        label = label[:1].upper() + label[1:]
        first = errors[0]
        if first.code in {"blank", "null"}:
            raise RuleViolation(f"{label} is missing.", field=name) from None
        raise RuleViolation(f"{label}: {first.messages[0]}", field=name) from None


def changed_sentence(model: type[Entity], pk: UUID) -> str:
    row = model._default_manager.select_related("updated_by", "organization").filter(pk=pk).first()
    if row is None:
        return "This was deleted by somebody else in the meantime."
    return saved_sentence(row, row.organization.timezone)


def saved_sentence(row: Any, timezone: str) -> str:
    """Who saved a row last, and when in the zone (spec 1: "changed by X at T, reload")."""
    when = row.updated_at.astimezone(ZoneInfo(timezone))
    return f"Changed by {saved_by(row)} at {when:%Y-%m-%d %H:%M} ({timezone}), reload to see it."


def saved_by(row: Any) -> str:
    """Who saved a row last."""
    return str(row.updated_by.get_full_name() or row.updated_by.email) if row.updated_by else "the system"
