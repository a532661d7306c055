"""Importing accounts in the browser: template, file, preview, result (spec 1, Account, List)."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account, AccountImport
from accounts.services import update_account
from tests.accounts.pages import BASE, text

IMPORT = f"{BASE}import/"
HEAD = "Name,Code,Email address"


@pytest.fixture
def upload(operator):
    """Send lines, or a whole text, as a file; answers the page that follows."""

    def send(*lines):
        file = SimpleUploadedFile("accounts.csv", "\n".join(lines).encode())
        return operator.post(IMPORT, {"file": file}, follow=True)

    return send


def where(answer):
    return answer.redirect_chain[-1][0]


def test_the_list_leads_to_the_form_with_a_template_to_fill_in(operator, sign_in):
    assert IMPORT in text(operator.get(BASE))
    assert IMPORT not in text(sign_in("viewer").get(BASE))
    page = text(operator.get(IMPORT))
    assert f"{IMPORT}template/" in page
    assert "up to 10,000 rows and 5 MB" in page
    template = operator.get(f"{IMPORT}template/")
    header = next(csv.reader(io.StringIO(text(template))))
    assert header[:3] == ["Name", "Code", "Email address"]


def test_a_preview_shows_old_and_new_and_one_button_does_it_all(operator, upload, make_account):
    make_account("known", name="Old & Co", email_address="a@b.example")
    answer = upload(HEAD, "New,new,a@b.example", "New & Co,known,a@b.example")
    page = text(answer)
    assert "<s>Old &amp; Co</s> → New &amp; Co" in page
    assert "Import 2 accounts" in page
    assert Account.objects.count() == 1
    answer = operator.post(where(answer), {"revision": 1}, follow=True)
    assert "1 account created, 1 account changed from accounts.csv." in text(answer)
    new = Account.objects.get(code="new")
    assert f'<a href="{BASE}{new.pk}/">new</a>' in text(answer)
    assert "import</span>" in text(operator.get(f"{BASE}{new.pk}/history/"))
    assert operator.post(where(answer), {"revision": 1}).status_code == 422  # sent twice: done once
    assert "accounts.csv" in text(operator.get(f"{BASE}imports/"))


def test_refused_rows_are_listed_and_there_is_no_button(operator, upload):
    answer = upload(HEAD, "New,new,a@b.example", "Bad,bad,nonsense", "Codeless,,a@b.example")
    page = text(answer)
    assert ">Code is missing.<" in page
    assert "Nothing is imported until every row is right" in page
    assert "Email address: Enter a valid email address." in page
    assert "Import 1 account" not in page
    refused = operator.get(f"{where(answer)}?kind=REFUSED").context["listing"].table.rows
    assert [row.record.line for row in refused] == [3, 4]
    assert operator.post(where(answer), {"revision": 1}).status_code == 422
    assert not Account.objects.exists()


def test_a_file_that_cannot_be_read_is_refused_beside_the_field(operator, upload):
    for lines, sentence in [([""], "empty"), (["a;b;c"], "semicolons"), (["Name", "x"], "needs a column")]:
        answer = upload(*lines)
        assert answer.status_code == 422
        assert sentence in str(answer.context["form"].errors["file"])
    assert operator.post(IMPORT, {}).status_code == 422
    large = SimpleUploadedFile("large.csv", b"x" * 5_000_001)
    assert "larger than 5 MB" in text(operator.post(IMPORT, {"file": large}))


def test_what_looks_personal_is_confirmed_before_it_is_imported(operator, upload):
    answer = upload(f"{HEAD},Purchase order number", "New,new,a@b.example,+49 40 1234567")
    assert "Purchase order number looks like a phone number." in text(answer)
    assert operator.post(where(answer), {"revision": 1}).status_code == 422
    assert not Account.objects.exists()
    operator.post(where(answer), {"revision": 1, "confirmed": "on"})
    assert Account.objects.get().purchase_order_number == "+49 40 1234567"


def test_a_change_since_the_preview_shows_a_new_preview(operator, upload, make_account):
    account = make_account("known", name="Old", email_address="a@b.example")
    answer = upload(HEAD, "Mine,known,a@b.example")
    update_account(account, version=1, name="Theirs")
    answer = operator.post(where(answer), {"revision": 1}, follow=True)
    assert "Somebody saved or deleted “known” since the preview was made." in text(answer)
    assert "<s>Theirs</s> → Mine" in text(answer)
    assert operator.post(where(answer), {"revision": 2}).status_code == 302
    assert Account.objects.get().name == "Mine"


def test_a_preview_can_be_discarded(operator, upload):
    answer = upload(HEAD, "New,new,a@b.example")
    answer = operator.post(f"{where(answer)}discard/", follow=True)
    assert "Import discarded. Nothing was imported." in text(answer)
    assert AccountImport.objects.get().state == "DISCARDED"
    assert "Nothing was imported" in text(operator.get(f"{BASE}imports/{AccountImport.objects.get().pk}/"))


def test_what_the_list_exports_is_imported_again_without_a_change(operator, upload, make_account):
    parent = make_account("parent", currency="EUR", bill_epoch="2024-02-01", days_before_bill_due=0)
    make_account("child", parent_account=parent, name="'=cmd|x", locality="=1+1", country='"A", B')
    make_account("=formula", name="''-x", purchase_order_number="+1-2", address_line_4="@home")
    make_account("usd", currency="USD")
    exported = text(operator.get(f"{BASE}?format=csv-all"))
    answer = upload(exported)
    made = AccountImport.objects.get()
    assert (made.created, made.changed, made.unchanged, made.refused) == (0, 0, 4, 0), text(answer)
    assert "There is nothing to import" in text(answer)


def test_imports_of_others_are_out_of_reach(operator, upload, sign_in, make_organization):
    answer = upload(HEAD, "New,new,a@b.example")
    other = sign_in("operator", within=make_organization("other"))
    theirs = where(answer).replace("/acme/", "/other/")
    assert other.get(theirs).status_code == 404
    assert other.post(theirs, {"revision": 1}).status_code == 404
    assert other.post(f"{theirs}discard/").status_code == 404
