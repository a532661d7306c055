"""Asking for the bills of the months that were made up: a run for each, which workers take up."""

from billing.models import BillJob
from billing.seed.accounts import hold_seeding
from billing.seed.calendar import Span
from billing.services.jobs import create_job
from m3console.core.audit import action
from m3console.core.models import Organization


def ask_for_bills(organization: Organization, span: Span) -> int:
    """Have every bill of the span made, month by month, but for ad hoc ones; answers how many runs it takes.

    A date that has had a run before gets no other.
    """
    dates = span.bill_dates()
    with action("demonstration.seeded"):
        hold_seeding(organization)
        jobs = BillJob.objects.filter(organization=organization, bill_date__in=dates)
        had = set(jobs.values_list("bill_date", flat=True))
        wanted = [day for day in dates if day not in had]
        for day in wanted:
            # The last one also makes what falls between: weekly bills, and charges in advance on a start.
            last = day == dates[-1]
            create_job(organization=organization, bill_date=day, latest_only=not last, source="command")
    return len(wanted)
