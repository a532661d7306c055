"""manage.py import_usage: exit codes, summary, rejects file, and two at once (spec 6)."""

import csv
import io
import json
import os

import pytest
from django.core.management import CommandError, call_command

from billing.usage.models import IngestEvent, Measurement, Upload

HEAD = "uid,account,meter,ts,gb,region\n"


def rows(first: int, last: int) -> str:
    return "".join(
        f"u{n},account-{n % 7},disk,2026-0{1 + n % 6}-10T00:00:00Z,{n},eu\n" for n in range(first, last)
    )


@pytest.fixture
def run(organization, capsys):
    """Run the command on a file; answers its summary."""

    def ran(*arguments: object) -> dict[str, int]:
        call_command("import_usage", *map(str, arguments), organization=organization.slug)
        lines = capsys.readouterr().out.splitlines()
        summary: dict[str, int] = json.loads(lines[-1])
        assert summary["read"] == summary["accepted"] + summary["duplicates"] + summary["rejected"]
        return summary

    return ran


@pytest.fixture
def usage(tmp_path, meter):
    """A file of 100 good rows."""
    path = tmp_path / "usage.csv"
    path.write_text(HEAD + rows(0, 100))
    return path


def test_a_file_is_stored_and_the_summary_adds_up(run, usage):
    assert run(usage) == {"read": 100, "accepted": 100, "duplicates": 0, "rejected": 0}
    upload = Upload.objects.get()
    assert (upload.kind, upload.state, upload.source, upload.file_name) == (
        "CSV",
        "COMPLETE",
        "command",
        "usage.csv",
    )
    assert (upload.rows_read, upload.accepted) == (100, 100)
    assert upload.finished_at
    assert upload.columns == ["uid", "account", "meter", "ts", "gb", "region"]


def test_the_same_file_again_adds_nothing(run, usage):
    run(usage)
    assert run(usage) == {"read": 100, "accepted": 0, "duplicates": 100, "rejected": 0}
    assert Measurement.objects.count() == 100


def test_the_rejects_file_has_line_reason_and_the_row_as_it_came(run, usage, tmp_path):
    bad = [
        "x,acct,disk,2026-06-10,=1+1,eu",
        "y,acct,disk,2026-06-10,-5.00.1,=cmd|' /C calc'!A0",
        "z,acct,disk,2026-06-10,-5.00,eu,too much",
        'q,"acct,disk,2026-06-10,1,eu',
        "-7,acct,tape,2026-06-10,-5.00,+eu",
    ]
    usage.write_text(HEAD + "".join(f"{row}\n" for row in bad) + rows(0, 10))
    rejects = tmp_path / "rejects.csv"
    assert run(usage, "--rejects", rejects)["rejected"] == 5
    found = list(csv.DictReader(io.StringIO(rejects.read_text(), newline="")))
    assert [row["line"] for row in found] == ["2", "3", "4", "5", "6"]
    assert all(row["reason"] for row in found)
    assert (found[0]["uid"], found[0]["gb"]) == ("x", "'=1+1")
    assert found[1]["region"] == "'=cmd|' /C calc'!A0"
    assert (found[2]["uid"], found[2]["row"]) == ("", bad[2])
    assert found[3]["row"] == bad[3]
    assert (found[4]["uid"], found[4]["gb"], found[4]["region"], found[4]["row"]) == (
        "-7",
        "-5.00",
        "'+eu",
        "",
    )
    assert sorted(os.listdir(tmp_path)) == ["rejects.csv", "usage.csv"]


def test_a_rejects_file_appears_also_when_nothing_is_rejected(run, usage, tmp_path):
    run(usage, "--rejects", tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_bytes() == b"line,reason,uid,account,meter,ts,gb,region\r\n"


def test_rejected_json_lines_stand_whole_in_the_rejects_file(run, meter, tmp_path):
    path = tmp_path / "usage.jsonl"
    path.write_text('{"uid": 5}\n\n{"uid": "a", "a": "b"}\nnonsense\n')
    assert run(path, "--rejects", tmp_path / "r.csv")["rejected"] == 3
    found = list(csv.reader((tmp_path / "r.csv").open(newline="")))
    assert found[0] == ["line", "reason", "row"]
    assert [(row[0], row[2]) for row in found[1:]] == [
        ("1", '{"uid": 5}'), ("3", '{"uid": "a", "a": "b"}'), ("4", "nonsense"),
    ]  # fmt: skip


def test_a_meter_named_on_the_command_line_replaces_its_column(run, meter, tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text("account,ts,gb\nborealis,2026-06-10,5\nborealis,2026-06-10,5\n")
    assert run(path, "--meter", "disk")["accepted"] == 2
    assert Upload.objects.get().meter == meter
    assert run(path, "--meter", "disk", "--uid-from-content") == {
        "read": 2, "accepted": 1, "duplicates": 1, "rejected": 0,
    }  # fmt: skip


def test_standard_input_is_read(run, usage, monkeypatch):
    with usage.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert run("-")["accepted"] == 100
    assert Upload.objects.get().file_name == "standard input"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{dir}/missing.csv"], "missing.csv cannot be read: No such file or directory."),
        (["{dir}"], "cannot be read: Is a directory."),
        (["{dir}/usage.csv\0"], "cannot be read"),
        (["{dir}/usage.csv", "--meter", "tape"], "There is no meter “tape”."),
        (["{dir}/usage.csv", "--meter", "disk"], "The file has a column meter"),
        (["{dir}/usage.csv", "--rejects", "{dir}"], "cannot be written."),
        (["{dir}/usage.csv", "--rejects", "{dir}/no/such/r.csv"], "cannot be written."),
        (["{dir}/usage.csv", "--rejects", "{dir}/usage.csv"], "is the file to be imported"),
        (["{dir}/latin.csv"], "The header is not UTF-8."),
        (["{dir}/empty.csv"], "The file is empty."),
    ],
)
def test_unusable_arguments_are_one_line_and_store_nothing(
    usage, organization, tmp_path, arguments, sentence
):
    (tmp_path / "latin.csv").write_bytes("gr\xf6\xdfe\n".encode("latin-1"))
    (tmp_path / "empty.csv").touch()
    given = [argument.replace("{dir}", str(tmp_path)) for argument in arguments]
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("import_usage", *given, organization=organization.slug)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    assert not Measurement.objects.exists()
    assert not Upload.objects.exists()
    assert usage.read_text() == HEAD + rows(0, 100)


def test_an_unknown_organization_is_one_line(usage, organization):
    with pytest.raises(CommandError, match="There is no such organization") as refused:
        call_command("import_usage", str(usage), organization="nobody")
    assert refused.value.returncode == 2


def test_a_file_that_breaks_off_keeps_what_was_stored_and_says_so(usage, organization, monkeypatch):
    class Broken(io.BytesIO):
        def readline(self, limit: int = -1, /) -> bytes:
            if self.tell() > 2_000:
                raise OSError(5, "Input/output error")
            return super().readline(limit)

    monkeypatch.setattr("builtins.open", lambda path, mode: Broken(usage.read_bytes()))
    monkeypatch.setattr("billing.usage.ingest.CHUNK_ROWS", 20)
    with pytest.raises(CommandError, match="cannot be read on") as failed:
        call_command("import_usage", str(usage), organization=organization.slug)
    assert failed.value.returncode == 1
    upload = Upload.objects.get()
    assert (upload.state, upload.rows_read, upload.accepted) == ("FAILED", 40, 40)
    assert Measurement.objects.count() == 40
    monkeypatch.undo()
    call_command("import_usage", str(usage), organization=organization.slug)
    assert Measurement.objects.count() == 100


def test_an_upload_whose_process_died_is_known_as_broken_off(run, usage, organization):
    left = Upload.objects.create(organization=organization, kind="CSV", file_name="left.csv")
    run(usage)
    left.refresh_from_db()
    assert (left.state, left.finished_at is not None) == ("FAILED", True)
    assert "broken off" in left.message


def test_rejected_rows_are_a_result_and_no_failure(run, usage):
    usage.write_text(HEAD + "x,acct,tape,2026-06-10,1,eu\n")
    assert run(usage) == {"read": 1, "accepted": 0, "duplicates": 0, "rejected": 1}
    assert IngestEvent.objects.get().upload == Upload.objects.get()
