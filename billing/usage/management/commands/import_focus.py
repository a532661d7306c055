"""manage.py import_focus: cost and usage in the FinOps open specification, as usage (spec 6)."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from billing.usage.focus.file import FocusFile, seekable
from billing.usage.focus.load import load_focus
from billing.usage.focus.tally import Created
from billing.usage.ingest import Counts
from billing.usage.models import Upload
from billing.usage.opening import opened
from billing.usage.progress import Progress
from billing.usage.rejects import RejectsFile
from billing.usage.uploads import uploading
from m3console.core.commands import DONE, OrganizationCommand
from m3console.core.models import Organization
from m3console.core.progress import Progress as Told


class Command(OrganizationCommand):
    help = (
        "Store the charges of a FOCUS 1.x cost and usage file (CSV) as usage: the service is the product and"
        " its meter, the sub account the account. The same file again adds nothing; broken off, the same"
        " command completes it."
    )
    example = "--organization acme focus.csv --catalogue --rejects rejects.csv"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="a FOCUS file in CSV; - is standard input")
        parser.add_argument(
            "--catalogue",
            action="store_true",
            help="first make what is missing: accounts, products, meters, aggregations, plans with the list"
            " prices, attached to the accounts",
        )
        parser.add_argument("--rejects", metavar="REJECTS", help="write the refused rows to this CSV file")

    def act_in(self, organization: Organization, **options: Any) -> int:
        rejects = RejectsFile(options["rejects"], source=options["file"]) if options["rejects"] else None
        with opened(options["file"]) as (source, name), seekable(source) as file:
            upload, counts, created = _load(organization, FocusFile(file), name, options["catalogue"])
        if rejects:
            rejects.write(upload)
        self.print_summary(asdict(counts) | {"created": created.summary()})
        return DONE


def _load(
    organization: Organization, file: FocusFile, name: str, catalogue: bool
) -> tuple[Upload, Counts, Created]:
    looking, making, storing = (
        Told("rows looked at for the catalogue"),
        Told("made in the catalogue"),
        Progress(),
    )
    created = Created(making.report)
    with uploading(organization, kind=Upload.Kind.FOCUS, file_name=name, columns=file.columns) as upload:
        counts = load_focus(
            organization=organization,
            file=file,
            upload=upload,
            catalogue=catalogue,
            created=created,
            looking=looking.report,
            progress=storing,
        )
    for told in (looking, making):
        told.finish()
    storing.done()
    return upload, counts, created
