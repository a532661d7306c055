"""The organization that the demo shows, and who may sign in to it."""

import hashlib
import hmac

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management import call_command

from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Membership, Organization, Role, SavedFilter, User
from m3console.core.organizations import create_organization, create_user

SLUG, NAME, CURRENCY = "demo", "Fjordlight Cloud", "USD"
ACCOUNTS = 300
FILTERS = {"Without a plan": "has_active_plan=no", "Parents in dollars": "currency=USD&hierarchy=parent"}


def is_seeded() -> bool:
    """Whether the demonstration data is complete: its users are made last."""
    return Membership.objects.filter(organization__slug=SLUG).count() >= len(Role.values)


def seed() -> None:
    """Make the organization and fill it; what an interrupted seeding left is completed."""
    if not Organization.objects.filter(slug=SLUG).exists():
        create_organization(slug=SLUG, name=NAME, currency=CURRENCY)
    call_command("seed_demo", organization=SLUG, accounts=ACCOUNTS, bills=True)
    organization = Organization.objects.get(slug=SLUG)
    for role in Role:
        if not Membership.objects.filter(organization=organization, user__email=email(role)).exists():
            create_user(email=email(role), organization=organization, role=role, name=role.label)
        if role == Role.OPERATOR:
            _save_filters(Membership.objects.get(organization=organization, user__email=email(role)))


def _save_filters(owner: Membership) -> None:
    """Two filters of accounts that everybody sees."""
    there = set(SavedFilter.objects.filter(owner=owner.user_id).values_list("name", flat=True))
    for name, query in FILTERS.items():
        if name not in there:
            create_saved_filter(owner, list_name="accounts:account_list", name=name, query=query, shared=True)


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
