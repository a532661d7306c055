"""The only door to links: fills in the organization, from the request or from acting_in()."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

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
    # A page has a link for every row, and they differ in nothing but the row's id.
    key = next((argument for argument, value in kwargs.items() if type(value) is UUID), "")
    if not key:
        return _path(urls.get_urlconf(), urls.get_script_prefix(), name, **kwargs)
    own, kwargs[key] = str(kwargs[key]), _ANY
    return _path(urls.get_urlconf(), urls.get_script_prefix(), name, **kwargs).replace(str(_ANY), own)


# Stands for an id in a path that is kept: made for this process, so no path says it otherwise.
_ANY = uuid4()


@lru_cache(maxsize=2_000, typed=True)
def _path(urlconf: str | None, prefix: str, name: str, /, **kwargs: Any) -> str:
    """Paths depend on nothing but this, and working one out takes long."""
    return urls.reverse(name, urlconf, kwargs=kwargs or None)  # noqa: TID251 (this is the one place)


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
