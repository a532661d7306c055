"""manage.py create_organization: a new tenant with its currencies."""

import json
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from m3console.core.commands import DONE, ConsoleCommand
from m3console.core.errors import RuleViolation
from m3console.core.organizations import create_organization


class Command(ConsoleCommand):
    help = "Create an organization."
    example = 'fjordlight --name "Fjordlight Cloud" --currency EUR --timezone Europe/Berlin'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slug", metavar="SLUG", help="its part of every path: small letters, digits, hyphens"
        )
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", default="USD", help="the currency of its bills (USD)")
        parser.add_argument("--timezone", default="UTC", help="where its billing days begin and end (UTC)")
        parser.add_argument(
            "--config", metavar="FILE.json", help="`organization` and `currencies` of a scenario"
        )

    def act(self, **options: Any) -> int:
        organization = create_organization(
            slug=options["slug"],
            name=options["name"],
            currency=options["currency"],
            timezone=options["timezone"],
            config=_read(options["config"]) if options["config"] else None,
        )
        self.print_summary({"organization": organization.slug, "id": str(organization.pk)})
        return DONE


def _read(path: str) -> dict[str, Any]:
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as problem:
        raise RuleViolation(f"{path} cannot be read as JSON: {problem}") from None
    if not isinstance(read, dict):
        raise RuleViolation(f"{path} does not hold a JSON object.")
    return read
