"""How people sign in: by invitation only, counted by name and address together."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; an administrator or a command creates users."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def attempted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The name that a sign-in was tried with, so that failures count for one person, not one address."""
    given = credentials or {}
    name = given.get("email") or given.get("username") or (request and request.POST.get("login"))
    return str(name).lower() if name else None
