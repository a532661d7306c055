"""What is billed: accounts with one plan, three meters, and a month of usage in the order of time."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from accounts.models import Account
from billing.usage.rows import Row
from m3console.core.audit import action
from m3console.core.ids import uuid7
from m3console.core.organizations import create_organization
from plans.models import AccountPlan, CoveredProduct
from tests.billing.make import Shop

MONTH, BILL_DATE = date(2026, 5, 1), date(2026, 6, 1)
SECONDS = int((BILL_DATE - MONTH).total_seconds())
METERS = ("disk", "traffic", "calls")
REGIONS = ("eu-north", "eu-west", "us-east")
ROWS = 2_000


def make_shop(accounts: int) -> Shop:
    """One product priced by three aggregations: two sums in tiers and a peak by volume."""
    with action("bench.prepared"):
        shop = Shop(create_organization(slug="bench", name="Bench"))
        plan = shop.plan(standing_charge="9.50")
        for code, method in zip(METERS, ("SUM", "MAX", "SUM"), strict=True):
            meter = shop.meter(code, amount="MEASURE", region="WHERE")
            aggregation = shop.aggregation(meter, "amount", method, code=f"{code}_used", name=code.title())
            shop.price(
                plan.plan_template, aggregation, (0, "0.0432"), (1000, "0.0311"), (20000, "0.0254"),
                cumulative=method == "SUM",
            )  # fmt: skip
        _make_accounts(shop, plan, accounts)
    return shop


def _make_accounts(shop, plan, number):
    accounts = [
        Account(
            organization=shop.organization, code=f"account-{n}", name=f"Account {n}",
            email_address=f"billing@account-{n}.example", address_line_1=f"{n} Long Road", locality="Bergen",
        )
        for n in range(number)
    ]  # fmt: skip
    Account.objects.bulk_create(accounts, batch_size=ROWS)
    attached = [
        AccountPlan(organization=shop.organization, account=account, plan=plan, start_date=MONTH)
        for account in accounts
    ]
    AccountPlan.objects.bulk_create(attached, batch_size=ROWS)
    CoveredProduct.objects.bulk_create(
        [
            CoveredProduct(
                account_plan=each, account_id=each.account_id, product=shop.product, start_date=MONTH
            )
            for each in attached
        ],
        batch_size=ROWS,
    )


def usage(accounts: int, first: int, end: int, measurements: int) -> Iterator[Row]:
    """Rows first to end of the measurements, evenly over accounts, meters and the month."""
    roll = random.Random(first)
    start = datetime(MONTH.year, MONTH.month, 1, tzinfo=UTC)
    for number in range(first, end):
        values = {
            "amount": f"{roll.randrange(100_000)}.{roll.randrange(1000):03}",
            "region": roll.choice(REGIONS),
        }
        yield Row(
            f"{uuid7()}",
            f"account-{number % accounts}",
            METERS[number // accounts % len(METERS)],
            start + timedelta(seconds=number * SECONDS // measurements),
            None,
            values,
        )
