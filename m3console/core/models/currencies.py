"""Currencies of an organization: their digits, their rounding, and the rates between them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import ExactDecimal, finite
from m3console.core.ids import uuid7
from m3console.core.text import strict_code_valid


class RoundingMode(models.TextChoices):
    UP = "UP"
    DOWN = "DOWN"
    CEILING = "CEILING"
    FLOOR = "FLOOR"
    HALF_UP = "HALF_UP", "Half up"
    HALF_DOWN = "HALF_DOWN", "Half down"
    HALF_EVEN = "HALF_EVEN", "Half even"
    UNNECESSARY = "UNNECESSARY", "Unnecessary"


@tracked()
class Currency(Entity):
    """A currency or custom unit that an organization prices or bills in (spec 1, Picklists)."""

    organization = models.ForeignKey(
        "core.Organization", models.CASCADE, related_name="currencies", editable=False
    )
    code = models.CharField(max_length=80, validators=[strict_code_valid])
    name = models.CharField(max_length=200)
    max_decimal_places = models.PositiveSmallIntegerField(default=2)
    rounding_mode = models.CharField(
        max_length=12, choices=RoundingMode.choices, default=RoundingMode.HALF_UP
    )
    archived = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "currencies"
        constraints = [
            models.UniqueConstraint(name="currency_once", fields=["organization", "code"]),
            models.CheckConstraint(name="currency_places_0_to_5", condition=Q(max_decimal_places__lte=5)),
            models.CheckConstraint(
                name="currency_rounding_known", condition=Q(rounding_mode__in=RoundingMode.values)
            ),
            models.CheckConstraint(name="currency_code_given", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return self.code


@tracked()
class CurrencyConversion(models.Model):
    """A rate: an amount in `from_currency` times `multiplier` is the amount in `to_currency`.

    Only the exact pair counts, in this direction and in these letters (spec 3, Conversion).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "core.Organization", models.CASCADE, related_name="conversions", editable=False
    )
    from_currency = models.CharField("from", max_length=80)
    to_currency = models.CharField("to", max_length=80)
    multiplier = ExactDecimal()

    class Meta:
        ordering = ["from_currency", "to_currency"]
        constraints = [
            models.UniqueConstraint(
                name="conversion_once", fields=["organization", "from_currency", "to_currency"]
            ),
            models.CheckConstraint(
                name="conversion_multiplier_positive",
                condition=Q(multiplier__gt=Decimal(0)) & finite("multiplier"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_currency} to {self.to_currency}"
