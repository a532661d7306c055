"""What the management commands share: exit codes, one-line errors, the organization named."""

import json
import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from m3console.core.audit import Actor, acting_as
from m3console.core.errors import RuleViolation
from m3console.core.links import acting_in
from m3console.core.models import Organization
from m3console.core.processes import Terminated

DONE, WITH_FAILURES, UNUSABLE = 0, 1, 2
INTERRUPTED, TERMINATED = 130, 143


class OneLineParser(CommandParser):
    """Unusable arguments are one line and exit code 2 (spec 6)."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (--help shows an example)", file=sys.stderr)
        sys.exit(UNUSABLE)


class ConsoleCommand(BaseCommand):
    """A command whose `act` answers an exit code; whoever runs it is recorded as the command line.

    `example` is shown by --help. A RuleViolation is one line and exit code 2.
    """

    example = ""
    requires_system_checks: list[Any] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["epilog"] = f"Example: manage.py {subcommand} {self.example}"
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = OneLineParser
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(Actor(source="command", name="command line")):
                code = self.act(**options)
        except RuleViolation as refusal:
            raise CommandError(refusal.message, returncode=UNUSABLE) from None
        except Terminated:
            raise CommandError("Stopped; nothing was left half done.", returncode=TERMINATED) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted; nothing was left half done.", returncode=INTERRUPTED) from None
        if code:
            sys.exit(code)

    def act(self, **options: Any) -> int:
        raise NotImplementedError

    def print_summary(self, summary: dict[str, Any]) -> None:
        """The JSON summary that a command names, as the last line of its standard output."""
        self.stdout.write(json.dumps(summary, default=str, ensure_ascii=False))


class OrganizationCommand(ConsoleCommand):
    """A command that works in the organization named by --organization."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--organization", required=True, metavar="SLUG", help="the organization to work in"
        )

    def act(self, **options: Any) -> int:
        organization = Organization.objects.filter(slug=options.pop("organization")).first()
        if organization is None:
            known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)[:10])
            raise CommandError(
                f"There is no such organization. There are: {known or 'none'}.", returncode=UNUSABLE
            )
        with acting_in(organization):
            return self.act_in(organization, **options)

    def act_in(self, organization: Organization, **options: Any) -> int:
        raise NotImplementedError
