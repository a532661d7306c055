"""Every URL names a right, and the right decides: generated from the URL table."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from m3console.core.models import Role
from m3console.core.permissions import ROLE_RIGHTS, SELF_GUARDED, URL_RIGHTS, Right


def _named(resolver: URLResolver, namespace: str = "", path: str = ""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _named(entry, inner, path + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", path + str(entry.pattern), entry.pattern


def _urls():
    return {name: path for name, path, pattern in _named(get_resolver()) if isinstance(pattern, RoutePattern)}


OURS = {name: path for name, path in _urls().items() if not name.startswith(SELF_GUARDED)}
SIGN_IN_FREE = {"healthz", "readyz"}


def _path(name: str) -> str:
    route = OURS[name].replace("<slug:org>", "acme")
    for kind, value in (("uuid", str(uuid4())), ("int", "1"), ("slug", "x"), ("str", "x"), ("path", "x")):
        while f"<{kind}:" in route:
            before, _, rest = route.partition(f"<{kind}:")
            route = before + value + rest.partition(">")[2]
    return "/" + route


def test_every_url_names_a_right_and_every_right_has_a_url():
    assert set(OURS) == set(URL_RIGHTS)


def test_only_the_health_pages_are_open_without_signing_in():
    assert {name for name, right in URL_RIGHTS.items() if right is Right.PUBLIC} == SIGN_IN_FREE


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_nobody_gets_in_without_signing_in(verb, organization):
    client = Client()
    for name in OURS:
        answer = getattr(client, verb)(_path(name))
        if name in SIGN_IN_FREE:
            assert answer.status_code in (200, 405), name
        else:
            assert answer.status_code in (302, 403, 404, 405), name
            if answer.status_code == 302:
                assert answer["Location"].startswith("/account/login/"), name


@pytest.mark.parametrize("role", [str(role) for role in Role.values])
def test_each_role_opens_what_its_rights_say_and_nothing_else(role, organization, sign_in):
    client = sign_in(role)
    client.raise_request_exception = False
    for name, right in URL_RIGHTS.items():
        if right in (Right.PUBLIC, Right.SIGNED_IN):
            continue
        answer = client.get(_path(name))
        assert (answer.status_code == 403) == (right not in ROLE_RIGHTS[role]), (
            name,
            role,
            answer.status_code,
        )
        assert answer.status_code < 500, name


def test_another_organization_is_not_found(organization, make_organization, sign_in):
    other = make_organization("other")
    client = sign_in("administrator")
    for name in OURS:
        if OURS[name].startswith("o/"):
            assert client.get(_path(name).replace("/acme/", f"/{other.slug}/")).status_code == 404, name


def test_an_htmx_request_without_a_session_is_sent_to_sign_in_and_back(organization):
    answer = Client().get(
        "/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/o/acme/accounts/?q=x"}
    )
    assert answer["HX-Redirect"] == "/account/login/?next=%2Fo%2Facme%2Faccounts%2F%3Fq%3Dx"


def test_an_unsafe_request_without_a_token_is_refused(organization, make_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    for name, right in URL_RIGHTS.items():
        if right is not Right.PUBLIC:
            assert client.post(_path(name)).status_code in (403, 404, 405), name
