"""Catalogue, accounts and usage for the tests of billing, made in as few words as a test can be read with."""

from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Account, ChildMembership
from billing.models import Bill, BillJob, BillLine, BillRevision, JobStatus
from billing.services.jobs import create_job, run_job
from billing.usage.models import IngestBatch, Measurement, UsageSequence
from m3console.core.entities import create
from m3console.core.ids import uuid7
from plans.models import (
    AccountPlan,
    Aggregation,
    CoveredProduct,
    DataField,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)
from plans.models.meters import NUMBERS

JULY, AUGUST = date(2024, 7, 1), date(2024, 8, 1)


def instant(text):
    """An instant from ISO 8601; UTC without an offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Shop:
    """An organization that sells one product, measured by meters whose fields are given as code=category."""

    def __init__(self, organization, code="storage"):
        self.organization = organization
        self.product = self.create(Product, name=code.title(), code=code)

    def create(self, model, **fields):
        return create(model, organization=self.organization, **fields)

    def meter(self, code="disk", **fields):
        meter = self.create(Meter, product=self.product, name=code.title(), code=code)
        taken = {True: 0, False: 0}
        for field, category in (fields or {"gb": "MEASURE"}).items():
            numeric = category in NUMBERS
            DataField.objects.create(
                organization=self.organization,
                meter=meter,
                code=field,
                name=field.upper(),
                category=category,
                unit="GB" if numeric else "",
                position=taken[numeric],
            )
            taken[numeric] += 1
        return meter

    def aggregation(self, meter, field="gb", method="SUM", code=None, **fields):
        target = meter.data_fields.get(code=field)
        code = code or f"{field}_{method.lower()}"
        fields = {"name": code, "unit": "GB", **fields}
        return self.create(Aggregation, code=code, meter=meter, target_field=target, method=method, **fields)

    def plan(self, code="std", standing_charge=0, frequency="MONTHLY", interval=1, currency="USD", **terms):
        template = self.create(
            PlanTemplate,
            product=self.product,
            name=f"{code} template",
            code=f"{code}-template",
            currency=currency,
            standing_charge=Decimal(standing_charge),
            bill_frequency=frequency,
            bill_frequency_interval=interval,
            **terms,
        )
        return self.create(Plan, plan_template=template, name=code.title(), code=code)

    def price(self, on, aggregation, *bands, start="2024-01-01", end=None, cumulative=True, segment=None):
        """Bands are (lower limit, unit price) pairs, or one unit price."""
        pairs = [band if isinstance(band, tuple) else (0, band) for band in bands]
        return self.create(
            Pricing,
            **{"plan" if isinstance(on, Plan) else "plan_template": on},
            aggregation=aggregation,
            start_date=date.fromisoformat(start),
            end_date=end and date.fromisoformat(end),
            cumulative=cumulative,
            segment=segment,
            segment_key="" if segment is None else str(segment),
            lower_limits=[Decimal(lower) for lower, _ in pairs],
            fixed_prices=[Decimal(0) for _ in pairs],
            unit_prices=[Decimal(price) for _, price in pairs],
        )

    def account(self, code="acme", **fields):
        fields = {"name": code.title(), "email_address": f"ap@{code}.example", **fields}
        account = self.create(Account, code=code, **fields)
        if account.parent_account:
            born = {"child": account, "parent": account.parent_account}
            ChildMembership.objects.create(organization=self.organization, **born)
        return account

    def attach(self, account, plan, start="2024-06-01", end=None, **fields):
        start, end = date.fromisoformat(start), end and date.fromisoformat(end)
        attachment = self.create(
            AccountPlan, account=account, plan=plan, start_date=start, end_date=end, **fields
        )
        CoveredProduct.objects.create(
            account_plan=attachment, account=account, product=self.product, start_date=start, end_date=end
        )
        return attachment

    def use(self, meter, *rows):
        """One ingestion: rows are (account, timestamp, {field: value})."""
        sequence, _ = UsageSequence.objects.get_or_create(organization=self.organization)
        sequence.last += 1
        sequence.save()
        batch = IngestBatch.objects.create(organization=self.organization, number=sequence.last)
        fields = list(meter.data_fields.all())
        Measurement.objects.bulk_create(self._measurement(meter, batch, fields, *row) for row in rows)
        return batch

    def _measurement(self, meter, batch, fields, account, ts, values):
        numbers = [Decimal(str(values[f.code])) if f.code in values else None for f in fields if f.numeric]
        texts = [values.get(f.code) for f in fields if not f.numeric]
        key = uuid7()
        return Measurement(
            id=key,
            ts=instant(ts) if isinstance(ts, str) else ts,
            organization_id=self.organization.pk,
            account_id=account.pk,
            meter_id=meter.pk,
            batch_id=batch.pk,
            uid=str(key),
            vals=numbers,
            dims=texts,
        )


def simple_shop(organization, *, price="0.10", standing_charge=0):
    """A shop with one meter, summed and priced at so much a GB: what most runs need."""
    shop = Shop(organization)
    shop.disk = shop.meter()
    shop.stored = shop.aggregation(shop.disk)
    shop.std = shop.plan(standing_charge=standing_charge)
    shop.pricing = shop.price(shop.std, shop.stored, price)
    return shop


def run(shop, until=JULY, **options):
    """Run billing; how many bills came to what, without the counts that are 0."""
    job = create_job(organization=shop.organization, bill_date=until, foreground=True, **options)
    summary = run_job(job)
    assert summary.status == JobStatus.COMPLETE
    counted = ("billed", "unchanged", "skipped_locked", "suppressed_empty", "earlier_unbilled")
    found = {name: getattr(summary, name) for name in counted if getattr(summary, name)}
    return found | ({"failed": {f.account: f.reason for f in summary.failed}} if summary.failed else {})


def customer(shop, code="acme", gb=50, plan=None, end=None, **fields):
    """An account with an attachment from June 2024 and, unless `gb` is None, usage in that June."""
    account = shop.account(code, **fields)
    shop.attach(account, plan or shop.std, end=end, code=f"{code}-std")
    if gb is not None:
        shop.use(shop.disk, (account, "2024-06-10T00:00Z", {"gb": gb}))
    return account


def bill_of(account, bill_date=JULY):
    return Bill.objects.get(account=account, bill_date=bill_date)


def lines_of(bill):
    return list(BillLine.objects.filter(revision__bill=bill, revision__number=bill.revision))


def customers(shop, count):
    accounts = [shop.account(f"a{number:04}") for number in range(count)]
    for account in accounts:
        shop.attach(account, shop.std)
    use_again(shop, accounts, 50)
    return accounts


def use_again(shop, accounts, gb):
    shop.use(shop.disk, *((account, "2024-06-10T00:00Z", {"gb": gb}) for account in accounts))


def begun(shop, accounts, size):
    """A job that somebody has begun and left."""
    job = create_job(organization=shop.organization, bill_date=JULY, foreground=True)
    BillJob.objects.filter(pk=job.pk).update(
        status=JobStatus.RUNNING, watermark=99, accounts_total=len(accounts)
    )
    keys = sorted(account.pk for account in accounts)
    for first in range(0, len(keys), size):
        job.items.create(account_ids=keys[first : first + size])
    job.refresh_from_db()
    return job


def status(job):
    return BillJob.objects.values_list("status", flat=True).get(pk=job.pk)


def once_each(accounts, revisions=1):
    """Every account has one bill, of so many revisions, with one line each."""
    assert sorted(Bill.objects.values_list("account_id", flat=True)) == sorted(a.pk for a in accounts)
    assert set(Bill.objects.values_list("revision", flat=True)) == {revisions}
    assert BillRevision.objects.count() == revisions * len(accounts)
