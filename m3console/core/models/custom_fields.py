"""Custom fields that an organization defines for a type of entity."""

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import Q

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.exact import exact
from m3console.core.fields import MAX_NAME, MAX_TEXT
from m3console.core.text import strict_code_valid, text_valid

MOST_DEFINITIONS: Final = 10
"""Definitions of one type of entity in one organization (spec 1, Custom fields)."""
NUMBER: Final = r"^-?[0-9]{1,40}(\.[0-9]{1,40})?$"
"""Digits as the database keeps them; whatever else people type is written out so first."""


class EntityType(models.TextChoices):
    """What custom fields can be defined for (spec 1, Custom fields)."""

    ORGANIZATION = "ORGANIZATION", "Organization"
    PRODUCT = "PRODUCT", "Product"
    METER = "METER", "Meter"
    AGGREGATION = "AGGREGATION", "Aggregation"
    COMPOUND_AGGREGATION = "COMPOUND_AGGREGATION", "Compound aggregation"
    PLAN_TEMPLATE = "PLAN_TEMPLATE", "Plan template"
    PLAN = "PLAN", "Plan"
    ACCOUNT = "ACCOUNT", "Account"
    ACCOUNT_PLAN = "ACCOUNT_PLAN", "Account plan"
    CONTRACT = "CONTRACT", "Contract"


class ValueType(models.TextChoices):
    STRING = "STRING", "Text"
    NUMBER = "NUMBER", "Number"


@tracked()
class CustomFieldDefinition(Entity):
    """A custom field that all entities of a type have, with the value of those that have none of their own.

    A blank default is no value: then only entities with an own one have it. Numbers are kept as digits.
    `position` is one of ten places, so the database never holds an eleventh.
    """

    entity_type = models.CharField(max_length=20, choices=EntityType.choices)
    name = models.CharField(max_length=MAX_NAME, validators=[strict_code_valid])
    value_type = models.CharField("type", max_length=6, choices=ValueType.choices, default=ValueType.STRING)
    default_value = models.CharField(max_length=MAX_TEXT, blank=True, validators=[text_valid])
    position = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        verbose_name = "custom field"
        constraints = [
            models.UniqueConstraint(
                name="custom_field_name_once", fields=["organization", "entity_type", "name"]
            ),
            models.UniqueConstraint(
                name="custom_field_position_once", fields=["organization", "entity_type", "position"]
            ),
            models.CheckConstraint(
                name="custom_field_ten_positions", condition=Q(position__range=(1, MOST_DEFINITIONS))
            ),
            models.CheckConstraint(
                name="custom_field_entity_type_known",
                condition=Q(entity_type__in=[str(each) for each in EntityType.values]),
            ),
            models.CheckConstraint(
                name="custom_field_type_known",
                condition=Q(value_type__in=[str(each) for each in ValueType.values]),
            ),
            models.CheckConstraint(name="custom_field_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="custom_field_number_is_one",
                condition=~Q(value_type="NUMBER") | Q(default_value="") | Q(default_value__regex=NUMBER),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def default(self) -> Decimal | str | None:
        """The value of entities without an own one; None if there is none."""
        if not self.default_value:
            return None
        return exact(self.default_value) if self.value_type == ValueType.NUMBER else self.default_value
