"""Usage by mouse and keyboard: submitting in the dialog, sending a file, seeing to what was refused."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.services import create_account
from billing.usage.ingest import ingest
from billing.usage.models import IngestEvent, Measurement
from billing.usage.rows import Row
from plans.services.meters import create_meter

pytestmark = pytest.mark.long
FIELDS = [
    {"category": "MEASURE", "code": "gb", "name": "Stored", "unit": "GB"},
    {"category": "WHERE", "code": "region", "name": "Region"},
]


@pytest.fixture
def borealis(acme):
    create_meter(organization=acme, name="Disk", code="disk", data_fields=FIELDS)
    create_meter(
        organization=acme,
        name="Requests",
        code="requests",
        data_fields=[{"category": "MEASURE", "code": "count", "name": "Requests", "unit": "1"}],
    )
    return create_account(
        organization=acme,
        name="Borealis Analytics GmbH",
        code="borealis",
        email_address="ap@borealis.example",
    )


def look(page, name):
    """Keep a picture of the page, where somebody asks for pictures."""
    if os.environ.get("SCREENSHOTS"):
        Path(os.environ["SCREENSHOTS"]).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{os.environ['SCREENSHOTS']}/{name}.png", full_page=True)


def test_usage_is_submitted_in_the_dialog_with_refusals_beside_their_fields(signed_in, borealis, accessible):
    page = signed_in("operator", f"/o/acme/accounts/{borealis.pk}/")
    page.get_by_role("link", name="Submit usage").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Submit usage of Borealis Analytics GmbH")).to_be_visible()
    dialog.get_by_label("Meter").select_option(label="Disk")
    number = dialog.get_by_label("Stored (GB)")
    expect(dialog.get_by_label("UID")).not_to_have_value("")
    expect(dialog.get_by_label("Timestamp")).not_to_have_value("")
    number.fill("1,5")
    dialog.get_by_label("Region").fill("eu-1")
    look(page, "submit-usage")
    dialog.get_by_role("button", name="Submit usage").click()
    expect(dialog.get_by_role("alert")).to_contain_text("“1,5” is not a number")
    expect(number).to_have_value("1,5")
    look(page, "submit-usage-refused")
    accessible(page)
    number.fill("1.5")
    dialog.get_by_role("button", name="Submit usage").click()
    expect(page.get_by_role("rowheader")).to_be_visible()
    expect(page.get_by_text("gb 1.5 GB, region eu-1")).to_be_visible()
    assert Measurement.objects.get().account_id == borealis.pk
    look(page, "account-usage")
    accessible(page)


def test_usage_is_submitted_without_javascript_too(signed_in, borealis):
    page = signed_in("operator", f"/o/acme/accounts/{borealis.pk}/", java_script_enabled=False)
    page.get_by_role("link", name="Submit usage").click()
    page.get_by_label("Meter").select_option(label="Disk")
    page.get_by_role("button", name="Choose meter").click()
    page.get_by_label("Stored (GB)").fill("2")
    page.get_by_role("button", name="Submit usage").click()
    expect(page.get_by_text("gb 2 GB")).to_be_visible()


def test_a_file_is_sent_and_its_rejected_rows_come_back_as_a_file(signed_in, borealis, accessible, tmp_path):
    file = tmp_path / "june.csv"
    file.write_text(
        "uid,account,meter,ts,gb,region\n"
        "a,borealis,disk,2026-06-10,1,eu-1\nb,borealis,disk,2026-06-31,1,eu-1\nc,borealis,disk,2026-06-10\n"
    )
    page = signed_in("operator", "/o/acme/usage/uploads/create/")
    look(page, "upload-create")
    accessible(page)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload usage").click()
    expect(page.get_by_role("heading", name="june.csv")).to_be_visible()
    expect(page.get_by_text("The row has 4 cells, the header has 6.")).to_be_visible()
    look(page, "upload-detail")
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Rejected rows").click()
    assert "2026-06-31" in Path(download.value.path()).read_text()
    page.get_by_role("button", name="Mark all as actioned").click()
    expect(page.get_by_text("2 ingest events marked as actioned.")).to_be_visible()
    page.goto("/o/acme/usage/uploads/")
    expect(page.get_by_role("link", name="june.csv")).to_be_visible()
    look(page, "upload-list")
    accessible(page)


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}}],
    ids=["light", "dark", "phone"],
)
def test_ingest_events_are_read_and_marked(signed_in, acme, borealis, accessible, options, request):
    given = {"ts": "2026-06-10", "ets": None}
    rows = [
        Row("a", "borealis", "disk", values={"gb": "1"}, **given),
        Row("a", "borealis", "disk", values={"gb": "2", "region": "eu-1"}, **given),
        Row("b", "borealis", "tape", values={"gb": "2"}, **given),
    ]
    ingest(organization=acme, rows=rows)
    name = request.node.callspec.id
    page = signed_in("operator", "/o/acme/usage/events/", **options)
    look(page, f"event-list-{name}")
    accessible(page)
    page.get_by_role("link", name="Same UID, other content").click()
    expect(page.get_by_role("heading", name="Stored, and counted")).to_be_visible()
    look(page, f"event-detail-{name}")
    accessible(page)
    page.get_by_role("button", name="Mark as actioned").click()
    expect(page.get_by_text("Ingest event marked as actioned.")).to_be_visible()
    assert IngestEvent.objects.open().count() == 1
    page.goto(f"/o/acme/accounts/{borealis.pk}/usage/")
    look(page, f"account-usage-{name}")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
