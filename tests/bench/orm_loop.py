"""Billing as one would write it first: a loop over accounts that asks and saves row by row with the ORM."""

import time
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Max, Sum

from accounts.models import Account
from billing.models import Bill, BillJob, BillLine, BillRevision
from billing.usage.models import Measurement
from m3console.core import clock
from m3console.core.audit import action
from plans.models import AccountPlan, Pricing
from tests.bench.shop import BILL_DATE, MONTH

CENT = Decimal("0.01")


def bill_sample(shop, sample: int) -> tuple[float, Decimal]:
    """Bill that many accounts; answers the seconds that one account took, and what all were billed."""
    job = BillJob.objects.create(organization=shop.organization, bill_date=BILL_DATE)
    accounts = Account.objects.filter(organization=shop.organization).order_by("?")[:sample]
    billed = Decimal(0)
    began = time.perf_counter()
    for account in list(accounts):
        with action("bench.billed"):
            billed += _bill(job, account)
    return (time.perf_counter() - began) / sample, billed


def _bill(job, account) -> Decimal:
    lines = [
        line
        for attachment in AccountPlan.objects.filter(account=account).with_plan()
        for line in _lines(attachment)
    ]
    total = sum((line.subtotal for line in lines), Decimal(0))
    bill = Bill(
        organization=account.organization, account=account, account_code=account.code,
        account_name=account.name, account_email=account.email_address, bill_date=BILL_DATE,
        frequency="MONTHLY", frequency_interval=1, start_date=MONTH, end_date=BILL_DATE,
        due_date=BILL_DATE + timedelta(days=account.organization.days_before_bill_due),
        external_invoice_date=BILL_DATE, currency=account.organization.currency, total=total,
        content_hash="", watermark=0, job=job,
    )  # fmt: skip
    bill.save(force_insert=True)
    revision = BillRevision(
        organization=account.organization, bill=bill, number=1, total=total, content_hash="",
        watermark=0, job=job, created_at=clock.now(),
    )  # fmt: skip
    revision.save(force_insert=True)
    for position, line in enumerate(lines, 1):
        line.revision, line.position = revision, position
        line.save(force_insert=True)
    return total


def _lines(attachment) -> list[BillLine]:
    template = attachment.plan.plan_template
    lines = [_line(attachment, "STANDING_CHARGE", "Standing Charge", template.standing_charge)]
    for pricing in Pricing.objects.filter(plan_template=template).select_related("aggregation__meter"):
        quantity = _measured(attachment.account_id, pricing.aggregation)
        amount = _price(pricing, quantity).quantize(CENT, ROUND_HALF_UP)
        lines.append(_line(attachment, "USAGE", str(pricing.aggregation), amount, pricing, quantity))
    return lines


def _measured(account_id, aggregation) -> Decimal:
    first = datetime(MONTH.year, MONTH.month, MONTH.day, tzinfo=UTC)
    end = datetime(BILL_DATE.year, BILL_DATE.month, BILL_DATE.day, tzinfo=UTC)
    rows = Measurement.objects.filter(
        account_id=account_id, meter_id=aggregation.meter_id, ts__gte=first, ts__lt=end
    )
    method = {"SUM": Sum, "MAX": Max}[aggregation.method]
    return rows.aggregate(quantity=method("vals__0"))["quantity"] or Decimal(0)


def _price(pricing, quantity) -> Decimal:
    amount = Decimal(0)
    uppers = [*pricing.lower_limits[1:], None]
    for lower, upper, price in zip(pricing.lower_limits, uppers, pricing.unit_prices, strict=True):
        if pricing.cumulative:
            within = min(quantity, upper) if upper is not None else quantity
            amount += max(within - lower, Decimal(0)) * price
        elif quantity > lower or lower == 0:
            amount = quantity * price
    return amount


def _line(attachment, kind, description, amount, pricing=None, quantity=None) -> BillLine:
    plan = attachment.plan
    return BillLine(
        organization_id=attachment.organization_id, type=kind, description=description,
        account_id=attachment.account_id, account_plan_id=attachment.pk,
        product_id=plan.plan_template.product_id, plan_id=plan.pk, pricing_id=pricing and pricing.pk,
        aggregation_id=pricing and pricing.aggregation_id, meter_id=pricing and pricing.aggregation.meter_id,
        labels={"account": attachment.account.code, "plan": plan.name}, service_start=MONTH,
        service_end=BILL_DATE, quantity=quantity, units=quantity, unit="GB" if pricing else "",
        subtotal=amount, currency="USD", conversion_rate=Decimal(1), converted_subtotal=amount,
        explanation={"quantity": str(quantity), "amount": str(amount)},
    )  # fmt: skip
