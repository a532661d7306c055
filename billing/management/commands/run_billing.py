"""manage.py run_billing: bills up to a date, here and now (spec 6)."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import connections

from accounts.models import Account
from billing.models import BillJob, JobStatus
from billing.services.jobs import Summary, cancel_job, create_job, run_job
from m3console.core.commands import DONE, WITH_FAILURES, OrganizationCommand
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from m3console.core.options import day
from m3console.core.progress import Progress
from plans.models import BillFrequency


class Command(OrganizationCommand):
    help = "Bill the accounts of an organization up to a date; run again, it adds nothing."
    example = "--organization acme --bill-date 2024-07-01"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--bill-date", type=day, required=True, metavar="D", help="YYYY-MM-DD")
        parser.add_argument(
            "--frequency", choices=BillFrequency.values, default="", help="only plans billed so (all)"
        )
        parser.add_argument("--accounts", nargs="+", metavar="CODE", help="only these accounts (all)")
        parser.add_argument(
            "--all-unbilled",
            action="store_true",
            help="every unbilled period up to the date, not only the latest",
        )

    def act_in(self, organization: Organization, **options: Any) -> int:
        codes = options["accounts"]
        job = create_job(
            organization=organization,
            bill_date=options["bill_date"],
            billing_frequency=options["frequency"],
            latest_only=not options["all_unbilled"],
            account_ids=None if codes is None else _accounts(organization, codes),
            source="command",
            foreground=True,
        )
        summary = self._run(job)
        shown = asdict(summary)
        self.print_summary({key: value for key, value in shown.items() if key != "status"})
        return DONE if summary.status == JobStatus.COMPLETE and not summary.failed else WITH_FAILURES

    def _run(self, job: BillJob) -> Summary:
        told: list[Progress] = []

        def report(done: int, total: int) -> None:
            if not told:
                told.append(Progress("accounts", total))
            told[0].report(done)

        try:
            return run_job(job, progress=report)
        except KeyboardInterrupt:
            # The transaction at hand was rolled back; what is billed stays, and no worker goes on.
            connections.close_all()
            cancel_job(job)
            raise
        finally:
            for progress in told:
                progress.finish()


def _accounts(organization: Organization, codes: Sequence[str]) -> list[UUID]:
    """The accounts of these codes. Raises RuleViolation naming those that there are not."""
    found = dict(Account.objects.filter(organization=organization, code__in=codes).values_list("code", "pk"))
    if missing := sorted(set(codes) - found.keys()):
        raise RuleViolation(f"There is no account {', '.join(missing)}; nothing was billed.")
    return list(found.values())
