"""manage.py export_bills: bills of an organization as JSON or CSV."""

import json
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from accounts.models import Account
from billing.exports.current import decimals, with_lines
from billing.exports.scenario_shape import bill_as_dict
from billing.exports.standard_csv import csv_rows
from billing.models import Bill
from m3console.core.commands import DONE, OrganizationCommand
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from m3console.core.options import day


class Command(OrganizationCommand):
    help = "Write bills as JSON (the shape of a scenario's outcome) or CSV (one row a line)."
    example = "--organization acme --bill-date 2024-07-01 --format csv -o bills.csv"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--bill-date", type=day, metavar="D", help="bills of this date only")
        parser.add_argument("--accounts", nargs="+", metavar="CODE", help="bills of these accounts only")
        parser.add_argument("--format", choices=("json", "csv"), required=True)
        parser.add_argument("-o", "--output", metavar="FILE", help="standard output if left out")

    def act_in(self, organization: Organization, **options: Any) -> int:
        bills = Bill.objects.filter(organization=organization).order_by("account_code", "bill_date", "id")
        if options["bill_date"]:
            bills = bills.filter(bill_date=options["bill_date"])
        if options["accounts"]:
            _all_known(organization, options["accounts"])
            bills = bills.filter(account_code__in=options["accounts"])
        places = decimals(organization)
        found = with_lines(bills)
        if options["format"] == "csv":
            text: Iterable[str] = csv_rows(found, places)
        else:
            text = _json_list(bill_as_dict(bill, lines, places) for bill, lines in found)
        with _target(options["output"], self.stdout) as file:
            for part in text:
                file.write(part)
        return DONE


def _all_known(organization: Organization, codes: list[str]) -> None:
    """Codes of living accounts and, as their bills stay, of deleted ones that have bills."""
    known = set(
        Account.everyone.filter(organization=organization, code__in=codes).values_list("code", flat=True)
    )
    if missing := [code for code in codes if code not in known]:
        raise RuleViolation(f"There is no account {', '.join(missing)}.")


def _json_list(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "["
    for number, item in enumerate(items):
        yield ("," if number else "") + "\n" + json.dumps(item, indent=2, ensure_ascii=False)
    yield "\n]\n"


@contextmanager
def _target(path: str | None, stdout: Any) -> Iterator[IO[str]]:
    """The file under its name only once it is complete, or standard output."""
    if path is None:
        stdout.ending = ""
        yield stdout
        return
    target = Path(path)
    try:
        handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as problem:
        raise RuleViolation(f"{path} cannot be written: {problem.strerror}.") from None
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(unfinished, target)
    except BaseException:
        os.unlink(unfinished)
        raise
