"""Whatever is typed into any form of the console: a sentence, never a failure, and nothing typed is lost.

The forms are found in the pages, so that a later one is tested unasked.
"""

import html
import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urljoin

import pytest
from django.db import connection, transaction
from django.test import Client

from m3console.core.models import Organization
from tests.browser.pages import pages
from tests.everything import filled
from tests.forms_in_pages import Form, forms_in

SCRIPT = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'
HOSTILE = {
    "empty": "",
    "over-long": "x" * 70_000,
    "NUL": "a\x00b",
    "lone surrogate": "a\ud800b",
    "right-to-left override": "a\u202eb",
    "not a number": "NaN",
    "infinite": "1e999",
    "Arabic digits": "١٢٣",
    "wrong type": "[]",
    "negative": "-1",
    "script": SCRIPT,
}
# Signing out and switching people are not about what is typed.
ELSEWHERE = ("/account/", "/admin/")
# Values that a calculation is tried with are shown again while one types, and kept nowhere.
TRIED_OUT = "sample-"
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(organization: Organization, sign_in) -> Iterator[Client]:
    """An administrator's browser, in an organization with a little of everything."""
    client = sign_in("administrator")
    with filled(organization, organization.memberships.get()):
        yield client


def forms_of(client: Client, organization: Organization) -> Iterator[tuple[str, str, Form]]:
    """Every form that posts, with the name and the path of its page."""
    for name, path in pages(organization).items():
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, (name, path)
        if "html" not in answer["Content-Type"]:
            continue
        for form in forms_in(answer.content.decode()):
            action = urljoin(path, form.action or path)
            if not action.startswith(ELSEWHERE):
                yield name, action, form


def post(client: Client, action: str, values: dict[str, list[str]]):
    """Post as a browser would, lone surrogates as the bytes that some programs make of them; kept nowhere."""
    body = urlencode(values, doseq=True, quote_via=quote, encoding="utf-8", errors="surrogatepass")
    with transaction.atomic():
        answer = client.post(action, body, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return answer


@pytest.mark.timeout(900)
def test_whatever_is_typed_into_a_form_is_answered_by_a_page_and_is_still_there(client, organization):
    wrong, tried = [], 0
    client.raise_request_exception = False
    for name, action, form in list(forms_of(client, organization)):
        for field in form.typed:
            for kind, value in HOSTILE.items():
                answer = post(client, action, form.sent(**{field: value}))
                tried += 1
                if field.startswith(TRIED_OUT) and answer.status_code == 302:
                    continue
                if problem := _wrong(answer, kind, value):
                    wrong.append(f"{name} {field}, {kind}: {problem}")
    assert tried > 1_000
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def _wrong(answer, kind: str, value: str) -> str:
    if answer.status_code in (302, 303, 200):
        return "" if kind not in ("NUL", "lone surrogate") or answer.status_code == 200 else "was accepted"
    if answer.status_code == 400 and kind in ("NUL", "lone surrogate"):
        return ""  # no browser sends these; the request itself is refused, in a sentence
    if answer.status_code not in (409, 422):
        return f"status {answer.status_code}"
    text = answer.content.decode()
    if 'role="alert"' not in text and "invalid-feedback" not in text and "is-invalid" not in text:
        return "no sentence"
    if kind == "script" and SCRIPT in text:
        return "not escaped"
    if kind not in ("NUL", "lone surrogate", "empty") and html.escape(value) not in text:
        return "what was typed is lost"
    return ""


@pytest.mark.timeout(300)
def test_a_save_of_a_version_that_somebody_has_changed_is_refused_with_both_versions(client, organization):
    wrong, tried = [], 0
    for name, action, form in list(forms_of(client, organization)):
        if "version" not in form.values or "edit" not in name:
            continue
        tried += 1
        field = next((each for each in form.typed if form.values[each] != [""]), None)
        stale = form.sent(version=str(int(form.values["version"][0]) + 1_000_000))
        answer = post(client, action, stale)
        text = answer.content.decode()
        if answer.status_code != 409:
            wrong.append(f"{name}: status {answer.status_code}")
        elif "What you typed is kept below and not saved" not in text:
            wrong.append(f"{name}: no sentence")
        elif field and html.escape(form.values[field][0]) not in text:
            wrong.append(f"{name}: what was typed is lost")
    assert tried >= 8
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.timeout(300)
def test_what_is_typed_is_text_everywhere(client, organization):
    """Every stored text as a script: no page shows it unescaped."""
    with connection.cursor() as cursor:
        for table, column, longest in _texts(cursor):
            cursor.execute(
                f'update "{table}" set "{column}" = left(ctid::text || %s, %s) where "{column}" is not null',
                [SCRIPT, longest or 1_000],
            )
    shown = {name: client.get(path).content.decode() for name, path in pages(organization).items()}
    assert not [name for name, text in shown.items() if "<img src=x" in text]
    assert sum("&lt;img src=x" in text for text in shown.values()) > 20


def _texts(cursor) -> list[tuple[str, str, int | None]]:
    """Columns of names, descriptions and addresses: free text without rules of its own."""
    cursor.execute(
        "select table_name, column_name, character_maximum_length from information_schema.columns"
        " where table_schema = current_schema() and data_type in ('character varying', 'text')"
        " and is_generated = 'NEVER'"
        " and column_name ~ '^(name|description|address_|locality|region|reason|message|file_name|unit)'"
        " and table_name ~ '^(accounts|plans|billing|usage|core)_' and table_name !~ 'event$'"
        " and table_name !~ '^core_(user|currency)|^billing_billline'"  # lines of bills never change
    )
    return cursor.fetchall()
