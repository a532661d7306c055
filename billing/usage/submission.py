"""Submit usage: one measurement, typed by a person (spec 3, Usage)."""

from collections.abc import Mapping

from accounts.models import Account
from billing.usage.ingest import ingest
from billing.usage.meters import meter_shapes
from billing.usage.models import EventKind, IngestEvent, Upload
from billing.usage.rows import Row, check
from billing.usage.uploads import uploading
from m3console.core import clock
from m3console.core.errors import RuleViolation
from plans.models import Meter


def submit_usage(
    account: Account, meter: Meter, *, uid: str, ts: str, ets: str, values: Mapping[str, str]
) -> bool:
    """Store a measurement of the account; False when it was stored before under its uid.

    Raises RuleViolation with the part that is wrong (uid, ts, ets or a data field's code), also when
    the uid is that of a measurement with other content.
    """
    row = Row(uid, account.code, meter.code, ts, ets, values)
    check(row, meter_shapes(account.organization, [meter.code]), clock.now())
    with uploading(account.organization, kind=Upload.Kind.DIALOG, file_name="", meter=meter) as upload:
        counts = ingest(organization=account.organization, rows=[row], upload=upload)
    event = IngestEvent.objects.filter(upload=upload).first()
    if event:
        raise RuleViolation(event.reason, field="uid" if event.kind == EventKind.DUPLICATE_UID else None)
    return counts.accepted == 1
