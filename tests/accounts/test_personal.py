"""Personal data stays where it may be: name, address and email address of the account (spec 1, PII)."""

import logging

from django.db import connection

from accounts.models import Account
from tests.accounts.pages import BASE, given

CANARY = {
    "name": "Zyxwvut Canaria",
    "email_address": "zyxwvut@canaria.example",
    "address_line_1": "Canarystreet 17",
    "locality": "Canaryville",
    "post_code": "CNRY-17",
}


def tables_holding(value):
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.tables"
            " where table_schema = current_schema() and table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f'select exists (select from "{table}" t where strpos(t::text, %s) > 0)', [value])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_personal_values_are_in_the_account_and_nowhere_else_after_all_that_can_be_done(
    operator, make_account, caplog
):
    caplog.set_level(logging.DEBUG)
    make_account("canary-1")
    operator.post(f"{BASE}create/", given(code="Canary-1", **CANARY))
    account = Account.objects.get(code="Canary-1")
    for path in ("", f"{account.pk}/", f"{account.pk}/history/", f"{account.pk}/edit/", "?format=csv"):
        answer = operator.get(BASE + path)
        assert answer.status_code == 200
    operator.post(f"{BASE}{account.pk}/edit/", given(code="Canary-1", **CANARY, currency="EUR", version=1))
    operator.post(f"{BASE}{account.pk}/edit/", given(code="Canary-1", **CANARY, version=1))  # stale
    operator.post(f"{BASE}{account.pk}/delete/", {"version": 2})
    for value in CANARY.values():
        assert tables_holding(value) == {"accounts_account"}, value
        assert value not in caplog.text
    # What is not personal is recorded: the search above looks where it should.
    assert {"accounts_account", "accounts_accountevent"} <= tables_holding("Canary-1")
