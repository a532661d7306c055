"""The page that takes in a FOCUS file (spec 3, Usage)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from billing.usage.models import IngestEvent, Measurement, Upload
from m3console.core.links import reverse
from plans.models import Product
from tests.usage.focus import SMALL


def send(client, content: bytes, **given):
    file = SimpleUploadedFile("focus.csv", content)
    return client.post(reverse("usage:upload_focus"), {"file": file, **given}, follow=True)


def test_an_administrator_sends_a_file_and_has_the_catalogue_made(sign_in):
    answer = send(sign_in("administrator"), SMALL.read_bytes(), catalogue="on")
    upload = Upload.objects.get()
    assert answer.redirect_chain == [(reverse("usage:upload_detail", pk=upload.pk), 302)]
    shown = answer.content.decode()
    assert "focus.csv: 8 of 15 rows stored. Made: 5 accounts, 3 products, 3 meters" in shown
    assert "There is no ListUnitPrice, so the row cannot be priced." in shown
    assert (upload.kind, upload.created_by.email) == ("FOCUS", "administrator@acme.example")
    assert Account.objects.get(code="2001").created_by == upload.created_by


def test_the_rejected_rows_can_be_downloaded(sign_in):
    client = sign_in("administrator")
    send(client, SMALL.read_bytes(), catalogue="on")
    answer = client.get(reverse("usage:upload_rejects", pk=Upload.objects.get().pk))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("line,reason,BillingAccountId,BillingAccountName")
    assert len(lines) == 1 + IngestEvent.objects.count() == 8


@pytest.mark.parametrize("role", ["operator", "approver"])
def test_who_may_not_change_the_catalogue_sends_files_but_makes_none(sign_in, role):
    client = sign_in(role)
    assert 'name="catalogue"' not in client.get(reverse("usage:upload_focus")).content.decode()
    send(client, SMALL.read_bytes(), catalogue="on")
    assert not Product.objects.exists()
    assert Upload.objects.get().rejected == 15


@pytest.mark.parametrize("role", ["viewer", "catalogue"])
def test_who_may_not_operate_sends_none(sign_in, role):
    client = sign_in(role)
    assert client.get(reverse("usage:upload_focus")).status_code == 403
    assert send(client, SMALL.read_bytes()).status_code == 403
    assert not Upload.objects.exists()


def test_an_unusable_file_is_said_beside_the_field_and_stores_nothing(sign_in):
    answer = send(sign_in("administrator"), b"uid,account\n", catalogue="on")
    assert answer.status_code == 422
    assert "The header has no column ServiceName" in answer.content.decode()
    assert not Upload.objects.exists()
    assert not Measurement.objects.exists()


def test_the_page_for_usage_leads_to_the_one_for_focus_files(sign_in):
    shown = sign_in("operator").get(reverse("usage:upload_create")).content.decode()
    assert f'href="{reverse("usage:upload_focus")}"' in shown
