"""manage.py import_focus: summary, rejects file, exit codes, and the bills that come of it (spec 6)."""

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from billing.models import BillLine
from billing.usage.models import IngestEvent, Measurement, Upload
from plans.models import Product
from tests.usage.focus import SMALL, charge, focus_csv, import_focus

ACCEPTED, REJECTED = 8, 7
REASONS = {
    9: "There is no ListUnitPrice, so the row cannot be priced.",
    10: "There is no PricingQuantity.",
    11: "There is neither SkuPriceId nor SkuId, so the row cannot be priced.",
    12: "There is no SubAccountId.",
    13: "The row has 16 cells, the header has 19.",
    14: "PricingQuantity: “1,000.00” is not a number. Write it like 1234.5, without separators.",
    15: "ListUnitPrice is below 0: -0.01, so the row cannot be priced.",
}


def counts(summary: dict) -> tuple[int, int, int, int]:
    assert summary["read"] == summary["accepted"] + summary["duplicates"] + summary["rejected"]
    return tuple(summary[name] for name in ("read", "accepted", "duplicates", "rejected"))


def test_the_summary_adds_up_and_says_what_was_created(organization):
    summary = import_focus(organization, SMALL, "--catalogue")
    assert counts(summary) == (15, ACCEPTED, 0, REJECTED)
    assert summary["created"] == {
        "accounts": 5, "products": 3, "meters": 3, "aggregations": 3, "segments": 4, "plan_templates": 3,
        "plans": 3, "pricings": 4, "plan_attachments": 4,
    }  # fmt: skip


def test_the_same_file_again_adds_nothing(organization):
    import_focus(organization, SMALL, "--catalogue")
    again = import_focus(organization, SMALL, "--catalogue")
    assert counts(again) == (15, 0, ACCEPTED, REJECTED)
    assert not any(again["created"].values())
    assert Measurement.objects.count() == ACCEPTED


def test_equal_rows_of_one_file_all_count(organization):
    import_focus(organization, SMALL, "--catalogue")
    lines = [m for m in Measurement.objects.filter(ts="2024-09-01T00:00:00Z") if m.vals == [Decimal(100)]]
    assert len({measurement.uid for measurement in lines}) == 2


def test_every_rejected_row_is_named_with_line_reason_and_its_own_columns(organization, tmp_path):
    rejects = tmp_path / "rejects.csv"
    import_focus(organization, SMALL, "--catalogue", "--rejects", str(rejects))
    found = list(csv.DictReader(io.StringIO(rejects.read_text(encoding="utf-8"), newline="")))
    assert {int(row["line"]): row["reason"] for row in found} == REASONS
    assert found[0]["ChargeDescription"] == "Promotional credit"
    assert found[4]["row"].startswith('"9001","Northwind Group"')
    assert dict(IngestEvent.objects.values_list("line", "reason")) == REASONS


def test_the_upload_is_kept_with_its_counts(organization):
    import_focus(organization, SMALL, "--catalogue")
    upload = Upload.objects.get()
    assert (upload.kind, upload.state, upload.file_name) == ("FOCUS", "COMPLETE", "focus_small.csv")
    assert (upload.rows_read, upload.accepted, upload.rejected) == (15, ACCEPTED, REJECTED)


def test_the_bills_are_quantity_times_list_price_by_sub_account_and_sku_price(make_organization):
    dollars = {"code": "USD", "name": "US dollar", "maxDecimalPlaces": 5}
    organization = make_organization(currencies=[dollars])
    import_focus(organization, SMALL, "--catalogue")
    out = io.StringIO()
    call_command("run_billing", "--bill-date", "2024-10-01", organization=organization.slug, stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1])["billed"] == 3
    lines = {
        (line.labels["account"]["code"], line.segment["sku"], line.segment["list_price"]): line.subtotal
        for line in BillLine.objects.all()
    }
    assert lines == {
        ("2001", "ST.STD.1", "0.023"): Decimal("5.75"),  # (100 + 100 + 50) × 0.023
        ("2001", "ST.STD.1", "0.021"): Decimal("0.21"),
        ("2001", "Q1", "0.0000004"): Decimal("0"),  # 0.0000023162 × 0.0000004
        ("2002", "Q1", "0.0000004"): Decimal("0.8"),  # (3,000,000 − 1,000,000) × 0.0000004
        ("2003", "R1.A", "1.5"): Decimal("3"),
    }


def test_standard_input_is_read_also_through_a_pipe(organization, monkeypatch):
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *args: int) -> int:
            raise io.UnsupportedOperation("seek")

    class Input:
        buffer = Pipe(SMALL.read_bytes())

    monkeypatch.setattr("sys.stdin", Input)
    summary = import_focus(organization, "-", "--catalogue")
    assert counts(summary) == (15, ACCEPTED, 0, REJECTED)
    assert Upload.objects.get().file_name == "standard input"


BROKEN = {
    "latin-1": (lambda raw: raw.replace(b"Aurora", b"Aur\xf6ra", 1), 1, "The row is not UTF-8."),
    "NUL": (lambda raw: raw.replace(b"Aurora", b"Aur\0ra", 1), 1, "The row holds a NUL character."),
    "a quote never closed": (
        lambda raw: raw.replace(b'"Aurora"', b'"Aurora', 1),
        1,
        re.compile("quote"),
    ),
    "a blank line": (lambda raw: raw.replace(b"\r\n", b"\r\n\r\n", 1), 0, None),
    "cut in the last row": (lambda raw: raw[:-40], 1, re.compile("quote|cells")),
    "LF alone": (lambda raw: raw.replace(b"\r\n", b"\n"), 0, None),
    "no BOM": (lambda raw: raw.removeprefix(b"\xef\xbb\xbf"), 0, None),
    "no end of the last line": (lambda raw: raw.removesuffix(b"\r\n"), 0, None),
    "an infinite quantity": (
        lambda raw: raw.replace(b",50.0,", b",Infinity,"),
        1,
        re.compile("not a number"),
    ),
    "a date of another country": (
        lambda raw: raw.replace(b"2024-09-14 13:00:00", b"14.09.2024 13:00"),
        1,
        re.compile("not a date and time"),
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_malformed_row_is_rejected_alone(organization, tmp_path, fault):
    spoil, lost, reason = BROKEN[fault]
    path = tmp_path / "focus.csv"
    spoilt = spoil(SMALL.read_bytes())
    assert spoilt != SMALL.read_bytes()
    path.write_bytes(spoilt)
    summary = import_focus(organization, path, "--catalogue")
    assert summary["accepted"] == ACCEPTED - lost
    assert counts(summary)[0] >= 15
    if reason:
        said = IngestEvent.objects.values_list("reason", flat=True)
        assert any(reason == each or getattr(reason, "search", lambda _: None)(each) for each in said)


UNUSABLE = {
    "empty": (b"", "The file is empty"),
    "another CSV": (b"uid,account,meter,ts\n", "The header has no column ServiceName"),
    "a column twice": (SMALL.read_bytes().replace(b'"SkuId"', b'"SkuPriceId"'), "names “SkuPriceId” twice"),
    "UTF-16": (SMALL.read_text(encoding="utf-8-sig").encode("utf-16"), "The file is in UTF-16"),
    "compressed": (b"\x1f\x8b\x08\x00", "The file is compressed"),
    "semicolons": (b"ServiceName;SubAccountId\n", "separated by semicolons"),
    "no header": (SMALL.read_bytes().split(b"\r\n", 1)[1], "The header"),
    "a header of NULs": (b"\0\0\0\n", "The file"),
    "JSON": (b'[{"ServiceName": "x"}]\n', "The header"),
}


@pytest.mark.parametrize("fault", UNUSABLE)
def test_a_file_without_a_usable_header_is_one_line_and_stores_nothing(organization, tmp_path, fault):
    content, sentence = UNUSABLE[fault]
    path = tmp_path / "focus.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as refused:
        import_focus(organization, path, "--catalogue")
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    assert not Upload.objects.exists()
    assert not Product.objects.exists()


def test_a_file_that_is_not_there_is_one_line(organization, tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as refused:
        import_focus(organization, tmp_path / "missing.csv")
    assert refused.value.returncode == 2


def test_a_header_alone_is_a_file_of_no_rows(organization, tmp_path):
    path = tmp_path / "focus.csv"
    path.write_bytes(SMALL.read_bytes().split(b"\r\n")[0] + b"\r\n")
    assert counts(import_focus(organization, path, "--catalogue")) == (0, 0, 0, 0)


def test_columns_of_the_senders_own_are_welcome(organization, tmp_path):
    path = tmp_path / "focus.csv"
    path.write_bytes(focus_csv(charge(x_Team="red", x_Empty="")))
    assert counts(import_focus(organization, path, "--catalogue")) == (1, 1, 0, 0)
