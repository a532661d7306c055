"""Custom fields: what an organization gives all entities of a type, and what an entity has instead.

An entity's own value of the same name overrides the organization's (spec 1, Custom fields).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from m3console.core.errors import RuleViolation
from m3console.core.fields import CustomValues, written
from m3console.core.models import CustomFieldDefinition, EntityType, Organization, ValueType

_models: dict[str, type[models.Model]] = {}


def carried_by(entity_type: EntityType, model: type[models.Model]) -> None:
    """Let entities of a type have custom fields; the app of the model says so in its `ready()`."""
    _models[entity_type] = model


def entity_types() -> list[EntityType]:
    """The types of entity that there are, in the order of spec 1."""
    return [each for each in EntityType if each in _models]


def model_of(entity_type: str) -> type[models.Model]:
    return _models[entity_type]


def entity_type_of(model: type[models.Model]) -> EntityType:
    return next(EntityType(each) for each, known in _models.items() if known is model)


@dataclass(frozen=True, slots=True)
class Shown:
    """A custom field as a page shows it: the value that holds, and the organization's that it overrides."""

    name: str
    value: str
    own: bool
    overridden: str = ""


def definitions(organization: Organization | UUID, entity_type: str) -> list[CustomFieldDefinition]:
    """What the organization gives all entities of a type, in its order."""
    rows = CustomFieldDefinition.objects.filter(organization=organization, entity_type=entity_type)
    return list(rows.order_by("position"))


def definitions_for(entity: Any) -> list[CustomFieldDefinition]:
    return definitions(_organization_of(entity), entity_type_of(type(entity)))


def effective_custom_fields(entity: Any) -> dict[str, Decimal | str]:
    """The values that hold for an entity: the organization's, overridden by its own. One query."""
    given = {each.name: each.default for each in definitions_for(entity)}
    defaults = {name: value for name, value in given.items() if value is not None}
    return defaults | dict(entity.custom_fields)


def shown_custom_fields(entity: Any) -> list[Shown]:
    """What an entity's page shows: the organization's fields in their order, then its others by name."""
    own: Mapping[str, Decimal | str] = entity.custom_fields
    found = []
    for each in definitions_for(entity):
        default = "" if each.default is None else in_words(each.default)
        if each.name in own:
            found.append(Shown(each.name, in_words(own[each.name]), own=True, overridden=default))
        elif default:
            found.append(Shown(each.name, default, own=False))
    names = {each.name for each in found}
    return found + [Shown(name, in_words(own[name]), own=True) for name in sorted(own) if name not in names]


def in_words(value: Decimal | str) -> str:
    return value if isinstance(value, str) else written(value)


def check_types(model: type[models.Model], organization: Organization | UUID, values: CustomValues) -> None:
    """Raise RuleViolation if a value is a text where the organization has a number, or the reverse."""
    if not values:
        return
    types = {each.name: each.value_type for each in definitions(organization, entity_type_of(model))}
    for name, value in values.items():
        is_text = isinstance(value, str)
        if types.get(name) == ValueType.NUMBER and is_text:
            message = f"{name} is a number in this organization; “{value}” is a text."
        elif types.get(name) == ValueType.STRING and not is_text:
            message = f"{name} is a text in this organization, not a number."
        else:
            continue
        raise RuleViolation(message, field="custom_fields")


def _organization_of(entity: Any) -> UUID:
    key: UUID = entity.pk if isinstance(entity, Organization) else entity.organization_id
    return key
