"""Pricings: what the units of one aggregation cost, in bands, for a time."""

from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import ExactDecimal, finite
from m3console.core.searching.search import LookIn, Searchable
from m3console.core.text import day_in_words, text_valid
from plans.models.aggregations import Aggregation
from plans.models.compounds import CompoundAggregation, Priceable
from plans.models.plans import Plan, PlanTemplate
from plans.models.products import Product


def single(expression: object, kind: str) -> Func:
    """A value as the range that holds just it: range operators need no extension for equality."""
    return Func(expression, expression, Value("[]"), function=kind, output_field=RangeField())


class BillsAs(models.TextChoices):
    """What becomes of a price on a bill (spec 2, Pricing)."""

    DEBIT = "DEBIT", "Charge"
    PRODUCT_CREDIT = "PRODUCT_CREDIT", "Product credit"
    GLOBAL_CREDIT = "GLOBAL_CREDIT", "Global credit"


class PricingQuerySet(Searchable["Pricing"]):
    look = LookIn.fields(
        "aggregation__name", "aggregation__code", "compound_aggregation__name",
        "compound_aggregation__code", "plan__name", "plan__code",
        "plan_template__name", "plan_template__code",
    )  # fmt: skip

    def outside(self, product: Product) -> "PricingQuerySet":
        """Pricings on plans and templates of other products."""
        of_template = F("plan_template__product_id")
        owned = self.annotate(owner_product=Coalesce(F("plan__plan_template__product_id"), of_template))
        return owned.exclude(owner_product=product.pk)

    def overlapping(self, pricing: "Pricing") -> "PricingQuerySet":
        """Others of the same owner, aggregation or compound, and segment that share a day with it."""
        same = self.exclude(pk=pricing.pk).filter(
            plan=pricing.plan,
            plan_template=pricing.plan_template,
            aggregation=pricing.aggregation_id,
            compound_aggregation=pricing.compound_aggregation_id,
            segment_key=pricing.segment_key,
        )
        if pricing.end_date:
            same = same.filter(start_date__lt=pricing.end_date)
        return same.filter(Q(end_date=None) | Q(end_date__gt=pricing.start_date))


@tracked(without=("segment_key",))
class Pricing(Entity):
    """Bands of an aggregation (or a segment of it) or a compound on a plan or a template, for [start, end).

    The three arrays run in parallel, one element a band: a band covers (lower limit, next lower
    limit], the first one also 0; the overage arrays do so too, and are empty without overage prices.
    `segment_key` is the segment as canonical text, or null. `minimum_spend` is the least that a whole
    bill period comes to; an in-advance flag that is null is the plan's.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="pricings")
    plan_template = models.ForeignKey(
        PlanTemplate, models.PROTECT, null=True, blank=True, related_name="pricings"
    )
    aggregation = models.ForeignKey(
        Aggregation, models.PROTECT, null=True, blank=True, related_name="pricings"
    )
    compound_aggregation = models.ForeignKey(
        CompoundAggregation, models.PROTECT, null=True, blank=True, related_name="pricings"
    )
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    segment = models.JSONField(null=True, blank=True)
    segment_key = models.TextField(default="", editable=False)
    description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    cumulative = models.BooleanField()
    lower_limits = ArrayField(ExactDecimal())
    fixed_prices = ArrayField(ExactDecimal())
    unit_prices = ArrayField(ExactDecimal())
    type = models.CharField("bills as", max_length=14, choices=BillsAs.choices, default=BillsAs.DEBIT)
    tiers_span_plan = models.BooleanField(default=False)
    minimum_spend = ExactDecimal(default=Decimal(0))
    minimum_spend_description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    minimum_spend_bill_in_advance = models.BooleanField("minimum spend in advance", null=True, blank=True)
    overage_lower_limits = ArrayField(ExactDecimal(), default=list, blank=True)
    overage_fixed_prices = ArrayField(ExactDecimal(), default=list, blank=True)
    overage_unit_prices = ArrayField(ExactDecimal(), default=list, blank=True)

    objects = PricingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pricing_on_plan_or_template",
                condition=Q(plan=None, plan_template__isnull=False)
                | Q(plan__isnull=False, plan_template=None),
            ),
            models.CheckConstraint(
                name="pricing_of_aggregation_or_compound",
                condition=Q(aggregation=None, compound_aggregation__isnull=False)
                | Q(aggregation__isnull=False, compound_aggregation=None),
            ),
            models.CheckConstraint(
                name="pricing_ends_after_start", condition=Q(end_date=None) | Q(end_date__gt=F("start_date"))
            ),
            models.CheckConstraint(name="pricing_type_known", condition=Q(type__in=BillsAs.values)),
            models.CheckConstraint(
                name="pricing_minimum_spend_not_negative",
                condition=Q(minimum_spend__gte=Decimal(0)) & finite("minimum_spend"),
            ),
            models.CheckConstraint(
                name="pricing_spans_without_fixed_price",
                condition=Q(tiers_span_plan=False)
                | Q(cumulative=True)
                | Q(fixed_prices__contained_by=[Decimal(0)]),
            ),
            models.CheckConstraint(
                name="pricing_overage_cumulative_within_period",
                condition=Q(overage_lower_limits=[]) | Q(cumulative=True, tiers_span_plan=False),
            ),
            models.CheckConstraint(
                name="pricing_credit_without_minimum",
                condition=Q(type=BillsAs.DEBIT) | Q(minimum_spend=Decimal(0)),
            ),
            ExclusionConstraint(
                name="pricing_once_at_a_time",
                index_type="GIST",
                expressions=[
                    (single(Coalesce("plan_id", "plan_template_id"), "uuid_range"), RangeOperators.OVERLAPS),
                    (
                        single(Coalesce("aggregation_id", "compound_aggregation_id"), "uuid_range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (single("segment_key", "text_range"), RangeOperators.OVERLAPS),
                    (
                        Func("start_date", "end_date", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index("organization", "start_date", "id", name="pricing_by_start")]

    def __str__(self) -> str:
        return self.description or f"{self.priced} from {day_in_words(self.start_date)}"

    @property
    def priced(self) -> Priceable:
        """The aggregation or compound aggregation whose units it prices."""
        priced = self.aggregation or self.compound_aggregation
        if priced is None:
            raise ValueError("a pricing is of an aggregation or of a compound aggregation")
        return priced

    @property
    def priced_id(self) -> UUID | None:
        return self.aggregation_id or self.compound_aggregation_id

    @property
    def owner(self) -> "Plan | PlanTemplate":
        """The plan or template that it stands on."""
        owner = self.plan or self.plan_template
        if owner is None:
            raise ValueError("a pricing stands on a plan or a template")
        return owner
