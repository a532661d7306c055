"""JSON Lines of usage: a measurement a line, numbers kept as written, broken lines refused alone."""

import io
import json
from decimal import Decimal

import pytest

from billing.usage.files import UsageFile
from billing.usage.ingest import Counts, ingest
from billing.usage.models import IngestEvent, Measurement
from tests.usage.conftest import reasons

pytestmark = pytest.mark.usefixtures("meter")


def line(uid: str = "a", **changes: object) -> bytes:
    measurement = {
        "uid": uid, "account": "borealis", "meter": "disk", "ts": "2026-06-10T00:00:00Z",
        "measure": {"gb": 1}, "where": {"region": "eu"},
    }  # fmt: skip
    return json.dumps(measurement | changes).encode() + b"\n"


@pytest.fixture
def load(organization):
    def loaded(content: bytes, meter=None) -> Counts:
        file = UsageFile(io.BytesIO(content), "usage.jsonl", organization, meter)
        return ingest(organization=organization, rows=file.rows)

    return loaded


def with_number(text: str) -> bytes:
    return line("b").replace(b'{"gb": 1}', b'{"gb": %s}' % text.encode())


BAD_LINES = {
    "no JSON": (b"uid,account\n", "The line is not JSON: Expecting value at character 1."),
    "cut off": (line("b")[:40] + b"\n", "The line is not JSON: "),
    "trailing bytes": (line("b").rstrip() + b" x\n", "The line is not JSON: Extra data at character"),
    "two in a line": (line("b").rstrip() + line("c"), "The line is not JSON: Extra data at character"),
    "a trailing comma": (b'{"uid": "b",}\n', "The line is not JSON: "),
    "single quotes": (b"{'uid': 'b'}\n", "The line is not JSON: "),
    "a list": (b"[" + line("b").rstrip() + b"]\n", "A measurement is a JSON object."),
    "a text": (b'"b"\n', "A measurement is a JSON object."),
    "null": (b"null\n", "A measurement is a JSON object."),
    "not UTF-8": (line("b").replace(b"borealis", b"b\xf6realis"), "The line is not UTF-8."),
    "nested 50,000 deep": (b'{"uid": ' + b"[" * 50_000 + b"\n", "The JSON is nested too deeply."),
    "longer than a line": (line("b", what={"x": "y" * 200_000}), "The line is longer than"),
    "a name twice": (b'{"uid": "b", "uid": "c"}\n', "“uid” stands twice in one object."),
    "a field twice": (with_number('1, "gb": 2'), "“gb” stands twice in one object."),
    "a field under two categories": (line("b", cost={"gb": 1}), "“gb” stands under both measure and cost."),
    "the wrong category": (line("b", measure=None, cost={"gb": 1}), "gb of meter disk is MEASURE, not COST."),
    "an unknown key": (line("b", size=5), "“size” is no part of a measurement."),
    "an unknown field": (line("b", measure={"weight": 5}), "“weight” is no data field of meter disk."),
    "a category that is no object": (line("b", measure=[1]), "measure is not a JSON object"),
    "NaN": (with_number("NaN"), "NaN is not a number."),
    "Infinity": (with_number("Infinity"), "Infinity is not a number."),
    "-Infinity": (with_number("-Infinity"), "-Infinity is not a number."),
    "too great an exponent": (with_number("1e999"), "gb: A number has at most 40 digits."),
    "an absurd exponent": (with_number("1e99999999999999999999"), "gb: “1e99999999999999999999” is"),
    "5,000 digits": (with_number("9" * 5_000), "gb: A number has at most 40 digits."),
    "a hexadecimal number": (with_number("0x10"), "The line is not JSON: "),
    "true for a number": (with_number("true"), "gb is not a number."),
    "a list for a number": (with_number("[1]"), "gb is not a number."),
    "NaN in quotes": (with_number('"NaN"'), "gb: “NaN” is not a number."),
    "a decimal comma": (with_number('"1,5"'), "gb: “1,5” is not a number."),
    "a number for a text": (line("b", where={"region": 5}), "region is not a text."),
    "a number for the uid": (line(5), "The uid is not a text."),
    "a number for ts": (line("b", ts=1749549600), "The ts is not a text."),
    "an object for the account": (line("b", account={}), "The account is not a text."),
    "no account": (line("b", account=None), "The account is missing."),
    "no values": (line("b", measure={}, where=None), "There is no value for any data field of disk."),
    "NUL in a text": (line("b", where={"region": "e\0u"}), "region: This holds a control character."),
    "NUL in the account": (line("b", account="\0"), "A code has no control or invisible characters."),
    "NUL in the meter": (line("b", meter="\0"), "There is no meter "),
    "half a character": (line("b", where={"region": "\ud800"}), "region: This holds a control character."),
    "an override of direction": (line("b", where={"region": "a\u202eb"}), "region: This holds an invisible"),
    "text of a million characters": (line("b", where={"region": "x" * 90_000}), "region has more than 500"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_refused_alone_with_its_number_and_reason(load, case):
    bad, reason = BAD_LINES[case]
    assert load(line("a") + bad + line("z")) == Counts(read=3, accepted=2, rejected=1)
    event = IngestEvent.objects.get()
    assert event.reason.startswith(reason)
    assert event.line == 2
    assert event.payload["row"]
    assert set(Measurement.objects.values_list("uid", flat=True)) == {"a", "z"}


@pytest.mark.parametrize("text", ["1.10", "0.1", "1e3", "12345678901234567890.123456789", "-0.0", '"1.10"'])
def test_numbers_are_never_floats(load, text):
    assert load(with_number(text)) == Counts(read=1, accepted=1)
    assert Measurement.objects.get().vals == [Decimal(text.strip('"'))]


def test_blank_lines_and_a_mark_at_the_beginning_are_nothing(load):
    content = b"\xef\xbb\xbf" + line("a") + b"\n  \r\n" + line("b").replace(b"\n", b"\r\n") + b"\n"
    assert load(content) == Counts(read=2, accepted=2)
    assert load(b"") == Counts()


def test_with_a_meter_given_lines_need_not_name_it_but_name_no_other(load, meter):
    lines = line("a", meter=None) + line("b") + line("c", meter="tape")
    assert load(lines, meter=meter) == Counts(read=3, accepted=2, rejected=1)
    assert reasons() == ["The measurement is not one of meter disk."]
