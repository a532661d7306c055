"""Pricings: what the units of one aggregation cost, in bands, for a time."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import ExactDecimal
from m3console.core.searching.search import LookIn, Searchable
from m3console.core.text import day_in_words, text_valid
from plans.models.aggregations import Aggregation
from plans.models.plans import Plan, PlanTemplate
from plans.models.products import Product


def single(expression: object, kind: str) -> Func:
    """A value as the range that holds just it: range operators need no extension for equality."""
    return Func(expression, expression, Value("[]"), function=kind, output_field=RangeField())


class PricingQuerySet(Searchable["Pricing"]):
    look = LookIn.fields(
        "aggregation__name", "aggregation__code", "plan__name", "plan__code",
        "plan_template__name", "plan_template__code",
    )  # fmt: skip

    def outside(self, product: Product) -> "PricingQuerySet":
        """Pricings on plans and templates of other products."""
        of_template = F("plan_template__product_id")
        owned = self.annotate(owner_product=Coalesce(F("plan__plan_template__product_id"), of_template))
        return owned.exclude(owner_product=product.pk)

    def overlapping(self, pricing: "Pricing") -> "PricingQuerySet":
        """Others of the same owner, aggregation and segment that share a day with it."""
        same = self.exclude(pk=pricing.pk).filter(
            plan=pricing.plan,
            plan_template=pricing.plan_template,
            aggregation=pricing.aggregation,
            segment_key=pricing.segment_key,
        )
        if pricing.end_date:
            same = same.filter(start_date__lt=pricing.end_date)
        return same.filter(Q(end_date=None) | Q(end_date__gt=pricing.start_date))


@tracked(without=("segment_key",))
class Pricing(Entity):
    """Bands of an aggregation (or one segment of it) on a plan or on a template, for [start, end).

    The three arrays run in parallel, one element a band: a band covers (lower limit, next lower
    limit], the first one also 0. `segment_key` is the segment as canonical text, or null.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="pricings")
    plan_template = models.ForeignKey(
        PlanTemplate, models.PROTECT, null=True, blank=True, related_name="pricings"
    )
    aggregation = models.ForeignKey(Aggregation, models.PROTECT, related_name="pricings")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    segment = models.JSONField(null=True, blank=True)
    segment_key = models.TextField(default="", editable=False)
    description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    cumulative = models.BooleanField()
    lower_limits = ArrayField(ExactDecimal())
    fixed_prices = ArrayField(ExactDecimal())
    unit_prices = ArrayField(ExactDecimal())

    objects = PricingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pricing_on_plan_or_template",
                condition=Q(plan=None, plan_template__isnull=False)
                | Q(plan__isnull=False, plan_template=None),
            ),
            models.CheckConstraint(
                name="pricing_ends_after_start", condition=Q(end_date=None) | Q(end_date__gt=F("start_date"))
            ),
            ExclusionConstraint(
                name="pricing_once_at_a_time",
                index_type="GIST",
                expressions=[
                    (single(Coalesce("plan_id", "plan_template_id"), "uuid_range"), RangeOperators.OVERLAPS),
                    (single("aggregation_id", "uuid_range"), RangeOperators.OVERLAPS),
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
        return self.description or f"{self.aggregation} from {day_in_words(self.start_date)}"

    @property
    def owner(self) -> "Plan | PlanTemplate":
        """The plan or template that it stands on."""
        owner = self.plan or self.plan_template
        if owner is None:
            raise ValueError("a pricing stands on a plan or a template")
        return owner
