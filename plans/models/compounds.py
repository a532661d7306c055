"""Compound aggregations: quantities calculated from those of aggregations."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Lower

from billing.engine.formulas.grammar import MOST_CHARACTERS
from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, ExactDecimal, custom_fields_checked, finite
from m3console.core.ids import uuid7
from m3console.core.text import strict_code_valid, text_valid
from plans.models.aggregations import Aggregation, UnitRounding
from plans.models.products import Product
from plans.models.searching import NamedQuerySet


@tracked()
class CompoundAggregation(Entity):
    """A calculation over aggregations and custom fields whose answer is priced (spec 2, Aggregation).

    units = rounding(answer / quantity_per_unit). Those of the aggregations are ignored. Without a product it
    is global. Unless it evaluates null aggregations, a missing input means no value.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="compound_aggregations"
    )
    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[strict_code_valid])
    calculation = models.TextField(max_length=MOST_CHARACTERS)
    evaluate_null_aggregations = models.BooleanField(default=False)
    quantity_per_unit = ExactDecimal(default=Decimal(1))
    rounding = models.CharField(max_length=7, choices=UnitRounding.choices, default=UnitRounding.NONE)
    unit = models.CharField(max_length=50, validators=[text_valid])
    custom_fields = CustomFieldsField()

    objects = NamedQuerySet["CompoundAggregation"].as_manager()

    class Meta:
        verbose_name = "compound aggregation"
        constraints = [
            models.UniqueConstraint(name="compound_code_once", fields=["organization", "code"]),
            models.CheckConstraint(
                name="compound_quantity_per_unit_positive",
                condition=Q(quantity_per_unit__gt=Decimal(0)) & finite("quantity_per_unit"),
            ),
            models.CheckConstraint(
                name="compound_rounding_known", condition=Q(rounding__in=UnitRounding.values)
            ),
            models.CheckConstraint(
                name="compound_named", condition=~Q(name="") & ~Q(code="") & ~Q(unit="") & ~Q(calculation="")
            ),
            custom_fields_checked("compoundaggregation"),
        ]
        indexes = [models.Index("organization", Collate(Lower("name"), "C"), "id", name="compound_by_name")]

    def __str__(self) -> str:
        return self.name

    # What prices ask of whatever they price; a compound has no segments.
    segmented_fields: tuple[str, ...] = ()
    segments: tuple[Any, ...] = ()


Priceable = Aggregation | CompoundAggregation
"""What plans can price."""


class CompoundInput(models.Model):
    """An aggregation that a compound's calculation names; rewritten with the calculation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey("core.Organization", models.PROTECT, related_name="+", editable=False)
    compound_aggregation = models.ForeignKey(CompoundAggregation, models.CASCADE, related_name="inputs")
    aggregation = models.ForeignKey(Aggregation, models.PROTECT, related_name="compound_inputs")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="compound_input_once", fields=["compound_aggregation", "aggregation"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.compound_aggregation}: {self.aggregation}"
