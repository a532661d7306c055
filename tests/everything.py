"""An organization with a little of everything that the console has pages about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.management import call_command

from billing.services.jobs import create_job, run_job
from m3console.core import clock
from m3console.core.links import acting_in
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Membership, Organization

DAY = date(2026, 6, 1)


@contextmanager
def filled(organization: Organization, person: Membership) -> Iterator[Organization]:
    """Accounts, children, catalogue, usage, bills of a run, a saved filter of the person; in June 2026."""
    with clock.at(DAY), acting_in(organization):
        call_command("seed_demo", organization=organization.slug, accounts=8, measurements=200)
        run_job(create_job(organization=organization, bill_date=DAY, foreground=True))
        create_saved_filter(person, list_name="accounts:account_list", name="Euros", query="currency=EUR")
        yield organization
