"""A search that no index answers looks through so many entries, then offers to look further back."""

import pytest

from accounts.models import Account
from accounts.services import create_account, update_account
from m3console.core.audit import action
from m3console.core.history import changes
from plans.services import create_product
from tests.core.test_organization_history import PAGE, sentences


@pytest.fixture
def account(organization):
    return create_account(organization=organization, name="Ada", code="ada", email_address="a@ada.example")


def pages(client, query):
    """The pages of a search, one after another."""
    found = []
    while query:
        found.append(client.get(PAGE + query))
        query = found[-1].context["older_url"]
    return found


def told(found):
    return [event.sentence for page in found for day in page.context["days"] for event in day.events]


@pytest.mark.django_db(transaction=True)
def test_it_says_how_far_back_it_looked_and_leads_on(sign_in, account, monkeypatch):
    monkeypatch.setattr(changes, "WINDOW", 3)
    with action("account.renumbered", reason="Ticket SD-44"):
        update_account(account, version=1, purchase_order_number="PO-2")
    for number in range(7):
        create_product(organization=account.organization, name=f"P{number}", code=f"p{number}")
    found = pages(sign_in("viewer"), "?q=sd-44")
    assert told(found) == ["Renumbered account"]
    assert len(found) > 2
    for page in found[:-1]:
        assert "Look further back" in page.text
        assert "Looked at everything since" in page.text
    assert "Look further back" not in found[-1].text


@pytest.mark.django_db(transaction=True)
def test_every_entry_is_found_once_however_little_is_looked_through(sign_in, account, monkeypatch):
    for number in range(5):
        create_product(organization=account.organization, name=f"P{number}", code=f"p{number}")
        update_account(Account.objects.get(), version=number + 1, purchase_order_number=f"PO-{number}")
    client = sign_in("viewer")
    whole = own(sentences(client, "?source=command"))
    monkeypatch.setattr(changes, "WINDOW", 2)
    found = pages(client, "?source=command")
    assert (own(told(found)), len(found) > 2) == (whole, True)


def own(said):
    """Without the organization, whose creation changed rows of many kinds: each page tells its part."""
    return [sentence for sentence in said if sentence != "Created organization"]
