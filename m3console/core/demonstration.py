"""The organization that the demo shows, and who may sign in to it."""

import hashlib
import hmac
from datetime import date, timedelta
from io import StringIO

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management import call_command

from m3console.core import clock
from m3console.core.commands import WITH_FAILURES
from m3console.core.models import Membership, Organization, Role, User
from m3console.core.organizations import create_organization, create_user

SLUG, NAME, CURRENCY = "demo", "Fjordlight Cloud", "USD"
ACCOUNTS, MONTHS = 300, 6


def is_seeded() -> bool:
    """Whether the demonstration data is complete: its users are made last."""
    return Membership.objects.filter(organization__slug=SLUG).count() >= len(Role.values)


def seed() -> None:
    """Make the organization, fill it and bill it; what an interrupted seeding left is completed."""
    if not Organization.objects.filter(slug=SLUG).exists():
        create_organization(slug=SLUG, name=NAME, currency=CURRENCY)
    call_command("seed_demo", organization=SLUG, accounts=ACCOUNTS, bills=True)
    organization = Organization.objects.get(slug=SLUG)
    for day in _bill_dates(clock.today(organization.timezone)):
        _run_billing(day)
    for role in Role:
        if not Membership.objects.filter(organization=organization, user__email=email(role)).exists():
            create_user(email=email(role), organization=organization, role=role, name=role.label)


def _bill_dates(today: date) -> list[date]:
    """The first days of the last months, this one's included, in order: usage is made up for as many."""
    first = today.replace(day=1)
    dates = [first]
    while len(dates) < MONTHS:
        dates.append((dates[-1] - timedelta(days=1)).replace(day=1))
    return dates[::-1]


def _run_billing(day: date) -> None:
    try:
        call_command("run_billing", organization=SLUG, bill_date=day, stdout=StringIO())
    except SystemExit as end:
        # Some accounts cannot be billed, on purpose: what is made up has faults to show.
        if end.code != WITH_FAILURES:
            raise


def email(role: Role) -> str:
    return f"{role.value}@demo.example"


def set_passwords() -> str:
    """Give all of the demo's users the one password of this installation, and answer it.

    It follows from the secret key, so that the next start prints the same.
    """
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"password of the demonstration", hashlib.sha256).hex()
    password = "-".join(("demo", digest[:4], digest[4:8], digest[8:12]))
    users = User.objects.filter(email__in=[email(role) for role in Role])
    stored = set(users.values_list("password", flat=True))
    # One hash for all: it is made slow on purpose.
    if len(stored) != 1 or not check_password(password, stored.pop()):
        users.update(password=make_password(password))
    return password
