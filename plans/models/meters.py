"""Meters: what is measured."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Lower

from billing.engine.formulas.grammar import MOST_CHARACTERS
from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, custom_fields_checked
from m3console.core.ids import uuid7
from m3console.core.text import code_valid, strict_code_valid, text_valid
from plans.models.products import Product
from plans.models.searching import NamedQuerySet


class Category(models.TextChoices):
    """What a data field holds. The last three are numbers, the others text (spec 2, Meter)."""

    WHO = "WHO", "Who"
    WHAT = "WHAT", "What"
    WHERE = "WHERE", "Where"
    OTHER = "OTHER", "Other"
    METADATA = "METADATA", "Metadata"
    MEASURE = "MEASURE", "Measure"
    INCOME = "INCOME", "Income"
    COST = "COST", "Cost"


NUMBERS = (Category.MEASURE, Category.INCOME, Category.COST)
DIMENSIONS = (Category.WHO, Category.WHAT, Category.WHERE, Category.OTHER)


@tracked(without=("number_positions", "text_positions"))
class Meter(Entity):
    """What the measurements of one kind carry. Without a product it is global.

    The two counts say how many positions of numbers and of text have ever been given to its fields.
    """

    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="meters")
    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[code_valid])
    number_positions = models.PositiveSmallIntegerField(default=0, editable=False)
    text_positions = models.PositiveSmallIntegerField(default=0, editable=False)
    custom_fields = CustomFieldsField()

    objects = NamedQuerySet["Meter"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="meter_code_once", fields=["organization", "code"]),
            models.CheckConstraint(name="meter_named", condition=~Q(name="") & ~Q(code="")),
            custom_fields_checked("meter"),
        ]
        indexes = [models.Index("organization", Collate(Lower("name"), "C"), "id", name="meter_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def measured_fields(self) -> "list[DataField]":
        """The fields that a measurement is sent with. Reads `data_fields`: if not loaded, a query."""
        return [field for field in self.data_fields.all() if not field.calculation]

    @property
    def derived_fields(self) -> "list[DataField]":
        """The fields that are calculated from those. Reads `data_fields`: if not loaded, a query."""
        return [field for field in self.data_fields.all() if field.calculation]


@tracked()
class DataField(models.Model):
    """A field of a meter's measurements: sent with them or, with a `calculation`, derived as they come in.

    `position` is where its value stands in a measurement's `vals` (numbers) or `dims` (text), counted
    from 0 in each; it never changes, and a removed field's position is not used again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+", editable=False)
    meter = models.ForeignKey(Meter, models.CASCADE, related_name="data_fields")
    category = models.CharField(max_length=10, choices=Category.choices)
    code = models.CharField(max_length=80, validators=[strict_code_valid])
    name = models.CharField(max_length=200, validators=[text_valid])
    unit = models.CharField(max_length=50, blank=True)
    calculation = models.TextField(blank=True, default="", db_default="", max_length=MOST_CHARACTERS)
    numeric = models.GeneratedField(
        expression=Q(category__in=[str(c) for c in NUMBERS]),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    position = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="data_field_code_once", fields=["meter", "code"]),
            models.UniqueConstraint(name="data_field_position_once", fields=["meter", "numeric", "position"]),
            models.CheckConstraint(
                name="data_field_category_known", condition=Q(category__in=[str(c) for c in Category.values])
            ),
            models.CheckConstraint(
                name="data_field_unit_of_numbers",
                condition=~Q(category__in=[str(c) for c in NUMBERS]) | ~Q(unit=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> int:
        """The meter's, which grows with every change of its fields. Reads `meter`: if not loaded, a query."""
        return self.meter.version
