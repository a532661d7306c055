"""Creating and editing accounts in the browser (spec 1, Account)."""

from datetime import date

import pytest

from accounts.models import Account
from accounts.services import update_account
from tests.accounts.pages import BASE, HTMX, given, text


def test_creating_leads_to_the_accounts_page(operator):
    answer = operator.post(
        f"{BASE}create/",
        given(currency="EUR", bill_epoch="2022-02-01", days_before_bill_due="14"),
        follow=True,
    )
    account = Account.objects.get()
    assert answer.redirect_chain == [(f"{BASE}{account.pk}/", 302)]
    assert "Account “Borealis” created." in text(answer)
    assert (account.currency, account.bill_epoch, account.days_before_bill_due) == (
        "EUR",
        date(2022, 2, 1),
        14,
    )
    assert account.created_by.name == "Operator of Acme"


def test_the_form_shows_the_cards_and_labels_of_the_product(operator):
    page = text(operator.get(f"{BASE}create/")).partition("<main")[2]
    cards = ["Account details", "Address", "Bill settings", "Custom fields"]
    labels = ["Name", "Code", "Email address", "Parent account", "Address line 1", "Address line 2",
              "City / Town", "Region / Province", "Postcode / Zip", "Country", "Currency", "First bill date",
              "Days before bill due", "Purchase order number"]  # fmt: skip
    for words in (cards, labels):
        places = [page.index(f">{word}<" if word in cards else f">{word}") for word in words]
        assert places == sorted(places)
    assert "Use organization&#x27;s (USD)" in page
    assert page.count("No personal data here") == 3


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(operator, make_account):
    make_account("taken")
    answer = operator.post(f"{BASE}create/", given(code="taken", purchase_order_number="PO-77"))
    assert answer.status_code == 422
    assert "code “taken” already" in str(answer.context["form"].errors["code"])
    assert 'value="PO-77"' in text(answer)
    bad = given(name="", code=" x", email_address="x", bill_epoch="31/02/2026", days_before_bill_due="-1")
    errors = operator.post(f"{BASE}create/", bad).context["form"].errors
    assert set(errors) == {"name", "code", "email_address", "bill_epoch", "days_before_bill_due"}
    assert Account.objects.count() == 1


def test_a_parent_is_named_by_its_code_and_refused_with_the_fix(operator, make_account):
    parent = make_account("parent")
    child = make_account("child", parent_account=parent)
    operator.post(f"{BASE}create/", given(parent_account="parent"))
    assert Account.objects.get(code="borealis").parent_account == parent
    for named, sentence in [("child", "is itself a child"), ("nobody", "no account with the code “nobody”")]:
        answer = operator.post(f"{BASE}create/", given(code="new", parent_account=named))
        assert sentence in str(answer.context["form"].errors["parent_account"])
    answer = operator.post(f"{BASE}{child.pk}/edit/", given(code="child", parent_account="child", version=1))
    assert "its own parent" in str(answer.context["form"].errors["parent_account"])


def test_creating_a_child_begins_with_its_parent(operator, make_account):
    parent = make_account("par&ent")
    page = text(operator.get(f"{BASE}{parent.pk}/children/"))
    assert "create/?parent=par%26ent" in page
    assert 'value="par&amp;ent"' in text(operator.get(f"{BASE}create/?parent=par%26ent"))


def test_editing_leads_back_to_the_account_and_keeps_what_the_form_does_not_show(operator, make_account):
    account = make_account("borealis", address_line_3="Dock 3")
    answer = operator.post(f"{BASE}{account.pk}/edit/", given(name="Renamed", version=1), follow=True)
    assert "Account “Renamed” updated." in text(answer)
    account.refresh_from_db()
    assert (account.name, account.version, account.address_line_3) == ("Renamed", 2, "Dock 3")


def test_fields_that_are_not_in_the_form_are_ignored(operator, make_account, make_organization):
    account = make_account("borealis")
    other = make_organization("other")
    stranger = given(
        version=1, organization=str(other.pk), auto_created="1", deleted_at="2026-01-01", id=str(other.pk)
    )
    operator.post(f"{BASE}{account.pk}/edit/", stranger)
    changed = Account.objects.get(pk=account.pk)
    assert (changed.organization_id, changed.auto_created, changed.deleted_at) == (
        account.organization_id, False, None,
    )  # fmt: skip


def test_a_stale_save_shows_both_versions_and_keeps_all_that_was_typed(operator, make_account):
    account = make_account("borealis", name="Borealis")
    update_account(account, version=1, name="Theirs", currency="EUR")
    mine = given(name="Mine", purchase_order_number="PO-77", version=1)
    answer = operator.post(f"{BASE}{account.pk}/edit/", mine)
    assert answer.status_code == 409
    told = answer.context["conflict"]
    assert "Changed by" in told["sentence"]
    assert {row["label"]: (row["theirs"], row["yours"]) for row in told["rows"]} == {
        "Name": ("Theirs", "Mine"),
        "Email address": ("billing@customer.example", "b@b.example"),
        "Currency": ("EUR, Euro", "Use organization's (USD)"),
        "Purchase order number": ("", "PO-77"),
    }
    assert 'value="PO-77"' in text(answer)
    assert Account.objects.get(pk=account.pk).name == "Theirs"
    again = {**mine, "version": answer.context["form"]["version"].value()}
    assert operator.post(f"{BASE}{account.pk}/edit/", again).status_code == 302
    assert Account.objects.get(pk=account.pk).name == "Mine"


def test_a_save_after_a_deletion_is_a_404(operator, make_account):
    account = make_account()
    operator.post(f"{BASE}{account.pk}/delete/", {"version": 1})
    assert operator.post(f"{BASE}{account.pk}/edit/", given(version=1)).status_code == 404


@pytest.mark.parametrize(
    "code", ["Acme", "\N{CYRILLIC SMALL LETTER A}cme", "\N{FULLWIDTH LATIN SMALL LETTER A}cme"]
)
def test_a_code_that_looks_like_another_is_accepted_with_a_warning(operator, make_account, code):
    make_account("acme", name="The first")
    page = text(operator.post(f"{BASE}create/", given(code=code), follow=True))
    assert "looks like that of another account: “acme” (The first)" in page
    assert Account.objects.filter(code=code).exists()


def test_a_code_of_its_own_draws_no_warning(operator, make_account):
    make_account("acme")
    assert "looks like" not in text(operator.post(f"{BASE}create/", given(code="acme-2"), follow=True))


def test_suggestions_are_top_level_accounts_of_the_organization(operator, make_account):
    parent = make_account("bravo", name="Bravo & Sons")
    make_account("bravo-kid", parent_account=parent)
    page = text(operator.get(f"{BASE}suggest/?of=parent_account&parent_account=brav&top=1"))
    assert 'data-value="bravo"' in page
    assert "Bravo &amp; Sons" in page
    assert "bravo-kid" not in page
    assert "bravo-kid" in text(operator.get(f"{BASE}suggest/?of=x&x=brav"))
    assert "No account matches" in text(operator.get(f"{BASE}suggest/?of=x&x=zzzz"))


def test_another_parent_is_asked_for_its_day_before_it_is_saved(operator, make_account, on):
    on(date(2026, 7, 20))
    old, new = make_account("old"), make_account("new")
    child = make_account("child", parent_account=old)
    url = f"{BASE}{child.pk}/edit/"
    assert "parent_from" not in operator.get(url).context["form"].fields
    sent = given(name="Child", code="child", parent_account="new", version=1)
    asked = operator.post(url, sent)
    assert asked.status_code == 422
    assert "check from which day" in str(asked.context["form"].errors["parent_from"])
    assert "Last day as a child: 19 Jul 2026" in text(asked)
    assert "“Child” is a child of “New” from 20 Jul 2026 on." in text(asked)
    assert Account.objects.get(pk=child.pk).parent_account == old
    assert operator.post(url, sent | {"parent_from": "2026-07-01"}).status_code == 302
    days = child.child_memberships.order_by("end_date").values_list("parent", "start_date", "end_date")
    assert list(days) == [(old.pk, None, date(2026, 7, 1)), (new.pk, date(2026, 7, 1), None)]


def test_the_day_is_asked_for_as_soon_as_a_parent_is_chosen(operator, make_account, on):
    on(date(2026, 7, 20))
    make_account("parent")
    child = make_account("child")
    url, sent = (
        f"{BASE}{child.pk}/edit/",
        given(name="Child", code="child", parent_account="parent", version=1),
    )
    answer = text(operator.post(url, sent | {"step": "parent"}, headers=HTMX))
    assert "Blank: from the beginning" in answer
    assert "“Child” is a child of “Parent” from the beginning." in answer
    answer = text(
        operator.post(url, sent | {"step": "parent_day", "parent_from": "2026-07-01"}, headers=HTMX)
    )
    assert "“Child” is a child of “Parent” from 1 Jul 2026 on." in answer
    answer = text(operator.post(url, sent | {"step": "parent_day", "parent_from": "soon"}, headers=HTMX))
    assert "Give a day to see what follows" in answer
    assert (
        text(operator.post(url, sent | {"step": "parent", "parent_account": ""}, headers=HTMX)).strip() == ""
    )
    assert Account.objects.get(pk=child.pk).parent_account is None
