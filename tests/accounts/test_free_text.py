"""Free text of an account that looks like personal data must be confirmed (spec 1, PII)."""

import pghistory.models

from accounts.models import Account
from tests.accounts.pages import BASE, given, text

PHONE = "+49 40 1234567"


def ticked(answer):
    """What the box that confirms would send."""
    return answer.context["form"].fields["personal_confirmed"].widget.attrs["value"]


def reasons():
    contexts = pghistory.models.Context.objects.filter(metadata__action__startswith="account.")
    return [context.metadata["reason"] for context in contexts.order_by("created_at")]


def test_a_value_that_looks_personal_is_saved_once_it_is_confirmed(operator):
    sent = given(code="ada@lovelace.example", purchase_order_number="PO-77")
    answer = operator.post(f"{BASE}create/", sent)
    assert answer.status_code == 422
    assert "Code looks like an email address" in text(answer)
    assert 'type="checkbox" name="personal_confirmed"' in text(answer)
    assert 'value="PO-77"' in text(answer)  # nothing typed is lost
    assert not Account.objects.exists()
    assert operator.post(f"{BASE}create/", {**sent, "personal_confirmed": "on"}).status_code == 422
    confirmed = {**sent, "personal_confirmed": ticked(answer)}
    assert operator.post(f"{BASE}create/", confirmed).status_code == 302
    assert reasons() == ["Confirmed as not personal: Code looks like an email address."]
    page = text(operator.get(f"{BASE}{Account.objects.get().pk}/history/"))
    assert "Confirmed as not personal: Code looks like an email address." in page


def test_a_confirmation_holds_for_the_value_that_was_warned_of(operator):
    answer = operator.post(f"{BASE}create/", given(purchase_order_number=PHONE))
    token = ticked(answer)
    other = given(purchase_order_number="4111 1111 1111 1111", personal_confirmed=token)
    answer = operator.post(f"{BASE}create/", other)
    assert answer.status_code == 422
    assert "Purchase order number looks like a payment-card number" in text(answer)
    assert "checked" not in text(answer).partition("personal_confirmed")[2].partition(">")[0]
    assert not Account.objects.exists()


def test_what_is_saved_already_is_not_asked_about_again(operator, make_account):
    account = make_account(purchase_order_number=PHONE)
    sent = given(purchase_order_number=PHONE, version=1)
    assert operator.post(f"{BASE}{account.pk}/edit/", sent).status_code == 302
    sent = given(purchase_order_number="(040) 123 45 67", version=2)
    assert operator.post(f"{BASE}{account.pk}/edit/", sent).status_code == 422


def test_name_address_and_email_address_are_free_to_be_personal(operator):
    personal = given(name="Ada, +49 40 1234567", address_line_1="c/o ada@lovelace.example")
    assert operator.post(f"{BASE}create/", personal).status_code == 302
