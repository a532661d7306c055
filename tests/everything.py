"""An organization with a little of everything that the console has pages about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.management import call_command

from accounts.models import Account
from billing.services.jobs import create_job, run_job
from m3console.core import clock
from m3console.core.links import acting_in
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Membership, Organization
from plans.adjustments import create_counter_adjustment
from plans.attachments import attach_plan
from plans.models import Counter, Plan

DAY, NEW_YEAR = date(2026, 6, 1), date(2026, 1, 1)


@contextmanager
def filled(organization: Organization, person: Membership) -> Iterator[Organization]:
    """Accounts, children, catalogue, usage, bills of a run, a saved filter of the person; in June 2026."""
    with clock.at(DAY), acting_in(organization):
        call_command("seed_demo", organization=organization.slug, accounts=8, measurements=200)
        _count_contacts(organization)
        run_job(create_job(organization=organization, bill_date=DAY, foreground=True))
        create_saved_filter(person, list_name="accounts:account_list", name="Euros", query="currency=EUR")
        yield organization


def _count_contacts(organization: Organization) -> None:
    """Give somebody a plan that prices a counter, and a level of it, which few accounts made up may have."""
    counter = Counter.objects.filter(organization=organization).first()
    plan = Plan.objects.filter(plan_template__counter_pricings__counter=counter).first()
    others = Account.objects.of(organization).filter(children=None, parent_account=None)
    account = others.exclude(account_plans__covered__product=plan.plan_template.product).first()
    attach_plan(account=account, plan=plan, start_date=NEW_YEAR)
    create_counter_adjustment(account=account, counter=counter, date=NEW_YEAR, value=7)
