"""Every page of the console answers, about things that have most to show."""

import pytest

from tests.browser.pages import pages
from tests.everything import filled


@pytest.mark.django_db(transaction=True)
def test_every_page_answers(organization, sign_in):
    client = sign_in("administrator")
    client.raise_request_exception = False
    with filled(organization, organization.memberships.get()):
        found = {
            name: client.get(path, follow=True).status_code for name, path in pages(organization).items()
        }
    assert len(found) > 90
    assert {name: status for name, status in found.items() if status != 200} == {}
