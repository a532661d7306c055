"""The same bills made by a plain loop: asking account by account, saving row by row with the ORM."""

import json
import random
import time

from billing.engine.bill import compute_bill, due_bills, windows_wanted
from billing.engine.hashing import content_hash
from billing.inputs import load_inputs
from billing.models import Bill, BillJob, BillLine, BillRevision
from billing.services.bill_rows import KEY, LINE, MADE, RATED, REVISION, BillRows, Rating
from billing.usage.measure import watermark
from m3console.core import clock
from m3console.core.audit import action
from plans.models import AccountPlan
from tests.bench.shop import BILL_DATE

AS_JSON = ("labels", "segment", "bands", "explanation")


def bill_sample(shop, sample: int) -> float:
    """Bill that many accounts, each in a transaction; answers the seconds that one took."""
    organization = shop.organization
    job = BillJob.objects.create(organization=organization, bill_date=BILL_DATE)
    rating = Rating(organization, job.pk, None, clock.now(), watermark(organization))
    accounts = list(
        AccountPlan.objects.filter(organization=organization).values_list("account_id", flat=True)
    )
    accounts = random.Random(job.pk.int).sample(accounts, sample)
    began = time.perf_counter()
    for account in accounts:
        with action("bench.billed"):
            _bill(rating, account)
    return (time.perf_counter() - began) / sample


def _bill(rating: Rating, key) -> None:
    inputs = load_inputs(rating.organization, [key])
    account = inputs.accounts[key]
    for due in due_bills(account.attachments, BILL_DATE, latest_only=True):
        usage = inputs.measured({key: windows_wanted(due)}, rating.watermark)[key]
        draft = compute_bill(inputs.of_bill(account, due, usage))
        rows = BillRows()
        rows.add(rating, account, draft, content_hash(draft))
        _save(rows)


def _save(rows: BillRows) -> None:
    for values in rows.bills:
        Bill(**dict(zip((*MADE, *KEY, *RATED), values, strict=True))).save(force_insert=True)
    for values in rows.revisions:
        BillRevision(**dict(zip(REVISION, values, strict=True))).save(force_insert=True)
    for values in rows.lines:
        fields = dict(zip(LINE, values, strict=True))
        fields |= {name: json.loads(fields[name]) for name in AS_JSON if fields[name] is not None}
        BillLine(**fields).save(force_insert=True)
