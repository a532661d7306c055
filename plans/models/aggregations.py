"""Aggregations: how measurements become a quantity, and a quantity becomes units."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Lower

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, ExactDecimal, custom_fields_checked, finite
from m3console.core.text import strict_code_valid, text_valid
from plans.models.meters import DataField, Meter
from plans.models.products import Product
from plans.models.searching import NamedQuerySet


class Method(models.TextChoices):
    SUM = "SUM", "Sum"
    MIN = "MIN", "Minimum"
    MAX = "MAX", "Maximum"
    COUNT = "COUNT", "Count"
    LATEST = "LATEST", "Latest"
    MEAN = "MEAN", "Mean"
    UNIQUE = "UNIQUE", "Unique"


class UnitRounding(models.TextChoices):
    UP = "UP", "Up"
    DOWN = "DOWN", "Down"
    NEAREST = "NEAREST", "Nearest"
    NONE = "NONE", "None"


@tracked()
class Aggregation(Entity):
    """A quantity over the measurements of one meter field (spec 2, Aggregation).

    units = rounding(quantity / quantity_per_unit). `segments` are maps of segmented field to value,
    `*` any value, {} the default segment; their order is the order of lines on a bill.
    """

    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="aggregations")
    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[strict_code_valid])
    meter = models.ForeignKey(Meter, models.PROTECT, related_name="aggregations")
    target_field = models.ForeignKey(DataField, models.PROTECT, related_name="aggregations")
    method = models.CharField(max_length=6, choices=Method.choices)
    quantity_per_unit = ExactDecimal(default=Decimal(1))
    rounding = models.CharField(max_length=7, choices=UnitRounding.choices, default=UnitRounding.NONE)
    unit = models.CharField(max_length=50, validators=[text_valid])
    default_value = ExactDecimal(null=True, blank=True)
    segmented_fields = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    segments = models.JSONField(default=list, blank=True)
    custom_fields = CustomFieldsField()

    objects = NamedQuerySet["Aggregation"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="aggregation_code_once", fields=["organization", "code"]),
            models.CheckConstraint(
                name="aggregation_quantity_per_unit_positive",
                condition=Q(quantity_per_unit__gt=Decimal(0)) & finite("quantity_per_unit"),
            ),
            models.CheckConstraint(
                name="aggregation_default_not_negative",
                condition=Q(default_value=None) | Q(default_value__gte=Decimal(0)) & finite("default_value"),
            ),
            models.CheckConstraint(name="aggregation_method_known", condition=Q(method__in=Method.values)),
            models.CheckConstraint(
                name="aggregation_rounding_known", condition=Q(rounding__in=UnitRounding.values)
            ),
            models.CheckConstraint(
                name="aggregation_named", condition=~Q(name="") & ~Q(code="") & ~Q(unit="")
            ),
            custom_fields_checked("aggregation"),
        ]
        indexes = [
            models.Index("organization", Collate(Lower("name"), "C"), "id", name="aggregation_by_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        """What it counts, as in “Sum of gb, by region”. Reads `target_field`: if not loaded, a query."""
        counted = f"{self.get_method_display()} of {self.target_field.code}"
        return f"{counted}, by {', '.join(self.segmented_fields)}" if self.segmented_fields else counted
