"""Every change is recorded with who, when, from where and why, and read back in words (spec 1)."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import F

from accounts.models import Account
from accounts.services import create_account, delete_account, skeleton_accounts, update_account
from m3console.core.audit import Actor, acting_as, action, actor_of
from m3console.core.history.changes import Position, Source, changes, transactions
from m3console.core.history.entries import days, in_words

PERSON = {
    "name": "Ada Lovelace",
    "email_address": "ada@lovelace.example",
    "address_line_1": "St James Square 12",
}


def story(account, **kwargs):
    """The account's history as a person reads it, newest first."""
    rows, _ = changes([Source(Account, {"pgh_obj_id": account.pk})], limit=50, **kwargs)
    return [event for day in days(transactions(rows)) for event in day.events]


def told(event):
    return [(change.field, change.old, change.new) for change in event.changes if not change.hidden]


@pytest.fixture
def account(organization):
    return create_account(organization=organization, code="ada", currency="EUR", **PERSON)


def test_creating_tells_what_the_account_began_with_and_nothing_personal(account):
    [event] = story(account)
    assert event.sentence == "Created account"
    assert told(event) == [("Code", "", "ada"), ("Currency", "", "EUR")]


def test_a_change_names_its_actor_source_request_and_reason(account, make_user):
    user = make_user("operator")
    with acting_as(actor_of(user, "console", "req-7")), action("account.renumbered", reason="SD-4471"):
        update_account(account, version=1, purchase_order_number="PO-2")
    newest = story(account)[0]
    assert (newest.actor, newest.source, newest.request_id) == (user.name, "console", "req-7")
    assert (newest.sentence, newest.reason) == ("Renumbered account", "SD-4471")
    assert told(newest) == [("Purchase order number", "", "PO-2")]


def test_a_command_is_named_as_the_source(account):
    with acting_as(Actor(source="command", name="import_accounts")):
        update_account(account, version=1, days_before_bill_due=14)
    newest = story(account)[0]
    assert (newest.actor, newest.source) == ("import_accounts", "command")
    assert told(newest) == [("Days before bill due", "", "14")]


@pytest.mark.django_db(transaction=True)
def test_raw_sql_is_recorded_as_outside_the_console(account):
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_account set purchase_order_number = 'PO-X' where id = %s", [account.pk]
        )
    newest = story(account)[0]
    assert (newest.actor, newest.source, newest.sentence) == ("Outside the console", "SQL", "Changed by SQL")
    assert told(newest) == [("Purchase order number", "", "PO-X")]


def test_raw_sql_in_a_transaction_after_an_action_is_that_transactions(account):
    """The context holds for the transaction, and for no later one."""
    with action("account.updated"), connection.cursor() as cursor:
        cursor.execute("update accounts_account set code = 'ada-2' where id = %s", [account.pk])
    assert story(account)[0].sentence == "Updated account"


def test_a_bulk_change_is_recorded_for_each_row(organization, make_user):
    ids = skeleton_accounts(organization, ["a", "b", "c"]).values()
    with acting_as(actor_of(make_user(), "job")), action("account.renumbered"):
        Account.objects.filter(pk__in=ids).update(purchase_order_number="PO-9", version=F("version") + 1)
    for one in Account.objects.filter(pk__in=ids):
        newest, first = story(one)
        assert told(newest) == [("Purchase order number", "", "PO-9")]
        assert (newest.source, first.sentence) == ("job", "Auto-created account")


def test_personal_fields_are_told_as_changed_without_their_values(account):
    update_account(account, version=1, name="Countess", email_address="c@lovelace.example", code="countess")
    newest = story(account)[0]
    assert told(newest) == [("Code", "ada", "countess")]
    assert {change.field for change in newest.changes if change.hidden} == {"Name", "Email address"}
    assert not any(change.old or change.new for change in newest.changes if change.hidden)


def test_a_change_of_nothing_personal_does_not_repeat_what_was_changed_before(account):
    changed = update_account(account, version=1, name="Countess")
    update_account(changed, version=2, purchase_order_number="PO-1")
    assert [change.hidden for change in story(account)[0].changes] == [False]


def test_no_personal_value_is_in_any_event_table(account):
    update_account(account, version=1, name="Countess", locality="Marylebone", post_code="W1U 6RS")
    delete_account(account)
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.tables"
            " where table_schema = current_schema() and table_name ~ 'event$|^pghistory'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert "accounts_accountevent" in tables
        for table in tables:
            cursor.execute(f"select coalesce(string_agg(t::text, chr(10)), '') from \"{table}\" t")
            [(dump,)] = cursor.fetchall()
            for value in [*PERSON.values(), "Countess", "Marylebone", "W1U 6RS"]:
                assert value not in dump, (table, value)


def test_keys_are_told_by_name_and_days_in_words(account, organization):
    parent = create_account(organization=organization, name="Parent", code="p", email_address="p@p.example")
    update_account(account, version=1, parent_account=parent, bill_epoch=date(2026, 6, 1))
    assert told(story(account)[0]) == [
        ("Parent account", "", "Parent"),
        ("First bill date", "", "1 Jun 2026"),
    ]


def test_deleting_ends_the_story_in_words(account):
    delete_account(account)
    newest = story(account)[0]
    assert newest.sentence == "Deleted account"
    assert [change.field for change in newest.changes] == ["Deleted at"]


def test_what_one_transaction_changed_is_one_entry(account):
    with action("account.renumbered"):
        update_account(account, version=1, purchase_order_number="PO-1")
        update_account(account, version=2, purchase_order_number="PO-2")
    newest = story(account)[0]
    assert told(newest) == [
        ("Purchase order number", "", "PO-1"),
        ("Purchase order number", "PO-1", "PO-2"),
    ]


@pytest.mark.django_db(transaction=True)
def test_related_rows_are_told_with_their_own_name(organization, account):
    child = create_account(
        organization=organization, name="Kid", code="kid", email_address="k@k.example", parent_account=account
    )
    update_account(child, version=1, currency="USD")
    sources = [
        Source(Account, {"pgh_obj_id": account.pk}),
        Source(Account, {"parent_account_id": account.pk}),
    ]
    rows, _ = changes(sources, limit=50)
    [newest, *_] = [event for day in days(transactions(rows)) for event in day.events]
    assert told(newest) == [("Account kid, currency", "", "USD")]


def test_pages_of_history_go_on_where_the_last_one_ended_without_gap_or_repeat(organization, account):
    """Also inside a transaction, and across several kinds of rows."""
    other = create_account(organization=organization, name="B", code="b", email_address="b@b.example")
    with action("account.renumbered"):
        for version in range(1, 8):
            for each in (account, other):
                update_account(each, version=version, purchase_order_number=f"PO-{version}")
    sources = [Source(Account, {"pgh_obj_id": one.pk}) for one in (account, other)]
    whole = [(row.rank, row.event.pgh_id) for row in changes(sources, limit=100)[0]]
    assert len(whole) == 16
    for limit in (1, 3, 5, 16):
        pages, end, turns = [], None, 0
        while True:
            rows, end = changes(sources, before=end, limit=limit)
            pages += [(row.rank, row.event.pgh_id) for row in rows]
            turns += 1
            if end is None:
                break
            assert Position.parse(str(end)) == end
        assert pages == whole


@pytest.mark.parametrize("text", ["", "x", "2026-01-01~0~1", "2026-01-01T00:00:00+00:00~x~1", "~~", "9" * 99])
def test_a_position_that_names_none_is_none(text):
    assert Position.parse(text) is None


def test_a_page_of_history_asks_the_same_few_questions_however_long(account, django_assert_max_num_queries):
    for version in range(1, 30):
        update_account(account, version=version, purchase_order_number=f"PO-{version}")
    with django_assert_max_num_queries(3):
        assert len(story(account)) == 30


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("account.created", "Created account"),
        ("child_account.removed", "Removed child account"),
        ("account.auto_created", "Auto-created account"),
        ("checked", "Checked"),
    ],
)
def test_an_action_reads_as_a_sentence(name, sentence):
    assert in_words(name) == sentence
