"""Custom fields: what an organization gives all entities of a type, and what an entity has instead.

An entity's own value of the same name overrides the organization's (spec 1, Custom fields).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models

from m3console.core.errors import RuleViolation
from m3console.core.fields import CustomValues, written
from m3console.core.lists.columns import FactColumn
from m3console.core.locks import hold_custom_field_types
from m3console.core.models import CustomFieldDefinition, EntityType, Organization, ValueType
from m3console.core.registry import RowFacts, extensions

_models: dict[str, type[models.Model]] = {}


def carried_by(entity_type: EntityType, model: type[models.Model]) -> None:
    """Let entities of a type have custom fields; the app of the model says so in its `ready()`.

    Their lists offer a column with the values that hold.
    """
    _models[entity_type] = model
    column = FactColumn("Custom fields", cell=listed, value=listed, visible=False)
    facts = RowFacts({"custom_fields": column}, partial(_values_of, entity_type))
    extensions(model._meta.label_lower).columns.append(facts)


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
    return _defaults(definitions_for(entity)) | dict(entity.custom_fields)


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


def listed(values: CustomValues | None) -> str:
    """Values in one line, as lists and exports show them: segment=smb; sla_hours=8."""
    return "; ".join(f"{name}={in_words(value)}" for name, value in sorted((values or {}).items()))


def _values_of(
    entity_type: EntityType, organization: Organization, keys: Sequence[Any]
) -> dict[Any, dict[str, Decimal | str]]:
    """The values that hold for some entities, by id."""
    defaults = _defaults(definitions(organization, entity_type))
    rows = _models[entity_type]._base_manager.filter(pk__in=keys)
    return {key: defaults | own for key, own in rows.values_list("pk", "custom_fields")}


def _defaults(defined: list[CustomFieldDefinition]) -> dict[str, Decimal | str]:
    given = {each.name: each.default for each in defined}
    return {name: value for name, value in given.items() if value is not None}


def check_types(model: type[models.Model], organization: Organization | UUID, values: CustomValues) -> None:
    """Raise RuleViolation if a value is a text where the organization has a number, or the reverse.

    The types stay until the transaction ends.
    """
    if not values:
        return
    hold_custom_field_types(organization.pk if isinstance(organization, Organization) else organization)
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
