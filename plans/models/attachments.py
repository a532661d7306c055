"""Plan attachments: which account pays by which plan, and when."""

from datetime import date, timedelta
from typing import Final, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Account
from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, custom_fields_checked
from m3console.core.ids import uuid7
from m3console.core.searching.search import LookIn, Searchable
from m3console.core.text import code_valid
from plans.models.plans import BillFrequency, Plan
from plans.models.pricing import single
from plans.models.products import Product


class HierarchyMode(models.TextChoices):
    """Who gets the bill, and which lines, when the account is a parent or a child (spec 1)."""

    PARENT_BREAKDOWN = "PARENT_BREAKDOWN", "Bill parent account - bill line item per account"
    PARENT_SUMMARY = "PARENT_SUMMARY", "Bill parent account - single bill line item for all accounts"
    CHILD = "CHILD", "Bill child account"


class AttachmentStatus(models.TextChoices):
    """Where a day lies to an attachment's dates: before, within, or on or after its end."""

    PENDING = "PENDING", "Pending"
    ACTIVE = "ACTIVE", "Active"
    INACTIVE = "INACTIVE", "Inactive"


def _accounts_found(text: str) -> Q:
    return Q(account__in=Account.objects.all().search(text).values("pk"))


class AccountPlanQuerySet(Searchable["AccountPlan"]):
    """Attachments are found by their code and by their accounts."""

    look = LookIn(F("account__search_text"), narrow=_accounts_found, also=lambda text: Q(code=text))

    def of_account(self, account: Account) -> Self:
        return self.filter(account=account)

    def current(self, on: date) -> Self:
        """Active or pending on the day: not ended by then."""
        return self.filter(Q(end_date=None) | Q(end_date__gt=on))

    def previous(self, on: date) -> Self:
        """Ended on the day or before it."""
        return self.filter(end_date__lte=on)

    def active(self, on: date) -> Self:
        return self.current(on).filter(start_date__lte=on)

    def sharing_days(self, start: date, end: date | None) -> Self:
        """With a day of [start, end) in common; without an end it goes on for ever."""
        return self.current(start) if end is None else self.current(start).filter(start_date__lt=end)

    def search(self, text: str) -> Self:
        """Of the accounts that the text finds."""
        return self.filter(account__in=Account.objects.all().search(text).values("pk"))

    def with_plan(self) -> Self:
        """With all that names them in a list: plan, template and product."""
        return self.select_related("plan__plan_template__product")


EPOCHS: Final[dict[str, str]] = {
    BillFrequency.DAILY: "day_epoch",
    BillFrequency.WEEKLY: "week_epoch",
    BillFrequency.MONTHLY: "month_epoch",
    BillFrequency.ANNUALLY: "year_epoch",
    BillFrequency.AD_HOC: "day_epoch",
}
"""The organization's epoch that anchors plans of a frequency."""


@tracked()
class AccountPlan(Entity):
    """A plan attached to an account for [start_date, end_date); without an end it goes on for ever.

    `bill_epoch` is the billing cycle date; blank is the account's first bill date, then the
    organization's epoch.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="account_plans")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="account_plans", db_index=False)
    code = models.CharField(max_length=80, null=True, blank=True, validators=[code_valid])
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    bill_epoch = models.DateField("billing cycle date", null=True, blank=True)
    child_billing_mode = models.CharField(
        "account hierarchy billing mode",
        max_length=16,
        choices=HierarchyMode.choices,
        default=HierarchyMode.PARENT_BREAKDOWN,
    )
    custom_fields = CustomFieldsField()

    objects = AccountPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attachment_code_once", fields=["organization", "code"]),
            models.CheckConstraint(
                name="attachment_ends_after_start",
                condition=Q(end_date=None) | Q(end_date__gt=F("start_date")),
            ),
            models.CheckConstraint(
                name="attachment_mode_known", condition=Q(child_billing_mode__in=HierarchyMode.values)
            ),
            custom_fields_checked("account_plan"),
        ]
        indexes = [
            models.Index("account", "start_date", "id", name="attachment_of_account"),
            models.Index("plan", "start_date", "id", name="attachment_of_plan"),
            GinIndex(fields=["custom_fields"], name="attachment_by_custom", condition=~Q(custom_fields={})),
        ]

    def __str__(self) -> str:
        return f"{self.plan} on {self.account}"

    def status(self, on: date) -> AttachmentStatus:
        """What it is on the day: pending before its start, inactive from its end on (spec 2)."""
        if on < self.start_date:
            return AttachmentStatus.PENDING
        if self.end_date is not None and self.end_date <= on:
            return AttachmentStatus.INACTIVE
        return AttachmentStatus.ACTIVE

    @property
    def anchor(self) -> date:
        """The day that its billing periods are counted from: its own cycle date, else the account's first
        bill date, else the organization's epoch of the frequency (spec 3, Billing calendar)."""
        epoch: date = getattr(self.organization, EPOCHS[self.plan.plan_template.bill_frequency])
        return self.bill_epoch or self.account.bill_epoch or epoch

    @property
    def last_billed_day(self) -> date | None:
        """The last day that is billed: ends are exclusive. None while it has no end."""
        return self.end_date - timedelta(days=1) if self.end_date else None


class CoveredProduct(models.Model):
    """A product that an attachment covers, with the attachment's account and days repeated.

    The database refuses two of one account and product that share a day. A plan covers one
    product; a plan group will cover several, hence a table of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="covered")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    overlap_allowed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_plan_per_product",
                index_type="GIST",
                expressions=[
                    (single("account_id", "uuid_range"), RangeOperators.OVERLAPS),
                    (single("product_id", "uuid_range"), RangeOperators.OVERLAPS),
                    (
                        Func("start_date", "end_date", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(overlap_allowed=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} of {self.account_plan}"
