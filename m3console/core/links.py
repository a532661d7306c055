"""The only door to links: fills in the organization, from the request or from acting_in()."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django import urls
from django.http import HttpResponseRedirect

if TYPE_CHECKING:
    from m3console.core.models import Organization

ORGANIZATION_NAMESPACES = frozenset({"accounts", "billing", "core", "plans", "usage"})
current: ContextVar["Organization | None"] = ContextVar("organization", default=None)


def reverse(name: str, *, organization: "Organization | None" = None, **kwargs: Any) -> str:
    """The path of a named page; arguments are always named."""
    if name.partition(":")[0] in ORGANIZATION_NAMESPACES:
        organization = organization or current.get()
        if organization is None:
            raise RuntimeError(f"{name} needs an organization: pass organization= or use acting_in()")
        kwargs["org"] = organization.slug
    return urls.reverse(name, kwargs=kwargs or None)  # noqa: TID251 (this is the one place)


def redirect(name: str, **kwargs: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, **kwargs))


@contextmanager
def acting_in(organization: "Organization") -> Iterator[None]:
    """Links made within the block belong to the organization."""
    token = current.set(organization)
    try:
        yield
    finally:
        current.reset(token)
