"""Counters: what is counted by its level, such as seats; what a level costs; and how levels change."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Collate, Lower

from accounts.models import Account
from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import ExactDecimal
from m3console.core.searching.search import LookIn, Searchable
from m3console.core.text import code_valid, day_in_words, text_valid
from plans.models.plans import Plan, PlanTemplate
from plans.models.pricing import single
from plans.models.products import Product
from plans.models.searching import NamedQuerySet


@tracked()
class Counter(Entity):
    """Something whose number holds until it is changed, such as seats (spec 2, Counter).

    Without a product it is global: it may be priced on any product's plans.
    """

    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="counters")
    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[code_valid])
    unit = models.CharField(max_length=50, validators=[text_valid])

    objects = NamedQuerySet["Counter"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="counter_code_once", fields=["organization", "code"]),
            models.CheckConstraint(name="counter_named", condition=~Q(name="") & ~Q(code="") & ~Q(unit="")),
        ]
        indexes = [models.Index("organization", Collate(Lower("name"), "C"), "id", name="counter_by_name")]

    def __str__(self) -> str:
        return self.name


class CounterPricingQuerySet(Searchable["CounterPricing"]):
    look = LookIn.fields(
        "counter__name", "counter__code", "plan__name", "plan__code",
        "plan_template__name", "plan_template__code",
    )  # fmt: skip

    def outside(self, product: Product) -> "CounterPricingQuerySet":
        """Counter pricings on plans and templates of other products."""
        of_template = F("plan_template__product_id")
        owned = self.annotate(owner_product=Coalesce(F("plan__plan_template__product_id"), of_template))
        return owned.exclude(owner_product=product.pk)

    def holding_on(self, owner: "Plan | PlanTemplate") -> "CounterPricingQuerySet":
        """Those that hold on a plan, its template's among them, or on a template."""
        if isinstance(owner, Plan):
            return self.filter(Q(plan=owner) | Q(plan_template=owner.plan_template_id))
        return self.filter(plan_template=owner)

    def overlapping(self, pricing: "CounterPricing") -> "CounterPricingQuerySet":
        """Others of the same owner and counter that share a day with it."""
        same = self.exclude(pk=pricing.pk).filter(
            plan=pricing.plan, plan_template=pricing.plan_template, counter=pricing.counter
        )
        if pricing.end_date:
            same = same.filter(start_date__lt=pricing.end_date)
        return same.filter(Q(end_date=None) | Q(end_date__gt=pricing.start_date))


@tracked()
class CounterPricing(Entity):
    """Bands of a counter on a plan or on a template, for [start, end): what a level costs a whole period.

    The three arrays run in parallel, as a Pricing's do. The running total is the level at a period's start;
    an adjustment is what its change of the level adds to or takes from the price.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="counter_pricings")
    plan_template = models.ForeignKey(
        PlanTemplate, models.PROTECT, null=True, blank=True, related_name="counter_pricings"
    )
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="counter_pricings")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    description = models.CharField(max_length=200, blank=True, validators=[text_valid])
    cumulative = models.BooleanField()
    lower_limits = ArrayField(ExactDecimal())
    fixed_prices = ArrayField(ExactDecimal())
    unit_prices = ArrayField(ExactDecimal())
    running_total_bill_in_advance = models.BooleanField("running total billed in advance", default=True)
    pro_rate_running_total = models.BooleanField("prorate running total", default=True)
    pro_rate_adjustment_debit = models.BooleanField("prorate adjustment debit", default=True)
    pro_rate_adjustment_credit = models.BooleanField("prorate adjustment credit", default=True)

    objects = CounterPricingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="counter_pricing_on_plan_or_template",
                condition=Q(plan=None, plan_template__isnull=False)
                | Q(plan__isnull=False, plan_template=None),
            ),
            models.CheckConstraint(
                name="counter_pricing_ends_after_start",
                condition=Q(end_date=None) | Q(end_date__gt=F("start_date")),
            ),
            ExclusionConstraint(
                name="counter_pricing_once_at_a_time",
                index_type="GIST",
                expressions=[
                    (single(Coalesce("plan_id", "plan_template_id"), "uuid_range"), RangeOperators.OVERLAPS),
                    (single("counter_id", "uuid_range"), RangeOperators.OVERLAPS),
                    (
                        Func("start_date", "end_date", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index("organization", "start_date", "id", name="counter_pricing_by_start")]

    def __str__(self) -> str:
        return self.description or f"{self.counter} from {day_in_words(self.start_date)}"

    @property
    def owner(self) -> "Plan | PlanTemplate":
        """The plan or template that it stands on."""
        owner = self.plan or self.plan_template
        if owner is None:
            raise ValueError("a counter pricing stands on a plan or a template")
        return owner


class CounterAdjustmentQuerySet(models.QuerySet["CounterAdjustment"]):
    def of_account(self, account: Account) -> "CounterAdjustmentQuerySet":
        return self.filter(account=account)

    def with_level_before(self) -> "CounterAdjustmentQuerySet":
        """Each with `level_before`, the level that it changed: 0 before the first one."""
        earlier = CounterAdjustment.objects.filter(
            account=models.OuterRef("account"),
            counter=models.OuterRef("counter"),
            date__lt=models.OuterRef("date"),
        )
        level = models.Subquery(earlier.order_by("-date").values("value")[:1])
        return self.annotate(level_before=Coalesce(level, 0))


@tracked()
class CounterAdjustment(Entity):
    """The level of a counter on an account from a day on, until the next one: not a change of it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="counter_adjustments", db_index=False)
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="adjustments")
    date = models.DateField()
    value = models.PositiveBigIntegerField()
    purchase_order_number = models.CharField(max_length=100, blank=True, validators=[text_valid])

    objects = CounterAdjustmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="adjustment_once_a_day", fields=["account", "counter", "date"]),
        ]
        indexes = [models.Index("account", "date", "id", name="adjustment_of_account")]

    def __str__(self) -> str:
        return f"{self.counter} at {self.value:,} from {day_in_words(self.date)}"
