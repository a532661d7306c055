"""The history of everything in an organization, and how a history is narrowed down (spec 1)."""

import pytest
from django.db import connection

from accounts.services import create_account, delete_account, update_account
from m3console.core.audit import Actor, acting_as, action, actor_of
from m3console.core.configuration import create_currency
from m3console.core.history.sources import tracked_models
from m3console.core.lists.saved_views import create_saved_filter
from m3console.core.models import Membership
from plans.services import create_product

PAGE = "/o/acme/history/"


@pytest.fixture
def account(organization):
    return create_account(
        organization=organization, name="Ada Ltd", code="ada", email_address="ap@ada.example"
    )


def entries(client, query=""):
    """What the page says of each entry, newest first, spaces made one."""
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return [event for day in answer.context["days"] for event in day.events]


def sentences(client, query=""):
    return [event.sentence for event in entries(client, query)]


@pytest.mark.django_db(transaction=True)
def test_an_entry_names_what_it_is_about_with_a_link_as_long_as_there_is_a_page(sign_in, account):
    client = sign_in("viewer")
    product = create_product(organization=account.organization, name="Storage", code="storage")
    [about] = entries(client)[0].about
    assert (about.label, about.url) == ("Product Storage", f"/o/acme/products/{product.pk}/")
    delete_account(account)
    assert [(one.label, one.url) for one in entries(client)[0].about] == [("Account ada", "")]


@pytest.mark.django_db(transaction=True)
def test_an_entry_about_several_things_says_which_field_is_whose(sign_in, account):
    client = sign_in("viewer")
    with action("account.renumbered"):
        for code in "bcdefgh":
            create_account(
                organization=account.organization, name=code, code=code, email_address="x@x.example"
            )
    newest = entries(client)[0]
    assert [one.label for one in newest.about] == [f"Account {code}" for code in "bcdef"]
    assert newest.more == 2
    assert newest.changes[0].field == "Account b, code"


def test_nothing_of_another_organization_is_told(sign_in, account, make_organization):
    other = make_organization("other")
    create_product(organization=other, name="Theirs", code="theirs")
    assert "Theirs" not in sign_in("viewer").get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_history_narrows_by_person_source_day_kind_and_words(sign_in, account, make_user):
    client, user = sign_in("viewer"), make_user("operator")
    with acting_as(actor_of(user, "console", "req-7")), action("account.renumbered", reason="Ticket SD-44"):
        update_account(account, version=1, purchase_order_number="PO-2")
    with acting_as(Actor(source="command", name="import_accounts")):
        create_product(organization=account.organization, name="Storage", code="storage")
    with connection.cursor() as cursor:
        cursor.execute("update accounts_account set purchase_order_number = 'X' where code = 'ada'")
    assert sentences(client, f"?who={user.pk}") == ["Renumbered account"]
    assert sentences(client, "?source=console") == ["Renumbered account"]
    assert sentences(client, "?source=sql")[0] == "Changed by SQL"
    assert set(sentences(client, "?kind=plans.product")) == {"Created product"}
    assert sentences(client, "?q=sd-44") == ["Renumbered account"]
    assert sentences(client, "?q=req-7") == ["Renumbered account"]
    assert sentences(client, "?q=renumbered+account") == ["Renumbered account"]
    assert len(entries(client, f"?q={account.pk}")) == 3
    assert sentences(client, "?until=2001-01-01") == []
    assert "No entry matches" in client.get(f"{PAGE}?until=2001-01-01").content.decode()
    assert len(entries(client, "?since=2001-01-01")) == len(entries(client))


@pytest.mark.parametrize(
    "query",
    [
        "?since=yesterday",
        "?until=9999-12-31",
        "?since=0001-01-01",
        "?who=x&source=y&kind=z",
        "?q=" + "x" * 300,
        "?cursor=~~",
        "?kind=accounts.account&cursor=9999-99-99",
    ],
)
def test_a_filter_that_makes_no_sense_breaks_nothing(sign_in, account, query):
    assert sign_in("viewer").get(PAGE + query).status_code == 200


def test_the_history_of_one_thing_narrows_too(sign_in, account):
    with action("account.renumbered", reason="Ticket SD-44"):
        update_account(account, version=1, purchase_order_number="PO-2")
    page = f"/o/acme/accounts/{account.pk}/history/"
    client = sign_in("viewer")
    assert len([e for day in client.get(page).context["days"] for e in day.events]) == 2
    assert len([e for day in client.get(page + "?q=sd-44").context["days"] for e in day.events]) == 1


def test_a_page_of_history_asks_few_questions_whatever_is_in_it(
    sign_in, account, django_assert_max_num_queries
):
    for number in range(60):
        create_product(organization=account.organization, name=f"P{number}", code=f"p{number}")
    client = sign_in("viewer")
    with django_assert_max_num_queries(20):
        client.get(PAGE)


def test_every_recorded_kind_of_row_belongs_to_the_history_of_its_organization():
    from django.apps import apps

    recorded = {model for model in apps.get_models() if hasattr(model, "pgh_event_model")}
    apart = {model._meta.label for model in recorded - set(tracked_models())}
    assert apart == {"core.User"}  # people belong to no organization; their memberships do


@pytest.mark.django_db(transaction=True)
def test_a_filter_that_somebody_keeps_to_themselves_is_told_to_nobody_else(sign_in, account):
    client, owner = sign_in("viewer"), sign_in("operator")
    mine = Membership.objects.get(role="operator")
    for name, shared in (("Widow Smith", False), ("In arrears", True)):
        create_saved_filter(mine, list_name="accounts:account_list", name=name, query="q=x", shared=shared)
    assert "Widow Smith" not in (told := client.get(PAGE).content.decode())
    assert "In arrears" in told
    assert "Widow Smith" in owner.get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_may_not_open_is_named_without_a_link(sign_in, account):
    clients = [sign_in("viewer"), sign_in("administrator")]
    create_currency(organization=account.organization, code="credits", name="Credits")
    about = [entries(client)[0].about[0] for client in clients]
    assert [one.label for one in about] == ["Currency Credits"] * 2
    assert [bool(one.url) for one in about] == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_saved_filter_names_its_list_as_people_do(sign_in, account):
    client = sign_in("operator")
    create_saved_filter(Membership.objects.get(), list_name="accounts:account_list", name="Euros", query="")
    assert ("List name", "Accounts") in [(c.field, c.new) for c in entries(client)[0].changes]
