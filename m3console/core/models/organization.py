"""An organization and its configuration."""

import re
from datetime import date
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from m3console.core import clock
from m3console.core.audit import tracked
from m3console.core.fields import CustomFieldsField, custom_fields_checked
from m3console.core.ids import uuid7

slug_valid = RegexValidator(
    re.compile(r"^[a-z0-9][a-z0-9-]*$"),
    "Use small letters, digits and hyphens, beginning with a letter or digit.",
)


def zone_valid(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Use a name such as Europe/Berlin.")


class ExternalInvoiceDate(models.TextChoices):
    FIRST_DAY_OF_NEXT_PERIOD = "FIRST_DAY_OF_NEXT_PERIOD", "First day of next period"
    LAST_DAY_OF_ARREARS = "LAST_DAY_OF_ARREARS", "Last day of arrears"


@tracked()
class Organization(models.Model):
    """One tenant: nothing of it is visible or reachable from another (spec 1, Organization)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=60, unique=True, validators=[slug_valid])
    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    updated_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    currency = models.CharField(max_length=80, default="USD")
    timezone = models.CharField("time zone", max_length=60, default="UTC", validators=[zone_valid])
    year_epoch = models.DateField(default=date(2022, 1, 1))
    month_epoch = models.DateField(default=date(2022, 1, 1))
    week_epoch = models.DateField(default=date(2022, 1, 4))
    day_epoch = models.DateField(default=date(2022, 1, 1))
    days_before_bill_due = models.PositiveIntegerField(default=30)
    external_invoice_date = models.CharField(
        max_length=30,
        choices=ExternalInvoiceDate.choices,
        default=ExternalInvoiceDate.FIRST_DAY_OF_NEXT_PERIOD,
    )
    suppress_empty_bills = models.BooleanField(default=False)
    consolidate_bills = models.BooleanField(default=False)
    standing_charge_bill_in_advance = models.BooleanField("standing charge in advance", default=False)
    minimum_spend_bill_in_advance = models.BooleanField("minimum spend in advance", default=False)
    allow_overlapping_plans = models.BooleanField(default=False)
    auto_create_accounts = models.BooleanField("create accounts for unknown codes", default=True)
    custom_fields = CustomFieldsField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="organization_name_given", condition=~Q(name="")),
            custom_fields_checked("organization"),
        ]

    def __str__(self) -> str:
        return self.name
