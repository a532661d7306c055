"""FOCUS cost and usage, taken in as usage: first what the file needs is made, then its rows are stored."""

from collections.abc import Callable, Iterator
from datetime import datetime

from billing.usage.focus.catalogue import Gaps, complete_catalogue
from billing.usage.focus.file import FocusFile, Read
from billing.usage.focus.needs import Needs
from billing.usage.focus.tally import Created
from billing.usage.focus.uids import Uids
from billing.usage.ingest import Counts, ingest
from billing.usage.models import EventKind, Upload
from billing.usage.rows import Refused, Row
from m3console.core import clock
from m3console.core.models import Organization


def load_focus(
    *,
    organization: Organization,
    file: FocusFile,
    upload: Upload,
    catalogue: bool,
    created: Created | None = None,
    looking: Callable[[int], None] = lambda rows: None,
    progress: Callable[[Counts], None] | None = None,
) -> Counts:
    """Store a file's charges as measurements, rejecting those that cannot be priced (spec 6, import_focus).

    With `catalogue` what they need is made first, as far as it is missing, and counted by `created`;
    `looking` is told how many rows have been looked at for that, `progress` what has been stored. The
    file again changes nothing.
    """
    needs, gaps, now = None, Gaps(), clock.now()
    if catalogue:
        needs = _needs(organization, file, now, looking)
        gaps = complete_catalogue(needs, created or Created())
    rows = _rows(file, now, needs, gaps)
    return ingest(organization=organization, rows=rows, upload=upload, progress=progress)


def _needs(
    organization: Organization, file: FocusFile, now: datetime, looking: Callable[[int], None]
) -> Needs:
    needs = Needs(organization)
    for number, row in enumerate(file.rows(now), start=1):
        if isinstance(row, Read):
            needs.add(row.charge)
        looking(number)
    return needs


def _rows(file: FocusFile, now: datetime, needs: Needs | None, gaps: Gaps) -> Iterator[Row | Refused]:
    with Uids() as uids:
        for row in file.rows(now):
            if isinstance(row, Refused):
                yield row
                continue
            charge = row.charge
            reason = gaps.reason(charge, needs.key(charge)) if needs else None
            if reason:
                yield Refused(
                    EventKind.UNPRICED,
                    f"It cannot be priced: {reason}",
                    row.line,
                    row.sent,
                    charge.account,
                    charge.service,
                    row.size,
                )
            else:
                yield charge.row(uids.uid(row.cells), row.sent, line=row.line, size=row.size)
