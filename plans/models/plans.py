"""Plan templates and plans: what a product costs besides its usage, and how often it is billed."""

from decimal import Decimal

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Collate, Lower
from django.utils.functional import cached_property

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, ExactDecimal, custom_fields_checked, finite
from m3console.core.text import code_valid, text_valid
from plans.models.products import Product
from plans.models.searching import NamedQuerySet


class BillFrequency(models.TextChoices):
    DAILY = "DAILY", "Daily"
    WEEKLY = "WEEKLY", "Weekly"
    MONTHLY = "MONTHLY", "Monthly"
    ANNUALLY = "ANNUALLY", "Annually"
    AD_HOC = "AD_HOC", "Ad hoc"


@tracked()
class PlanTemplate(Entity):
    """What the plans of a product share: pricing currency, bill frequency, standing charge, minimum spend.

    The standing charge is due every so many of an attachment's periods, first after `standing_charge_offset`
    of them. A blank in-advance flag is the organization's.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="plan_templates")
    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, null=True, blank=True, validators=[code_valid])
    currency = models.CharField("pricing currency", max_length=80)
    bill_frequency = models.CharField(
        max_length=8, choices=BillFrequency.choices, default=BillFrequency.MONTHLY
    )
    bill_frequency_interval = models.PositiveSmallIntegerField("frequency interval", default=1)
    standing_charge = ExactDecimal(default=Decimal(0))
    standing_charge_description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    standing_charge_interval = models.PositiveSmallIntegerField(default=1)
    standing_charge_offset = models.PositiveSmallIntegerField(default=0)
    standing_charge_bill_in_advance = models.BooleanField("standing charge in advance", null=True, blank=True)
    minimum_spend = ExactDecimal(default=Decimal(0))
    minimum_spend_description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    minimum_spend_bill_in_advance = models.BooleanField("minimum spend in advance", null=True, blank=True)
    custom_fields = CustomFieldsField()

    objects = NamedQuerySet["PlanTemplate"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_code_once", fields=["organization", "code"]),
            models.CheckConstraint(
                name="template_interval_1_to_365", condition=Q(bill_frequency_interval__range=(1, 365))
            ),
            models.CheckConstraint(
                name="template_standing_charge_not_negative",
                condition=Q(standing_charge__gte=Decimal(0)) & finite("standing_charge"),
            ),
            models.CheckConstraint(
                name="template_standing_charge_interval_1_to_365",
                condition=Q(standing_charge_interval__range=(1, 365)),
            ),
            models.CheckConstraint(
                name="template_standing_charge_offset_0_to_364",
                condition=Q(standing_charge_offset__range=(0, 364)),
            ),
            models.CheckConstraint(
                name="template_minimum_spend_not_negative",
                condition=Q(minimum_spend__gte=Decimal(0)) & finite("minimum_spend"),
            ),
            models.CheckConstraint(
                name="template_frequency_known", condition=Q(bill_frequency__in=BillFrequency.values)
            ),
            models.CheckConstraint(name="template_named", condition=~Q(name="")),
            custom_fields_checked("plan_template"),
        ]
        indexes = [
            models.Index("organization", Collate(Lower("name"), "C"), "id", name="template_by_name"),
            models.Index("organization", Coalesce("code", Value("")), "id", name="template_by_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def frequency_in_words(self) -> str:
        """As in “Monthly”, or “Monthly, interval 3”."""
        label = BillFrequency(self.bill_frequency).label
        return (
            label
            if self.bill_frequency_interval == 1
            else f"{label}, interval {self.bill_frequency_interval}"
        )

    @property
    def turns_in_words(self) -> str:
        """When the standing charge is due: “each period”, “every 3 periods, first in period 2”."""
        interval, offset = self.standing_charge_interval, self.standing_charge_offset
        every = "each period" if interval == 1 else f"every {interval} periods"
        return f"{every}, first in period {offset + 1}" if offset else every

    @property
    def in_words(self) -> str:
        return f"{self.currency}, {self.frequency_in_words.lower()}"


@tracked()
class Plan(Entity):
    """A price list of a product for accounts: its template's, with what it overrides (blank = template's)."""

    plan_template = models.ForeignKey(PlanTemplate, models.PROTECT, related_name="plans")
    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[code_valid])
    standing_charge = ExactDecimal(null=True, blank=True)
    standing_charge_description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    standing_charge_bill_in_advance = models.BooleanField("standing charge in advance", null=True, blank=True)
    minimum_spend = ExactDecimal(null=True, blank=True)
    minimum_spend_description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    minimum_spend_bill_in_advance = models.BooleanField("minimum spend in advance", null=True, blank=True)
    custom_fields = CustomFieldsField()

    objects = NamedQuerySet["Plan"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_code_once", fields=["organization", "code"]),
            models.CheckConstraint(
                name="plan_standing_charge_not_negative",
                condition=Q(standing_charge=None)
                | Q(standing_charge__gte=Decimal(0)) & finite("standing_charge"),
            ),
            models.CheckConstraint(
                name="plan_minimum_spend_not_negative",
                condition=Q(minimum_spend=None) | Q(minimum_spend__gte=Decimal(0)) & finite("minimum_spend"),
            ),
            models.CheckConstraint(name="plan_named", condition=~Q(name="") & ~Q(code="")),
            custom_fields_checked("plan"),
        ]
        indexes = [models.Index("organization", Collate(Lower("name"), "C"), "id", name="plan_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def charge(self) -> Decimal:
        """The standing charge that holds: its own, else the template's."""
        own: Decimal | None = self.standing_charge
        inherited: Decimal = self.plan_template.standing_charge
        return inherited if own is None else own

    @property
    def minimum(self) -> Decimal:
        """The minimum spend that holds: its own, else the template's."""
        own: Decimal | None = self.minimum_spend
        inherited: Decimal = self.plan_template.minimum_spend
        return inherited if own is None else own

    @property
    def pricing_minimums(self) -> set[bool | None]:
        """The in-advance flags of pricings, its own and its template's, that have a minimum."""
        return {flag for flag, of_counter in self._may_be_ahead if not of_counter}

    @property
    def prices_counters(self) -> bool:
        """Whether it or its template prices a counter, at any time."""
        return any(of_counter for _, of_counter in self._may_be_ahead)

    @cached_property
    def _may_be_ahead(self) -> set[tuple[bool | None, bool]]:
        """What of its prices may be billed in advance: a minimum's flag, or of a counter; one query."""
        own = Q(plan=self) | Q(plan_template=self.plan_template_id)
        truth = models.BooleanField()
        minimums = self.pricings.model._default_manager.filter(own, minimum_spend__gt=0)
        counters = self.counter_pricings.model._default_manager.filter(own)
        flags = minimums.values_list("minimum_spend_bill_in_advance", Value(False, truth))
        return set(flags.union(counters.values_list(Value(None, truth), Value(True, truth))))
