"""One way in: what is stored, what is refused, what is stored only once (spec 3, Usage)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account
from accounts.services import delete_account, update_account
from billing.usage.ingest import Counts, ingest
from billing.usage.models import IngestBatch, IngestEvent, Measurement, UsageUid
from m3console.core import clock
from plans.services.meters import update_meter
from tests.usage.conftest import FIELDS, reasons, row, total

pytestmark = pytest.mark.usefixtures("meter")


def test_a_measurement_is_stored_as_it_was_sent(take, make_account, organization, meter):
    account = make_account()
    counts = take(row(ets="2026-06-10T13:00:00+01:00", gb="0750.10", region="eu-1", note="a\tb\\c\"d'"))
    assert counts == Counts(read=1, accepted=1)
    stored = Measurement.objects.get()
    assert (stored.organization_id, stored.account_id, stored.meter_id) == (
        organization.pk,
        account.pk,
        meter.pk,
    )
    assert stored.ts == stored.ets == datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert (stored.uid, stored.vals, stored.dims) == (
        "u1",
        [Decimal("750.1")],
        ["eu-1", "a\tb\\c\"d'"],
    )
    assert IngestBatch.objects.get(pk=stored.batch_id).number == 1
    assert UsageUid.objects.get().ts == stored.ts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("-0", "0"), ("-0.00", "0"), ("+5", "5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"),
        ("1E-30", "0.000000000000000000000000000001"), ("-12.50", "-12.5"), ("007", "7"),
        ("9" * 40, "9" * 40), ("0." + "1" * 40, "0." + "1" * 40),
        ("12345678901234567890.0987654321", "12345678901234567890.0987654321"),
    ],
)  # fmt: skip
def test_numbers_keep_every_digit(take, text, value):
    assert take(row(gb=text)).accepted == 1
    assert Measurement.objects.get().vals == [Decimal(value)]


@pytest.mark.parametrize(
    "text",
    [
        "NaN", "nan", "sNaN", "-NaN", "Infinity", "-Infinity", "inf", "1e999", "1e-999", "1,5",
        "1 000", "1_000",
        "0x10", "١٢", "１２", "--1", "1e", "e5", ".", "-", " 5", "5 ", "5\n", "1/2", "abc", "9" * 41,
        "1e9999", "1e99999", "0." + "0" * 40 + "1",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_and_kept_as_an_event(take, text):
    assert take(row(gb=text)) == Counts(read=1, rejected=1)
    event = IngestEvent.objects.get()
    assert (event.kind, event.meter_code, event.account_code) == ("INVALID_VALUE", "disk", "borealis")
    assert event.reason.startswith("gb: ")
    assert event.payload["gb"] == text
    assert not Account.objects.exists()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_the_database_refuses_what_is_no_number_too(value, organization):
    columns = "(id, ts, organization_id, account_id, meter_id, batch_id, uid, dims, vals)"
    some = (
        "gen_random_uuid(), now(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()"
    )
    with pytest.raises(IntegrityError, match="measurement_values_finite"), transaction.atomic():
        connection.cursor().execute(
            f"insert into usage_measurement {columns} values ({some}, 'x', '{{}}', '{{1,{value}}}')"
        )


@pytest.mark.parametrize(
    ("given", "kind", "reason"),
    [
        ({"meter": "tape"}, "UNKNOWN_METER", "There is no meter “tape”."),
        ({"meter": None}, "MISSING_FIELD", "The meter is missing."),
        ({"meter": "a\0b"}, "UNKNOWN_METER", "There is no meter"),
        ({"meter": "a\ud800"}, "UNKNOWN_METER", "There is no meter"),
        ({"meter": ["disk"]}, "MALFORMED_ROW", "The meter is not a text."),
        ({"account": ""}, "MISSING_FIELD", "The account is missing."),
        ({"account": 5}, "MALFORMED_ROW", "The account is not a text."),
        ({"account": " acme"}, "UNKNOWN_ACCOUNT", "no space at its beginning or end"),
        ({"account": "ac\u200bme"}, "UNKNOWN_ACCOUNT", "no control or invisible characters"),
        ({"account": "a\0b"}, "UNKNOWN_ACCOUNT", "no control or invisible characters"),
        ({"account": "a" * 81}, "UNKNOWN_ACCOUNT", "at most 80"),
        ({"uid": "u" * 51}, "MALFORMED_ROW", "at most 50"),
        ({"uid": "a\x1fb"}, "MALFORMED_ROW", "no invisible characters"),
        ({"uid": "u "}, "MALFORMED_ROW", "no space at its ends"),
        ({"uid": 7}, "MALFORMED_ROW", "The uid is not a text."),
        ({"ts": None}, "MISSING_FIELD", "The ts is missing."),
        ({"ets": "2026-06-10T11:59:59Z"}, "INVALID_TIMESTAMP", "lies before ts"),
        ({"ets": "soon"}, "INVALID_TIMESTAMP", "ets is not a date and time"),
        ({"weight": "5"}, "UNKNOWN_FIELD", "“weight” is no data field of meter disk."),
        ({"gb": "", "region": ""}, "MISSING_FIELD", "no value for any data field"),
        ({"gb": True}, "INVALID_VALUE", "gb is not a number."),
        ({"gb": 1.5}, "INVALID_VALUE", "gb is not a number."),
        ({"gb": {"a": 1}}, "INVALID_VALUE", "gb is not a number."),
        ({"region": Decimal(5)}, "INVALID_VALUE", "region is not a text."),
        ({"region": "x" * 501}, "INVALID_VALUE", "more than 500 characters"),
        ({"note": "x" * 257}, "INVALID_VALUE", "more than 256 characters"),
        ({"region": "a\0b"}, "INVALID_VALUE", "control character"),
        ({"region": "a\ud800b"}, "INVALID_VALUE", "control character"),
        ({"region": "a\u202eb"}, "INVALID_VALUE", "direction of text"),
        ({"region": "x" * 1_000_000}, "INVALID_VALUE", "more than 500 characters"),
        ({"gb": "5", "categories": {"gb": "WHO"}}, "UNKNOWN_FIELD", "gb of meter disk is MEASURE, not WHO."),
    ],
)  # fmt: skip
def test_a_refused_row_says_why_and_the_good_ones_stay(take, given, kind, reason):
    bad = row(**({"uid": "bad"} | given), line=3)
    assert take(row("a", line=2), bad, row("b", line=4)) == Counts(read=3, accepted=2, rejected=1)
    event = IngestEvent.objects.get()
    assert (event.kind, event.line) == (kind, 3)
    assert reason in event.reason
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-10", "2026-06-10T00:00:00"), ("2026-06-10T10:30", "2026-06-10T10:30:00"),
        ("2026-06-10 10:30:15", "2026-06-10T10:30:15"),
        ("2026-06-10T10:30:15.25Z", "2026-06-10T10:30:15.250000"),
        ("2026-06-10T10:30:15+05:30", "2026-06-10T05:00:15"),
        ("2026-06-10T00:30:00+02", "2026-06-09T22:30:00"),
        ("20260610T103015Z", "2026-06-10T10:30:15"),
        ("2026-06-10T10:30:15,5-0130", "2026-06-10T12:00:15.500000"),
        ("2026-06-10T10:30:15.123456789Z", "2026-06-10T10:30:15.123456"),
        ("1970-01-01", "1970-01-01T00:00:00"),
        ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59"),
    ],
)  # fmt: skip
def test_instants_are_iso_8601_and_utc_without_an_offset(take, text, expected):
    assert take(row(ts=text)).accepted == 1
    assert Measurement.objects.get().ts == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday", "10/06/2026", "10.06.2026", "2026-6-1", "2026-02-30", "2026-13-01",
        "2026-06-10T25:00:00Z",
        "2026-06-10T24:00:00Z", "2016-12-31T23:59:60Z", "1749549600", "2026-06-10T10:30:00+99:00",
        "2026-W24-3",
        "0001-01-01T00:00:00+05:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-05:00",
        "2026-06-10T", "٢٠٢٦-٠٦-١٠", "2026-06-10T10:30:00Zjunk", " 2026-06-10", "+2026-06-10", "20260610",
    ],
)  # fmt: skip
def test_what_is_no_sane_instant_is_refused(take, text):
    assert take(row(ts=text)) == Counts(read=1, rejected=1)
    assert IngestEvent.objects.get().kind == "INVALID_TIMESTAMP"


def test_the_future_is_refused_beyond_five_minutes(take):
    now = datetime(2026, 6, 10, 12, tzinfo=UTC)
    with clock.at(now):
        assert take(row("a", ts=(now + timedelta(minutes=5)).isoformat())).accepted == 1
        assert take(row("b", ts=(now + timedelta(minutes=5, microseconds=1)).isoformat())).rejected == 1
    assert "future" in reasons()[0]


def test_negative_values_correct_sums(take):
    take(row("a", gb="10"), row("b", gb="-4"))
    assert total() == 6


def test_a_uid_counts_once_within_a_load_and_across_loads(take):
    assert take(row("a"), row("a"), row("b")) == Counts(read=3, accepted=2, duplicates=1)
    assert take(row("a"), row("c")) == Counts(read=2, accepted=1, duplicates=1)
    assert total() == 3 * 750
    assert not IngestEvent.objects.exists()


def test_a_repeat_that_says_the_same_in_other_letters_is_no_event(take):
    take(row("a", gb="1.50", ts="2026-06-10T12:00:00Z"))
    assert take(row("a", gb="15e-1", ts="2026-06-10T14:00:00+02:00")).duplicates == 1
    assert not IngestEvent.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"gb": "751"}, {"region": "eu"}, {"ts": "2026-06-10T12:00:01Z"}, {"account": "other"},
        {"ets": "2026-06-10T13:00:00Z"}, {"gb": "750", "cost": "0"}, {"meter": "tape"},
    ],
)  # fmt: skip
def test_a_repeat_with_other_content_leaves_the_first_and_shows_both(take, make_meter, other):
    make_meter("tape")
    take(row("a"))
    first = Measurement.objects.get()
    assert take(row(**({"uid": "a"} | other))) == Counts(read=1, duplicates=1)
    assert Measurement.objects.get() == first
    event = IngestEvent.objects.get()
    assert event.kind == "DUPLICATE_UID"
    assert event.payload["sent"]["uid"] == "a"
    assert event.payload["stored"] == {
        "account": "borealis", "meter": "disk", "ts": "2026-06-10T12:00:00+00:00", "gb": "750",
    }  # fmt: skip


def test_another_organization_has_uids_meters_and_accounts_of_its_own(take, make_organization, make_meter):
    other = make_organization("other")
    take(row("a"))
    assert ingest(organization=other, rows=[row("a")]) == Counts(read=1, rejected=1)
    make_meter(within=other)
    assert ingest(organization=other, rows=[row("a")]) == Counts(read=1, accepted=1)
    assert Account.objects.filter(code="borealis").count() == 2


def test_without_a_uid_each_row_counts_and_gets_a_random_one(take):
    assert take(row(None), row(None), row("")) == Counts(read=3, accepted=3)
    assert len(set(Measurement.objects.values_list("uid", flat=True))) == 3


def test_a_uid_is_made_of_the_content_if_the_sender_asks(take):
    same = row(None, gb="1.0"), row(None, gb="1"), row(None, gb="2"), row("mine", gb="1")
    assert take(*same, uid_from_content=True) == Counts(read=4, accepted=3, duplicates=1)
    assert take(*same, uid_from_content=True) == Counts(read=4, duplicates=4)


def test_an_unknown_account_code_makes_a_skeleton(take):
    take(row(account="new.co"), row("u2", account="new.co"))
    account = Account.objects.get()
    assert (account.code, account.name, account.auto_created) == ("new.co", "new.co-autocreated", True)
    assert account.email_address.endswith("-autocreated@example.com")


def test_an_organization_can_switch_skeletons_off(take, organization):
    organization.auto_create_accounts = False
    organization.save(update_fields=["auto_create_accounts"])
    assert take(row(account="new.co"), row("u2", account="Acme")).rejected == 2
    assert IngestEvent.objects.filter(kind="UNKNOWN_ACCOUNT").count() == 2
    assert not Account.objects.exists()


def test_account_codes_are_case_sensitive(take, make_account):
    make_account("acme")
    take(row(account="Acme"), row("u2", account="acme"), row("u3", account="Аcme"))
    assert Account.objects.count() == 3


def test_usage_stays_with_the_account_when_its_code_changes(take, make_account):
    account = make_account("before")
    take(row("a", account="before"))
    update_account(account, version=1, code="after")
    assert take(row("a", account="after")).duplicates == 1
    take(row("b", account="after"))
    assert set(Measurement.objects.values_list("account_id", flat=True)) == {account.pk}
    assert not IngestEvent.objects.exists()


def test_a_deleted_accounts_uids_may_be_used_again_for_a_new_account(take, make_account):
    old = make_account()
    take(row("a"), row("b"))
    delete_account(old, version=None)
    assert not UsageUid.objects.exists()
    assert take(row("a")) == Counts(read=1, accepted=1)
    assert Measurement.objects.filter(account_id=old.pk).count() == 2
    assert Measurement.objects.exclude(account_id=old.pk).get().account_id == Account.objects.get().pk


def test_each_load_that_stores_something_takes_the_next_number(take):
    take(row("a"))
    take(row("a"))
    take(row("b"))
    assert list(IngestBatch.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_within_an_outer_transaction_everything_is_rolled_back_with_it(take):
    with transaction.atomic():
        assert take(row("a"), row(None), row("x", gb="?"), make_months=False).accepted == 2
        assert Measurement.objects.count() == 2
        transaction.set_rollback(True)
    assert not Measurement.objects.exists()
    assert not UsageUid.objects.exists()
    assert not IngestEvent.objects.exists()
    assert not Account.objects.exists()
    assert not IngestBatch.objects.exists()


def test_rows_in_any_order_and_in_any_portions_are_the_same_usage(take, monkeypatch):
    monkeypatch.setattr("billing.usage.ingest.CHUNK_ROWS", 3)
    rows = [row(f"u{n}", gb=str(n), ts=f"2026-0{1 + n % 6}-10") for n in range(20)]
    assert take(*rows, *reversed(rows), *[row(None) for _ in range(7)]) == Counts(
        read=47, accepted=27, duplicates=20
    )
    assert total() == sum(range(20)) + 7 * 750


def test_a_load_that_breaks_off_has_stored_no_row_without_a_uid(organization, monkeypatch):
    monkeypatch.setattr("billing.usage.ingest.CHUNK_ROWS", 2)

    def broken():
        yield from (row(f"u{n}") for n in range(4))
        yield from (row(None) for _ in range(5))
        raise OSError("the disk is gone")

    with pytest.raises(OSError):
        ingest(organization=organization, rows=broken())
    assert set(Measurement.objects.values_list("uid", flat=True)) == {"u0", "u1", "u2", "u3"}


def test_a_field_that_the_meter_gets_later_does_not_change_what_was_sent(take, meter):
    take(row("a", gb="5"))
    more = [*FIELDS, {"category": "MEASURE", "code": "iops", "name": "Operations", "unit": "1"}]
    update_meter(meter, version=1, data_fields=more)
    assert take(row("a", gb="5"), row("b", iops="7")) == Counts(read=2, accepted=1, duplicates=1)
    assert not IngestEvent.objects.exists()
    assert Measurement.objects.get(uid="b").vals == [None, None, Decimal(7)]
