"""Search over everything and the palette: who finds what, and where it leads."""

import pytest
from django.urls import get_resolver

from accounts.services import create_account
from billing.models import Bill
from m3console.core.links import reverse
from m3console.core.models import Membership, Role
from m3console.core.permissions import URL_RIGHTS
from m3console.core.searching.finding import _creations, creations, find
from tests.billing.make import Shop, run
from tests.test_permissions import OURS

URL, PALETTE = "/o/acme/search/", "/o/acme/search/palette/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shop(organization):
    shop = Shop(organization)
    shop.borealis = shop.account("borealis", name="Borealis Analytics")
    shop.account("labor", name="Labor Union")
    return shop


@pytest.fixture
def member(make_user):
    return lambda role="operator": Membership.objects.select_related("organization").get(user=make_user(role))


def titles(answer):
    return [hit.title for kind in answer.context["kinds"] for hit in kind["hits"]]


def labels(answer):
    return [option["label"] for group in answer.context["groups"] for option in group["options"]]


def test_everything_is_found_kind_by_kind_in_one_query(shop, member, django_assert_num_queries):
    plan = shop.plan(code="bore-plan")
    shop.meter("bored", amount="MEASURE")
    membership = member()
    with django_assert_num_queries(1):
        hits = find(membership, "bor", 5)
    assert [(hit.kind.label, hit.title) for hit in hits] == [
        ("Account", "Borealis Analytics"),
        ("Account", "Labor Union"),
        ("Meter", "Bored"),
        ("Plan template", "bore-plan template"),
        ("Plan", plan.name),
    ]
    assert all(hit.url for hit in hits)


def test_a_whole_id_or_code_goes_straight_to_its_page(shop, sign_in):
    client, account = sign_in(), shop.borealis
    page = reverse("accounts:account_detail", pk=account.pk)
    for typed in (str(account.pk), account.pk.hex, "borealis", " borealis "):
        answer = client.get(URL, {"q": typed})
        assert (answer.status_code, answer.headers.get("Location")) == (302, page), typed
    assert client.get(URL, {"q": "Borealis"}).status_code == 200
    assert client.get(URL, {"q": "borealis"}, headers=HTMX).status_code == 200


def test_a_code_that_finds_more_than_its_own_leads_the_list_of_what_it_finds(shop, sign_in):
    shop.account("borealis-2", name="Borealis Two")
    client = sign_in()
    answer = client.get(URL, {"q": "borealis"})
    assert [(kind["title"], len(kind["hits"])) for kind in answer.context["kinds"]] == [
        ("Exact match", 1),
        ("Accounts", 1),
    ]
    assert titles(answer) == ["Borealis Analytics", "Borealis Two"]
    assert answer.text.count("autofocus") == 1
    assert " autofocus" not in client.get(URL, {"q": "borealis"}, headers=HTMX).text


def test_a_code_of_two_things_goes_to_neither(shop, sign_in):
    shop.meter("borealis", amount="MEASURE")
    answer = sign_in().get(URL, {"q": "borealis"})
    assert answer.status_code == 200
    assert titles(answer) == ["Borealis Analytics", "Borealis"]


def test_nothing_of_another_organization_is_found(shop, sign_in, make_organization):
    stranger = create_account(
        organization=make_organization("other"), name="Borealis II", code="b2", email_address="b@b.example"
    )
    client = sign_in()
    assert titles(client.get(URL, {"q": "borealis a"})) == ["Borealis Analytics"]
    for typed in ("b2", str(stranger.pk), "borealis i"):
        assert titles(client.get(URL, {"q": typed})) == [], typed


@pytest.mark.parametrize(
    "typed", ["\ud800".encode("utf-8", "surrogatepass"), "%", "a" * 5000, "'\"<script>", "١٢", "\u202e"]
)
def test_nothing_that_is_typed_breaks_the_search(typed, shop, sign_in):
    client = sign_in()
    for url in (URL, PALETTE, "/o/acme/accounts/", "/o/acme/bills/"):
        assert client.get(url, {"q": typed}).status_code in (200, 400)


def test_pages_and_palette_need_few_queries(shop, sign_in, django_assert_max_num_queries):
    client = sign_in()
    with django_assert_max_num_queries(8):
        assert client.get(URL, {"q": "bor"}).status_code == 200
    with django_assert_max_num_queries(4):
        assert client.get(PALETTE, {"q": "bor"}, headers=HTMX).status_code == 200


def test_the_palette_goes_to_every_page_and_creates_what_the_role_may(shop, sign_in):
    operator, viewer = sign_in("operator"), sign_in("viewer")
    everything = labels(operator.get(PALETTE))
    assert {"Accounts", "Bill management", "Plans", "Create account", "Upload usage"} <= set(everything)
    assert "Create product" not in everything
    assert not [label for label in labels(viewer.get(PALETTE)) if label.startswith("Create")]
    assert labels(operator.get(PALETTE, {"q": "create acc"}))[0] == "Create account"
    assert labels(operator.get(PALETTE, {"q": "bill man"}))[0] == "Bill management"
    assert labels(operator.get(PALETTE, {"q": "borealis"}))[0] == "Borealis Analytics"


def test_whatever_can_be_created_from_nothing_is_in_the_palette():
    names = {
        name
        for name, path in OURS.items()
        if name.endswith("_create") and "<uuid" not in path and name in URL_RIGHTS
    }
    # A filter is saved from the list that shows it.
    assert names - {"core:saved_filter_create"} <= {name for _, name in _creations}


def test_every_role_is_offered_only_what_it_may_open(organization, member):
    for role in Role.values:
        for _, url in creations(member(role)):
            assert url.startswith("/o/acme/")
            assert get_resolver().resolve(url)


def test_bills_are_found_by_reference_account_and_id(shop, sign_in):
    account = shop.borealis
    shop.attach(account, shop.plan(standing_charge="10"), start="2024-06-01")
    run(shop)
    bill = Bill.objects.get()
    client, page = sign_in(), reverse("billing:bill_detail", pk=bill.pk)
    for typed in (bill.reference, bill.reference.lower(), str(bill.pk)):
        assert client.get(URL, {"q": typed}).headers.get("Location") == page, typed
    for typed in (bill.reference[:6], "borealis", "alis", str(account.pk), "bo"):
        rows = client.get("/o/acme/bills/", {"q": typed}).context["listing"].table.rows
        assert [row.record.pk for row in rows] == [bill.pk], typed
    assert bill.reference in titles(client.get(URL, {"q": "analytics"}))
