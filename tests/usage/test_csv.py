"""CSV of usage: a bad row is refused alone, an unusable file as a whole, and nothing silently (spec 6)."""

import io

import pytest

from billing.usage.files import UsageFile
from billing.usage.ingest import Counts, ingest
from billing.usage.models import IngestEvent, Measurement, Upload
from m3console.core.csv_files.lines import Unusable
from tests.usage.conftest import reasons

pytestmark = pytest.mark.usefixtures("meter")
HEAD = b"uid,account,meter,ts,ets,gb,region\n"
GOOD = b"a,borealis,disk,2026-06-10T00:00:00Z,,1,eu\n"
LAST = b"z,borealis,disk,2026-06-10T00:00:00Z,,2,eu\n"


@pytest.fixture
def load(organization):
    def loaded(content: bytes, name: str = "usage.csv", meter=None) -> Counts:
        file = UsageFile(io.BytesIO(content), name, organization, meter)
        return ingest(organization=organization, rows=file.rows)

    return loaded


def uids() -> set[str]:
    return set(Measurement.objects.values_list("uid", flat=True))


CELLS = "The row has {} cells, the header has 7."
BAD_ROWS = {
    "not UTF-8": (b"b,b\xf6realis,disk,2026-06-10T00:00:00Z,,1,eu\n", ["The row is not UTF-8."]),
    "cut within a character": (
        b"b,borealis,disk,2026-06-10T00:00:00Z,,1,\xe2\x82\n",
        ["The row is not UTF-8."],
    ),
    "UTF-16 within": ("b,x,disk".encode("utf-16-le") + b"\n", ["The row holds a NUL character."]),
    "NUL": (b"b,borealis,disk,2026-06-10T00:00:00Z,,1,e\0u\n", ["The row holds a NUL character."]),
    "too few cells": (b"b,borealis,disk,2026-06-10T00:00:00Z,,1\n", [CELLS.format(6)]),
    "too many cells": (b"b,borealis,disk,2026-06-10T00:00:00Z,,1,eu,x\n", [CELLS.format(8)]),
    "a comma in a number": (b"b,borealis,disk,2026-06-10T00:00:00Z,,1,5,eu\n", [CELLS.format(8)]),
    "one cell": (b"nonsense\n", ["The row has 1 cell, the header has 7."]),
    "semicolons": (
        b"b;borealis;disk;2026-06-10T00:00:00Z;;1;eu\n",
        ["The row has 1 cell, the header has 7."],
    ),
    "a second header": (HEAD, ["There is no meter “meter”."]),
    "only commas": (b",,,,,,\n", ["The meter is missing."]),
    "a quote never closed": (
        b'b,"borealis,disk,2026-06-10T00:00:00Z,,1,eu\n',
        ["A quote is opened and never closed."],
    ),
    "a quote never opened": (
        b'b,borealis",disk,2026-06-10T00:00:00Z,,1,eu\n',
        ["A quote stands inside a cell that does not begin with one."],
    ),
    "text after a closing quote": (
        b'b,"bore"alis,disk,2026-06-10T00:00:00Z,,1,eu\n',
        ["Text follows a closing quote."],
    ),
    "space before a quote": (
        b'b, "borealis",disk,2026-06-10T00:00:00Z,,1,eu\n',
        ["A quote stands inside a cell that does not begin with one."],
    ),
    "an inch mark": (
        b'b,borealis,disk,2026-06-10T00:00:00Z,,1,5" pipe\n',
        ["A quote stands inside a cell that does not begin with one."],
    ),
    "a record over two lines with too few cells": (
        b'b,borealis,disk,2026-06-10T00:00:00Z,,"1\n2"\n',
        [CELLS.format(6), "A quote stands inside a cell that does not begin with one."],
    ),
    "too long": (
        b"b,borealis,disk,2026-06-10T00:00:00Z,,1," + b"x" * 200_000 + b"\n",
        ["The row is longer than 100,000 bytes."],
    ),
    "a cell too long": (
        b"b,borealis,disk,2026-06-10T00:00:00Z,,1," + b"x" * 501 + b"\n",
        ["region has more than 500 characters."],
    ),
    "no account": (b"b,,disk,2026-06-10T00:00:00Z,,1,eu\n", ["The account is missing."]),
    "no meter": (b"b,borealis,,2026-06-10T00:00:00Z,,1,eu\n", ["The meter is missing."]),
    "no ts": (b"b,borealis,disk,,,1,eu\n", ["The ts is missing."]),
    "no values": (
        b"b,borealis,disk,2026-06-10T00:00:00Z,,,\n",
        ["There is no value for any data field of disk."],
    ),
    "unknown meter": (b"b,borealis,tape,2026-06-10T00:00:00Z,,1,eu\n", ["There is no meter “tape”."]),
    "spaces round the account": (
        b"b, borealis ,disk,2026-06-10T00:00:00Z,,1,eu\n",
        ["A code has no space at its beginning or end."],
    ),
    "a thousands separator": (
        b'b,borealis,disk,2026-06-10T00:00:00Z,,"1,000",eu\n',
        ["gb: “1,000” is not a number. Write it like 1234.5, without separators."],
    ),
    "a decimal comma": (
        b'b,borealis,disk,2026-06-10T00:00:00Z,,"1,5",eu\n',
        ["gb: “1,5” is not a number. Write it like 1234.5, without separators."],
    ),
    "a currency sign": (
        b"b,borealis,disk,2026-06-10T00:00:00Z,,$5,eu\n",
        ["gb: “$5” is not a number. Write it like 1234.5, without separators."],
    ),
    "NaN": (
        b"b,borealis,disk,2026-06-10T00:00:00Z,,NaN,eu\n",
        ["gb: “NaN” is not a number. Write it like 1234.5, without separators."],
    ),
    "the 30th of February": (
        b"b,borealis,disk,2026-02-30,,1,eu\n",
        ["ts is not a date and time: “2026-02-30”. Write it like 2026-05-31T23:59:59Z."],
    ),
    "a date in another order": (
        b"b,borealis,disk,10/06/2026,,1,eu\n",
        ["ts is not a date and time: “10/06/2026”. Write it like 2026-05-31T23:59:59Z."],
    ),
    "a serial number of a day": (
        b"b,borealis,disk,45818,,1,eu\n",
        ["ts is not a date and time: “45818”. Write it like 2026-05-31T23:59:59Z."],
    ),
    "an end before its beginning": (
        b"b,borealis,disk,2026-06-10,2026-06-09,1,eu\n",
        ["The end, ets, lies before ts."],
    ),
    "a uid too long": (
        b"b" * 51 + b",borealis,disk,2026-06-10,,1,eu\n",
        ["A uid has at most 50 characters."],
    ),
    "a lone carriage return": (
        b"b\r,borealis,disk,2026-06-10,,1,eu\n",
        ["A uid has no invisible characters and no space at its ends."],
    ),
}


@pytest.mark.parametrize("case", BAD_ROWS)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_bad_row_is_refused_alone_with_line_and_reason(load, case, line_end):
    bad, expected = BAD_ROWS[case]
    content = b"".join([HEAD, GOOD, bad, LAST]).replace(b"\n", line_end)
    counts = load(content)
    assert counts == Counts(read=2 + len(expected), accepted=2, rejected=len(expected))
    assert uids() == {"a", "z"}
    assert reasons() == expected
    assert (
        list(IngestEvent.objects.order_by("line").values_list("line", flat=True)) == [3, 4][: len(expected)]
    )


UNUSABLE = {
    "nothing": (b"", "The file is empty."),
    "blank lines": (b"\n\r\n\n", "The file is empty."),
    "semicolons": (HEAD.replace(b",", b";") + GOOD, "separated by semicolons"),
    "tabs": (HEAD.replace(b",", b"\t") + GOOD, "separated by tabs"),
    "bars": (HEAD.replace(b",", b"|") + GOOD, "separated by bars"),
    "UTF-16 with a mark": ("\ufeffuid,account\n".encode("utf-16-le"), "UTF-16. Save it as UTF-8."),
    "UTF-16, the other order": ("\ufeffuid,account\n".encode("utf-16-be"), "UTF-16. Save it as UTF-8."),
    "UTF-16 without a mark": (HEAD.decode().encode("utf-16-le"), "Save it as UTF-8."),
    "Latin-1 in the header": (b"uid,account,meter,ts,gr\xf6\xdfe\n", "The header is not UTF-8."),
    "a workbook": (b"PK\x03\x04" + b"\0" * 50, "spreadsheet or ZIP"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "Excel workbook"),
    "compressed": (b"\x1f\x8b\x08" + b"\0" * 50, "compressed"),
    "CR alone": (HEAD.replace(b"\n", b"\r") + GOOD.replace(b"\n", b"\r"), "CR alone"),
    "a column twice": (b"uid,account,meter,ts,gb,gb\n", "The header names “gb” twice."),
    "uid twice": (b"uid,uid,account,meter,ts,gb\n", "The header names “uid” twice."),
    "a column without a name": (b"uid,account,meter,ts,gb,\n", "Column 6 has no name"),
    "no account": (b"uid,meter,ts,gb\n", "no column account"),
    "no ts": (b"uid,account,meter,gb\n", "no column ts"),
    "no meter": (b"uid,account,ts,gb\n", "no column meter"),
    "nothing of it": (b"hello\n", "no column account and no column ts and no column meter"),
    "capitals": (b"UID,Account,Meter,Timestamp,gb\n", "no column account"),
    "spaces": (b"uid, account, meter, ts, gb\n", "no column account"),
    "an unknown column": (b"uid,account,meter,ts,weight\n", "Column “weight” is no data field of any meter."),
    "an open quote": (b'uid,account,meter,"ts,gb\n', "The header cannot be read: a quote is opened"),
    "JSON": (b'{"uid": "a"}\n', "The file holds JSON, not CSV."),
    "endless": (b"u" * 300_000, "The header cannot be read"),
    "data at once": (GOOD, "Column 5 has no name in the header."),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_without_a_usable_header_is_refused_as_a_whole(load, case):
    content, sentence = UNUSABLE[case]
    with pytest.raises(Unusable) as refused:
        load(content)
    assert sentence in refused.value.message
    assert not Measurement.objects.exists()
    assert not IngestEvent.objects.exists()


GOOD_FILES = {
    "as it should be": HEAD + GOOD + LAST,
    "with a BOM": b"\xef\xbb\xbf" + HEAD + GOOD + LAST,
    "CR LF": (HEAD + GOOD + LAST).replace(b"\n", b"\r\n"),
    "no end on the last line": (HEAD + GOOD + LAST).removesuffix(b"\n"),
    "blank lines": b"\n" + HEAD + b"\r\n" + GOOD + b"\n  \n" + LAST + b"\n\n",
    "everything quoted": b"\n".join(
        b",".join(b'"' + cell + b'"' for cell in line.split(b","))
        for line in (HEAD + GOOD + LAST).splitlines()
    ),
    "other order": b"gb,ts,region,account,meter,uid\n"
    b"1,2026-06-10,eu,borealis,disk,a\n2,2026-06-10,eu,borealis,disk,z",
}


@pytest.mark.parametrize("case", GOOD_FILES)
def test_what_rfc_4180_allows_is_read(load, case):
    assert load(GOOD_FILES[case]) == Counts(read=2, accepted=2)
    assert uids() == {"a", "z"}
    assert set(Measurement.objects.values_list("vals", "dims").order_by("vals")[0][1]) == {"eu"}


def test_quoted_cells_hold_commas_quotes_and_line_ends(load):
    odd = b'a,borealis,disk,2026-06-10,,1,"e ""u"",\r\nwest\n"\n'
    assert load(HEAD + odd + LAST) == Counts(read=2, accepted=2)
    assert Measurement.objects.get(uid="a").dims == ['e "u",\r\nwest\n']


@pytest.mark.parametrize("follow", [b'x,"y",disk,2026-06-10,,1,eu\n', b'"x",y,disk,2026-06-10,,1,"eu"\n'])
def test_an_unbalanced_quote_never_takes_the_rows_after_it(load, follow):
    bad = b'b,"borealis,disk,2026-06-10,,1,eu\n'
    assert load(HEAD + bad + follow + bad + LAST + bad) == Counts(read=5, accepted=2, rejected=3)
    assert list(IngestEvent.objects.order_by("line").values_list("line", flat=True)) == [2, 4, 6]
    assert uids() == {"x", "z"}


def test_an_open_quote_before_a_long_file_costs_one_row(load):
    many = b"".join(b"u%d,borealis,disk,2026-06-10,,1,eu\n" % n for n in range(4_000))
    assert load(HEAD + b'"' + GOOD + many) == Counts(read=4_001, accepted=4_000, rejected=1)


def test_a_file_of_one_meter_needs_no_column_for_it(load, meter):
    assert load(b"account,ts,gb\nborealis,2026-06-10,5\n", meter=meter) == Counts(read=1, accepted=1)
    with pytest.raises(Unusable, match="not one of meter disk alone"):
        load(HEAD + GOOD, meter=meter)
    with pytest.raises(Unusable, match="“weight” is no data field of meter disk"):
        load(b"account,ts,weight\n", meter=meter)


def test_a_column_of_another_meter_is_refused_where_it_is_filled(load, make_meter):
    make_meter("tape", fields=[{"category": "MEASURE", "code": "metres", "name": "Metres", "unit": "m"}])
    content = (
        b"uid,account,meter,ts,gb,metres\na,borealis,disk,2026-06-10,1,\nb,borealis,tape,2026-06-10,1,2\n"
    )
    assert load(content + b"c,borealis,tape,2026-06-10,,2\n") == Counts(read=3, accepted=2, rejected=1)
    assert reasons() == ["“gb” is no data field of meter tape."]


def test_the_kind_of_a_file_is_told_by_its_name_or_else_by_its_first_byte(organization):
    def kind(content: bytes, name: str):
        return UsageFile(io.BytesIO(content), name, organization, None).kind

    assert (
        kind(HEAD, "usage.CSV") == kind(HEAD, "usage.txt") == kind(HEAD, "standard input") == Upload.Kind.CSV
    )
    assert kind(b"", "x.jsonl") == kind(b"", "x.ndjson") == kind(b"{}", "x.json") == Upload.Kind.JSON_LINES
    assert kind(b"\xef\xbb\xbf \n  {}", "standard input") == Upload.Kind.JSON_LINES
    with pytest.raises(Unusable, match="JSON list"):
        kind(b"[{}]", "usage.json")
