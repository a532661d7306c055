"""manage.py seed_demo: made-up, repeatable data of any size (spec 6)."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from billing.seed.accounts import first_day, hold_seeding, make_accounts
from billing.seed.bills import ask_for_bills
from billing.seed.calendar import Span
from billing.seed.catalogue import make_catalogue, missing_plans
from billing.seed.customers import Customer, customer
from billing.seed.imports import make_import
from billing.seed.usage import make_usage
from m3console.core import clock
from m3console.core.audit import action
from m3console.core.commands import DONE, OrganizationCommand
from m3console.core.models import Organization
from m3console.core.progress import Progress

MEASUREMENTS_EACH = 100


class Command(OrganizationCommand):
    help = (
        "Fill an organization with made-up accounts, a catalogue, plans and six months of usage. The same"
        " seed makes the same data; run again it completes what is missing, another seed adds other accounts."
    )
    example = "--organization demo --accounts 10000 --measurements 1000000"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--accounts", required=True, type=_count, metavar="N", help="how many accounts")
        parser.add_argument(
            "--measurements", type=_count, metavar="M", help=f"{MEASUREMENTS_EACH} for each account otherwise"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="what the data follows from (1)")
        parser.add_argument(
            "--bills",
            action="store_true",
            help="also ask for the bills of the six months; a worker makes them",
        )

    def act_in(self, organization: Organization, **options: Any) -> int:
        seed, number = options["seed"], options["accounts"]
        measurements = options["measurements"]
        if measurements is None:
            measurements = number * MEASUREMENTS_EACH
        customers = [customer(seed, each) for each in range(number)]
        span = Span(first_day(organization, customers) or clock.today(organization.timezone))
        self._make_catalogue(organization, span)
        self._make_accounts(organization, seed, number, span)
        made = make_import(organization)
        self.stdout.write(f"Account import: {'a preview made' if made else 'there already'}.")
        self._make_usage(organization, seed, customers, span, measurements)
        if options["bills"]:
            asked = ask_for_bills(organization, span)
            self.stdout.write(
                f"Bills: {asked} runs wait for a worker." if asked else "Bills: asked for before."
            )
        return DONE

    def _make_catalogue(self, organization: Organization, span: Span) -> None:
        with action("demonstration.seeded"):
            hold_seeding(organization)
            if missing := missing_plans(organization):
                make_catalogue(organization, span)
        self.stdout.write(
            f"Catalogue: {len(missing)} plans made." if missing else "Catalogue: there already."
        )

    def _make_accounts(self, organization: Organization, seed: int, number: int, span: Span) -> None:
        progress = Progress("accounts", number)
        accounts, attachments = make_accounts(organization, seed, number, span, progress.report)
        progress.finish()
        there = f", {number - accounts:,} there already" if accounts < number else ""
        self.stdout.write(f"Accounts: {accounts:,} made with {attachments:,} plan attachments{there}.")

    def _make_usage(
        self, organization: Organization, seed: int, customers: list[Customer], span: Span, measurements: int
    ) -> None:
        progress = Progress("measurements", measurements)
        counts = make_usage(organization, seed, customers, span, measurements, progress.report)
        progress.finish()
        if not counts.read:
            self.stdout.write("Measurements: there already.")
            return
        there = f", {counts.duplicates:,} there already" if counts.duplicates else ""
        self.stdout.write(
            f"Measurements: {counts.accepted:,} ingested, {counts.rejected:,} refused on purpose{there}."
        )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)
