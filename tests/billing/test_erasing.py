"""Erasing personal data leaves no trace of it, and every bill as valid as it was (spec 1)."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.erasing import erase_personal_data
from accounts.models import Account
from accounts.services import delete_account, update_account
from billing.models import Bill, BillRevision, BillStatus
from billing.usage.models import EventKind, IngestEvent
from m3console.core import clock
from m3console.core.errors import RuleViolation, StaleVersion
from plans.models import AccountPlan
from tests.accounts.test_personal import CANARY, tables_holding
from tests.billing.make import AUGUST, customer, run

FORMER = "Formerly Canarius Ltd"
REASON = "GDPR, art. 17, case 1234"


@pytest.fixture
def person(shop):
    """An account with two bills, the older one locked and under a former name."""
    account = customer(shop, "canary-1", **CANARY | {"name": FORMER})
    run(shop)
    Bill.objects.update(status=BillStatus.APPROVED)
    Bill.objects.update(locked_at=clock.now())
    update_account(Account.objects.get(pk=account.pk), version=1, name=CANARY["name"])
    run(shop, AUGUST)
    return Account.objects.get(pk=account.pk)


def refused_row(organization, **payload):
    return IngestEvent.objects.create(
        organization=organization,
        kind=EventKind.INVALID_VALUE,
        reason=f"“{CANARY['name']}” is not a number.",
        payload=payload,
    )


def facts():
    """What must stay as it is: numbers, dates, amounts, hashes and lines of every bill."""
    kept = [field.attname for field in Bill._meta.concrete_fields if not field.name.startswith("account_")]
    stamps = {"version", "updated_at", "updated_by_id", "personal_changed"}
    bills = Bill.objects.order_by("id").values(*(name for name in kept if name not in stamps))
    with connection.cursor() as cursor:
        cursor.execute("select l::text from billing_billline l order by id")
        return list(bills), list(BillRevision.objects.order_by("id").values()), cursor.fetchall()


def test_no_trace_is_left_anywhere_and_bills_keep_all_the_rest(shop, person):
    raw = json.dumps(CANARY["name"])[1:-1]
    refused_row(shop.organization, SubAccountName=CANARY["name"], cost="x", row=f'"{raw},1')
    before = facts()
    assert {"accounts_account", "billing_bill", "usage_ingestevent"} <= tables_holding(CANARY["name"])
    assert tables_holding(FORMER) == {"billing_bill"}
    erased = erase_personal_data(person, version=person.version, reason=REASON)
    for value in (*CANARY.values(), FORMER):
        assert tables_holding(value) == set(), value
    assert facts() == before
    assert (erased.name, erased.email_address, erased.address_line_1) == ("erased", "erased", "erased")
    assert erased.locality == erased.post_code == ""
    assert set(Bill.objects.values_list("account_name", "account_email", "account_address")) == {
        ("erased", "erased", "erased")
    }


def test_other_accounts_and_other_rows_keep_their_names(shop, person):
    other = customer(shop, "other", name=f"{CANARY['name']} and Sons")
    row = refused_row(shop.organization, SubAccountName=other.name)
    erase_personal_data(person, version=person.version, reason=REASON)
    assert Account.objects.get(pk=other.pk).name == other.name
    row.refresh_from_db()
    assert row.payload == {"SubAccountName": other.name}
    assert "Canaria" not in row.reason


def test_a_deleted_account_is_erased_too(shop, person):
    AccountPlan.objects.update(end_date=date(2024, 8, 1))
    delete_account(person)
    gone = Account.everyone.get(pk=person.pk)
    erase_personal_data(gone, version=gone.version, reason=REASON)
    for value in (*CANARY.values(), FORMER):
        assert tables_holding(value) == set(), value


def test_erasing_again_changes_nothing_and_a_later_run_finds_nothing(shop, person):
    erase_personal_data(person, version=person.version, reason=REASON)
    after = list(Bill.objects.order_by("id").values()), Account.objects.get(pk=person.pk).version
    erase_personal_data(person, version=after[1], reason=REASON)
    assert (list(Bill.objects.order_by("id").values()), Account.objects.get(pk=person.pk).version) == after
    shop.use(shop.disk, (person, "2024-07-10T00:00Z", {"gb": 5}))
    run(shop, AUGUST)
    assert tables_holding(CANARY["name"]) == set()


def test_the_reason_is_recorded_and_may_not_repeat_what_is_erased(shop, person):
    for reason, refusal in [
        (" ", "Say why"),
        (f"{CANARY['name'].upper()} asked for it", "holds some of what is to be erased"),
        ("asked by ada@elsewhere.example", "an email address"),
    ]:
        with pytest.raises(RuleViolation, match=refusal):
            erase_personal_data(person, version=person.version, reason=reason)
    erase_personal_data(person, version=person.version, reason=REASON)
    event = Account.pgh_event_model.objects.filter(pgh_obj_id=person.pk).latest("pgh_id")
    assert event.pgh_context.metadata["action"] == "personal_data.erased"
    assert event.pgh_context.metadata["reason"] == REASON
    assert set(event.personal_changed) == set(CANARY)


def test_a_stale_version_erases_nothing(shop, person):
    with pytest.raises(StaleVersion):
        erase_personal_data(person, version=1, reason=REASON)
    assert Account.objects.get(pk=person.pk).name == CANARY["name"]


def test_a_locked_bill_lets_nothing_else_be_written_into_it(shop, person):
    locked = Bill.objects.filter(locked_at__isnull=False)
    for change in (
        {"account_name": "Somebody"},
        {"account_name": "erased"},  # only all three together
        {"account_name": "erased", "account_email": "erased", "account_address": "erased", "total": 1},
        {"account_name": "erased", "account_email": "erased", "account_address": ""},
        {"account_code": "erased"},
        {"locked_at": None},
        {"version": 9},
    ):
        with pytest.raises(IntegrityError, match="locked bill"), transaction.atomic():
            locked.update(**change)
