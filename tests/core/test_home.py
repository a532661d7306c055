from django.test import Client

from m3console.core.models import Membership, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_whoever_is_in_several_organizations_chooses_one(organization, make_organization, make_user):
    other = make_organization("other")
    user = make_user("viewer")
    Membership.objects.create(user=user, organization=other, role="approver")
    client = Client()
    client.force_login(user, backend=BACKEND)
    page = client.get("/").content.decode()
    assert "/o/acme/accounts/" in page
    assert "/o/other/accounts/" in page
    assert "Approver" in page


def test_whoever_is_in_none_is_told_what_to_do(organization):
    client = Client()
    client.force_login(User.objects.create_user("new@acme.example"), backend=BACKEND)
    assert "You are in no organization yet" in client.get("/").content.decode()


def test_an_address_with_nul_or_broken_utf8_is_refused(organization, sign_in):
    client = sign_in()
    for query in ("q=%00", "q=%ff%fe", "q=%ed%a0%80", "q=" + "x" * 9_000):
        assert client.get("/?" + query).status_code in (400, 414), query
