"""manage.py import_usage: a CSV or JSON Lines file of measurements (spec 6)."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from billing.usage.files import UsageFile
from billing.usage.ingest import Counts, ingest
from billing.usage.models import Upload
from billing.usage.opening import opened
from billing.usage.progress import Progress
from billing.usage.rejects import RejectsFile
from billing.usage.uploads import uploading
from m3console.core.commands import DONE, OrganizationCommand
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.models import Meter


class Command(OrganizationCommand):
    help = (
        "Store the measurements of a CSV file (header uid,account,meter,ts,ets and one column for each data"
        " field) or a JSON Lines file. A uid is stored once, so the same command again completes what was"
        " broken off; rows without a uid are stored all together at the end."
    )
    example = "--organization acme usage.csv --rejects rejects.csv"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="a CSV or JSON Lines file; - is standard input")
        parser.add_argument("--meter", metavar="CODE", help="the meter of every row, in place of a column")
        parser.add_argument("--rejects", metavar="REJECTS", help="write the refused rows to this CSV file")
        parser.add_argument(
            "--uid-from-content",
            action="store_true",
            help="a row without a uid gets one made of its content, so that equal rows count once",
        )

    def act_in(self, organization: Organization, **options: Any) -> int:
        meter = _meter(organization, options["meter"])
        rejects = RejectsFile(options["rejects"], source=options["file"]) if options["rejects"] else None
        with opened(options["file"]) as (file, name):
            found = UsageFile(file, name, organization, meter)
            upload, counts = self._store(organization, found, name, meter, options["uid_from_content"])
        if rejects:
            rejects.write(upload)
        self.print_summary(asdict(counts))
        return DONE

    def _store(
        self, organization: Organization, file: UsageFile, name: str, meter: Meter | None, derive: bool
    ) -> tuple[Upload, Counts]:
        progress = Progress()
        with uploading(
            organization, kind=file.kind, file_name=name, columns=file.rows.columns, meter=meter
        ) as upload:
            counts = ingest(
                organization=organization,
                rows=file.rows,
                upload=upload,
                uid_from_content=derive,
                progress=progress,
            )
        progress.done()
        return upload, counts


def _meter(organization: Organization, code: str | None) -> Meter | None:
    if code is None:
        return None
    meter = Meter.objects.filter(organization=organization, code=code).first()
    if meter is None:
        raise RuleViolation(f"There is no meter “{code}”.")
    return meter
