"""Defining custom fields for a type of entity; administrators do (spec 1, Custom fields)."""

from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTransform

from m3console.core import entities
from m3console.core.audit import action
from m3console.core.custom_fields.values import definitions, model_of
from m3console.core.errors import RuleViolation, StaleVersion, refusing
from m3console.core.exact import exact
from m3console.core.fields import written
from m3console.core.lists.keyset import capped_count
from m3console.core.locks import hold_custom_field_types
from m3console.core.models import CustomFieldDefinition, EntityType, Organization, ValueType
from m3console.core.models.custom_fields import MOST_DEFINITIONS

STORED_AS = {ValueType.STRING: "text", ValueType.NUMBER: "number"}


def create_custom_field(
    *, organization: Organization, entity_type: str, name: str, value_type: str, default_value: str = ""
) -> CustomFieldDefinition:
    """A custom field for all entities of a type; a blank default is no value.

    Raises RuleViolation for an eleventh, for a name that is taken, and where entities have a value of that
    name of the other type already.
    """
    draft = CustomFieldDefinition(
        organization=organization, entity_type=entity_type, name=name, value_type=value_type,
        default_value=_stored(value_type, default_value), position=1,
    )  # fmt: skip
    _check(draft)
    with action("custom_field.created"), _refusals(draft):
        # Whoever defines holds the organization's row, so two at once take two places or one of them none.
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        hold_custom_field_types(organization.pk, to_change=True)
        _check_present_values(draft)
        return entities.create(
            CustomFieldDefinition, organization=organization, entity_type=entity_type, name=name,
            value_type=value_type, default_value=draft.default_value, position=_free_position(draft),
        )  # fmt: skip


def update_custom_field(
    definition: CustomFieldDefinition, *, version: int, **fields: Any
) -> CustomFieldDefinition:
    """Change name, type or default. Name and type stay once entities override the field: their values
    would neither follow nor fit. Raises RuleViolation, StaleVersion.
    """
    if unknown := fields.keys() - {"name", "value_type", "default_value"}:
        raise TypeError(f"cannot change {', '.join(sorted(unknown))}")
    draft = CustomFieldDefinition.objects.filter(pk=definition.pk).first()
    if draft is None:
        raise StaleVersion(entities.changed_sentence(CustomFieldDefinition, definition.pk))
    before = (draft.name, draft.value_type)
    overridden = overriding(draft)
    for field, value in fields.items():
        setattr(draft, field, value)
    draft.default_value = fields["default_value"] = _stored(draft.value_type, draft.default_value)
    _check(draft)
    with action("custom_field.updated"), _refusals(draft):
        if (draft.name, draft.value_type) != before:
            hold_custom_field_types(draft.organization_id, to_change=True)
            _refuse_overridden(draft, before[0], overridden)
            _check_present_values(draft)
        return entities.update(draft, version=version, **fields)


def delete_custom_field(definition: CustomFieldDefinition, *, version: int | None = None) -> None:
    """Take a definition away; entities keep their own values. Raises StaleVersion."""
    rows = CustomFieldDefinition.objects.filter(pk=definition.pk)
    with action("custom_field.deleted"):
        if not (rows if version is None else rows.filter(version=version)).delete()[0]:
            raise StaleVersion(entities.changed_sentence(CustomFieldDefinition, definition.pk))


def overriding(definition: CustomFieldDefinition) -> QuerySet[Any]:
    """The entities that have a value of their own of the definition's name."""
    model = model_of(definition.entity_type)
    key = "pk" if model is Organization else "organization"
    rows = model._default_manager.filter(**{key: definition.organization_id})
    return rows.filter(~Q(custom_fields={}), custom_fields__has_key=definition.name)


def overriding_in_words(rows: QuerySet[Any], entity_type: str) -> str:
    """How many entities that are, up to a cap: "3 accounts", or nothing."""
    count = capped_count(rows)
    noun = EntityType(entity_type).label.lower()
    return "" if count == "0" else f"{count} {noun if count == '1' else noun + 's'}"


def _stored(value_type: str, default_value: str) -> str:
    """A default as it is kept: of a number its digits."""
    if value_type != ValueType.NUMBER or not default_value:
        return default_value
    try:
        return written(exact(default_value))
    except ValueError as problem:
        raise RuleViolation(str(problem), field="default_value") from None


def _check(draft: CustomFieldDefinition) -> None:
    try:
        draft.clean_fields(exclude=["organization", "created_by", "updated_by"])
    except ValidationError as problem:
        name, messages = next(iter(problem.message_dict.items()))
        raise RuleViolation(str(messages[0]), field=name) from None


def _free_position(draft: CustomFieldDefinition) -> int:
    taken = {each.position for each in definitions(draft.organization_id, draft.entity_type)}
    free = set(range(1, MOST_DEFINITIONS + 1)) - taken
    if not free:
        noun = EntityType(draft.entity_type).label.lower()
        raise RuleViolation(
            f"There are {MOST_DEFINITIONS} custom fields for the type {noun} already, which is the most."
            " Delete one that is not needed any more."
        )
    # After the last one while there is room there, so that what was added last is shown last.
    return max(taken, default=0) + 1 if MOST_DEFINITIONS in free else min(free)


def _check_present_values(draft: CustomFieldDefinition) -> None:
    other = next(stored for kind, stored in STORED_AS.items() if kind != draft.value_type)
    own = KeyTransform(draft.name, "custom_fields")
    mistyped = overriding(draft).alias(own=own).filter(own__has_key=other)
    if named := overriding_in_words(mistyped, draft.entity_type):
        raise RuleViolation(
            f"{draft.name} is a {other} on {named} already. Make this a {other} too, or change those first.",
            field="value_type",
        )


def _refuse_overridden(draft: CustomFieldDefinition, name: str, overridden: QuerySet[Any]) -> None:
    if named := overriding_in_words(overridden, draft.entity_type):
        raise RuleViolation(
            f"{name} is overridden by {named}, so its name and type stay. Define another custom field.",
            field="name" if draft.name != name else "value_type",
        )


def _refusals(draft: CustomFieldDefinition) -> AbstractContextManager[None]:
    noun = EntityType(draft.entity_type).label.lower()
    return refusing(
        {
            "custom_field_name_once": RuleViolation(
                f"There is a custom field {draft.name} for the type {noun} already.", field="name"
            )
        }
    )
