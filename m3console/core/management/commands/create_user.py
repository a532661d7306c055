"""manage.py create_user: somebody who signs in, with a role in one organization."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from m3console.core.commands import DONE, OrganizationCommand
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization, Role
from m3console.core.organizations import create_user


class Command(OrganizationCommand):
    help = "Create a user, or give one that exists a role in another organization."
    example = "ada@example.com --organization fjordlight --role operator"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--role", required=True, choices=[str(role) for role in Role.values])
        parser.add_argument("--name", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def act_in(self, organization: Organization, **options: Any) -> int:
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else None
        if password is None and sys.stdin.isatty():
            password = getpass("Password: ")
        if password is not None:
            try:
                validate_password(password)
            except ValidationError as problem:
                raise RuleViolation(" ".join(problem.messages)) from None
        user = create_user(
            email=options["email"],
            organization=organization,
            role=options["role"],
            password=password,
            name=options["name"],
        )
        self.print_summary({"user": user.email, "organization": organization.slug, "role": options["role"]})
        return DONE
