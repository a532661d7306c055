"""The pages of usage: the account's tab and dialog, uploads with their result, ingest events."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.usage.events import mark_actioned
from billing.usage.models import IngestEvent, Measurement, Upload
from m3console.core.links import reverse
from plans.services.meters import delete_meter
from plans.services.rows import InUse
from tests.core.bulk_pages import chosen, confirm
from tests.usage.conftest import row

HEAD = b"uid,account,meter,ts,ets,gb,region\n"


@pytest.fixture
def client(sign_in):
    return sign_in("operator")


@pytest.fixture
def account(make_account):
    return make_account()


def send(client, content: bytes, name: str = "usage.csv", **given):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("usage:upload_create"), {"file": file, **given})


def test_the_account_page_offers_submit_usage_and_the_tab(client, account, meter):
    answer = client.get(reverse("accounts:account_detail", pk=account.pk)).content.decode()
    assert reverse("usage:usage_submit", pk=account.pk) in answer
    assert reverse("usage:account_usage", pk=account.pk) in answer


def test_a_viewer_sees_usage_but_cannot_submit_it(sign_in, account, meter):
    client = sign_in("viewer")
    answer = client.get(reverse("usage:account_usage", pk=account.pk))
    assert answer.status_code == 200
    assert "Submit usage</a>" not in answer.content.decode()
    assert client.get(reverse("usage:usage_submit", pk=account.pk)).status_code == 403


def test_the_dialog_asks_for_the_meter_then_for_its_fields(client, account, meter):
    url = reverse("usage:usage_submit", pk=account.pk)
    first = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert '<option value="' + str(meter.pk) in first
    assert "<html" not in first
    second = client.get(url, {"meter": meter.pk}).content.decode()
    assert 'name="value_gb"' in second
    assert "Stored (GB)" in second
    assert 'name="uid" value="' in second


def test_submitted_usage_is_stored_and_shown_on_the_tab(client, account, meter):
    url = f"{reverse('usage:usage_submit', pk=account.pk)}?meter={meter.pk}"
    typed = {"uid": "m1", "ts": "2026-06-10T12:00:00Z", "ets": "", "value_gb": "750.25", "value_region": "eu"}
    answer = client.post(url, typed)
    tab = reverse("usage:account_usage", pk=account.pk)
    assert (answer.status_code, answer["Location"]) == (302, tab)
    stored = Measurement.objects.get()
    assert (stored.account_id, stored.uid, str(stored.vals[0])) == (account.pk, "m1", "750.25")
    upload = Upload.objects.get()
    assert (upload.kind, upload.state, upload.created_by.email) == (
        "DIALOG",
        "COMPLETE",
        "operator@acme.example",
    )
    shown = client.get(tab).content.decode()
    assert "gb 750.25 GB, region eu" in shown
    assert "Usage of Disk submitted" in shown


def test_submitting_by_htmx_leads_on_to_the_tab(client, account, meter):
    url = f"{reverse('usage:usage_submit', pk=account.pk)}?meter={meter.pk}"
    typed = {"uid": "m1", "ts": "2026-06-10T12:00:00Z", "value_gb": "1"}
    answer = client.post(url, typed, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("usage:account_usage", pk=account.pk)


def test_sending_the_dialog_twice_counts_once(client, account, meter):
    url = f"{reverse('usage:usage_submit', pk=account.pk)}?meter={meter.pk}"
    typed = {"uid": "m1", "ts": "2026-06-10T12:00:00Z", "value_gb": "1"}
    client.post(url, typed)
    assert client.post(url, typed).status_code == 302
    assert Measurement.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"value_gb": "1,5"}, "value_gb", "is not a number"),
        ({"value_gb": "NaN"}, "value_gb", "is not a number"),
        ({"value_gb": ""}, None, "There is no value for any data field"),
        ({"ts": "yesterday"}, "ts", "not a date and time"),
        ({"ts": "2999-01-01T00:00:00Z"}, "ts", "in the future"),
        ({"ets": "2026-06-09"}, "ets", "before ts"),
        ({"uid": "x" * 51}, "uid", "at most 50"),
        ({"uid": "taken"}, "uid", "stored already, with other content"),
        ({"value_note": "x" * 257}, "value_note", "more than 256"),
        ({"uid": ""}, "uid", "Enter a UID."),
    ],
)
def test_what_is_refused_stands_beside_its_field_and_stores_nothing(
    client, account, meter, take, typed, field, sentence
):
    take(row("taken"))
    url = f"{reverse('usage:usage_submit', pk=account.pk)}?meter={meter.pk}"
    given = {"uid": "m1", "ts": "2026-06-10T12:00:00Z", "ets": "", "value_gb": "1"} | typed
    answer = client.post(url, given)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert sentence in str(errors[field or "__all__"])
    assert Measurement.objects.count() == 1
    assert f'value="{given["ts"]}"' in answer.content.decode()


def test_usage_is_listed_in_few_queries_and_narrowed_by_meter(
    client, account, meter, make_meter, take, django_assert_max_num_queries
):
    other = make_meter("tape")
    take(*[row(f"a{n}", ts=f"2026-06-{1 + n % 28:02}") for n in range(40)], row("b", meter="tape", gb="5"))
    url = reverse("usage:account_usage", pk=account.pk)
    with django_assert_max_num_queries(20):
        answer = client.get(url)
    assert len(answer.context["listing"].table.rows) == 25
    narrowed = client.get(url, {"meter": other.pk}).context["listing"]
    assert (narrowed.count, len(narrowed.table.rows)) == ("1", 1)
    rows = list(csv.reader(io.StringIO(client.get(url, {"format": "csv"}).getvalue().decode())))
    assert len(rows) == 42


def test_usage_is_narrowed_by_billing_days_of_the_organizations_zone(
    client, account, meter, take, organization
):
    organization.timezone = "Europe/Berlin"
    organization.save(update_fields=["timezone"])
    take(row("may", ts="2026-05-31T21:59:59Z"), row("june", ts="2026-05-31T22:00:00Z"))
    url = reverse("usage:account_usage", pk=account.pk)
    for query, uid in (({"day_from": "2026-06-01"}, "june"), ({"day_to": "2026-05-31"}, "may")):
        assert [each.record.uid for each in client.get(url, query).context["listing"].table.rows] == [uid]


def test_an_upload_stores_the_good_rows_and_lists_the_bad_ones(client, meter):
    good, bad = b"a,acct,disk,2026-06-10,,1,eu\n", b"b,acct,disk,2026-06-10,,x,eu\nc,acct,disk\n"
    content = HEAD + good + bad + good
    answer = send(client, content)
    upload = Upload.objects.get()
    assert answer["Location"] == reverse("usage:upload_detail", pk=upload.pk)
    assert (upload.rows_read, upload.accepted, upload.duplicates, upload.rejected) == (4, 1, 1, 2)
    page = client.get(answer["Location"]).content.decode()
    assert "The row has 3 cells, the header has 7." in page
    assert "usage.csv: 1 of 4 rows stored." in page
    rejects = client.get(reverse("usage:upload_rejects", pk=upload.pk))
    assert 'filename="usage-rejects.csv"' in rejects["Content-Disposition"]
    found = list(csv.DictReader(io.StringIO(rejects.getvalue().decode(), newline="")))
    assert [(each["line"], each["uid"]) for each in found] == [("3", "b"), ("4", "")]
    assert found[1]["row"] == "c,acct,disk"


def test_an_upload_of_one_meter_takes_the_template_without_a_column_meter(client, meter):
    template = client.get(reverse("usage:upload_template", pk=meter.pk))
    assert template.content == b"uid,account,ts,ets,gb,cost,region,note\r\n"
    send(client, template.content + b"a,acct,2026-06-10,,1,,eu,\n", meter=meter.pk)
    assert Measurement.objects.count() == 1
    assert Upload.objects.get().meter == meter


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"uid;account;meter;ts;gb\n", "separated by semicolons"),
        (b"PK\x03\x04aaaa", "spreadsheet or ZIP"),
        (b"hello", "no column account"),
    ],
)
def test_an_unusable_file_is_refused_beside_its_field(client, meter, content, sentence):
    answer = send(client, content)
    assert answer.status_code == 422
    assert sentence in str(answer.context["form"].errors["file"])
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_refused_and_told_the_way_in(client, meter, monkeypatch):
    monkeypatch.setattr("billing.usage.forms.MAX_BYTES", 10)
    assert "manage.py import_usage" in str(send(client, HEAD).context["form"].errors["file"])


def test_json_lines_can_be_uploaded_too(client, meter):
    line = b'{"uid": "a", "account": "acct", "meter": "disk", "ts": "2026-06-10", "measure": {"gb": 1}}\n'
    send(client, line + b"nonsense\n", "usage.jsonl")
    upload = Upload.objects.get()
    assert (upload.kind, upload.accepted, upload.rejected) == ("JSON_LINES", 1, 1)
    event = IngestEvent.objects.get()
    assert "nonsense" in client.get(reverse("usage:event_detail", pk=event.pk)).content.decode()


def test_uploads_are_listed_with_who_and_counts(client, meter, organization, django_assert_max_num_queries):
    for n in range(30):
        Upload.objects.create(organization=organization, kind="CSV", file_name=f"{n}.csv", state="COMPLETE")
    Upload.objects.create(organization=organization, kind="CSV", file_name="died.csv", state="RUNNING")
    with django_assert_max_num_queries(14):
        page = client.get(reverse("usage:upload_list")).content.decode()
    assert "died.csv" in page
    assert "BROKEN OFF" in page


def test_ingest_events_are_found_by_code_and_marked_as_actioned(client, meter, take):
    take(row("a", account="alpha", gb="x"), row("b", account="beta", gb="y"), row("c", meter="tape"))
    url = reverse("usage:event_list")
    assert client.get(url).context["listing"].count == "3"
    found = client.get(url, {"q": "alp"}).context["listing"]
    assert found.count == "1"
    assert client.get(url, {"kind": "UNKNOWN_METER"}).context["listing"].count == "1"
    event = IngestEvent.objects.get(account_code="alpha")
    page = reverse("usage:event_detail", pk=event.pk)
    assert "Mark as actioned" in client.get(page).content.decode()
    assert client.post(reverse("usage:event_mark", pk=event.pk)).status_code == 302
    event.refresh_from_db()
    assert event.actioned_by.email == "operator@acme.example"
    marked = client.get(page).content.decode()
    assert "Mark as actioned" not in marked
    undo = reverse("usage:event_reopen", pk=event.pk)
    assert marked.count(f'action="{undo}"') == 2  # the toast's Undo, and the page's button
    assert client.get(url, {"state": "open"}).context["listing"].count == "2"
    assert client.get(url, {"state": "actioned"}).context["listing"].count == "1"
    assert client.post(undo).status_code == 302
    event.refresh_from_db()
    assert (event.actioned_at, event.actioned_by) == (None, None)


def test_all_events_of_an_upload_are_marked_at_once(client, meter):
    send(client, HEAD + b"a,acct,tape,2026-06-10,,1,eu\nb,acct,tape,2026-06-10,,1,eu\n")
    upload = Upload.objects.get()
    first, second = IngestEvent.objects.order_by("line")
    client.post(reverse("usage:event_mark", pk=first.pk))
    marked = client.post(reverse("usage:upload_events_mark", pk=upload.pk), follow=True).content.decode()
    assert not IngestEvent.objects.open().exists()
    undo = reverse("usage:upload_events_reopen", pk=upload.pk)
    [link] = re.findall(rf'action="({undo}\?at=[^"]+)"', marked)
    assert client.post(f"{undo}?at=garbage").status_code == 404
    assert client.post(link).status_code == 302
    assert list(IngestEvent.objects.open()) == [second]  # the first was marked before


def test_a_uid_that_came_again_is_shown_beside_what_is_stored(client, meter, take):
    take(row("a", gb="1"), row("a", gb="2"))
    page = client.get(reverse("usage:event_detail", pk=IngestEvent.objects.get().pk)).content.decode()
    assert "Stored, and counted" in page


def test_text_of_an_event_is_never_markup(client, meter, take):
    hostile = "<script>alert(1)</script>"
    take(
        row("a", account="acct", region=hostile, gb="x"), row("b", meter=hostile), row("c", **{hostile: "1"})
    )
    for event in IngestEvent.objects.all():
        assert hostile not in client.get(reverse("usage:event_detail", pk=event.pk)).content.decode()
    assert hostile not in client.get(reverse("usage:event_list")).content.decode()


def test_another_organizations_usage_is_not_found(
    client, make_organization, make_account, make_meter, organization
):
    other = make_organization("other")
    account, meter = make_account(within=other), make_meter(within=other)
    upload = Upload.objects.create(organization=other, kind="CSV")
    event = IngestEvent.objects.create(organization=other, kind="UNKNOWN_METER", reason="x", payload={})
    for name, pk in [
        ("usage:account_usage", account.pk),
        ("usage:usage_submit", account.pk),
        ("usage:upload_detail", upload.pk),
        ("usage:upload_rejects", upload.pk),
        ("usage:upload_template", meter.pk),
        ("usage:event_detail", event.pk),
    ]:
        assert client.get(reverse(name, organization=organization, pk=pk)).status_code == 404, name
    for name, pk in [
        ("usage:event_mark", event.pk),
        ("usage:event_reopen", event.pk),
        ("usage:upload_events_mark", upload.pk),
        ("usage:upload_events_reopen", upload.pk),
    ]:
        assert client.post(reverse(name, organization=organization, pk=pk)).status_code == 404, name
    url = reverse("usage:usage_submit", organization=organization, pk=make_account("mine").pk)
    assert 'name="value_gb"' not in client.get(url, {"meter": meter.pk}).content.decode()
    event.refresh_from_db()
    assert event.actioned_at is None


@pytest.mark.parametrize(
    "query",
    [
        "meter=x",
        "meter=01a1fe20-9ecd-7757-9388-6c537805e1d2",
        "meter=%00",
        "day_from=abc",
        "day_to=9999-12-31",
        "day_from=0001-01-01",
        "sort=vals",
        "cursor=a1",
    ],
)
def test_odd_queries_are_answered(client, account, meter, query):
    for name in ("usage:account_usage", "usage:usage_submit"):
        assert client.get(f"{reverse(name, pk=account.pk)}?{query}").status_code in (200, 400)
    assert client.get(f"{reverse('usage:event_list')}?{query}&q=%27%3B").status_code in (200, 400)


def test_a_meter_with_usage_cannot_be_deleted(meter, take):
    take(row("a"))
    with pytest.raises(InUse, match="usage that was measured by it"):
        delete_meter(meter)


def test_chosen_ingest_events_are_marked_as_actioned(sign_in, make_user, meter, take):
    take(
        row(account="one", meter="nope"), row(account="two", meter="nope"), row(account="three", meter="nope")
    )
    client, events = sign_in("operator"), list(IngestEvent.objects.order_by("created_at", "id"))
    mark_actioned(IngestEvent.objects.filter(pk=events[0].pk), make_user("viewer"))
    url = reverse("usage:event_mark_many")
    asked = client.post(url, chosen(events[0], events[1]))
    done = confirm(client, url, asked)
    assert sorted(one.kind for one in done.context["outcomes"].all) == ["done", "unchanged"]
    assert list(IngestEvent.objects.filter(actioned_at=None)) == [events[2]]
