"""Requests as the console's views see them."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from m3console.core.models import Membership, Organization, User


class Request(HttpRequest):
    """A signed-in request within an organization; the middleware has filled it in."""

    user: User
    htmx: HtmxDetails
    organization: Organization
    membership: Membership
    request_id: str
