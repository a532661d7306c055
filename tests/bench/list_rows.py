"""A million accounts by COPY, with the indexes made afterwards, and a word planted in the very last row."""

import random
from collections.abc import Iterator

from django.db import connection

from accounts.models import Account
from m3console.core.ids import uuid7_run
from m3console.core.models import Organization
from m3console.core.organizations import create_organization

PART = 50_000
PLANTED = "quixotic"
WORDS = (
    "Aurora", "Borealis", "Cascade", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Indigo", "Juniper",
    "Kestrel", "Lumen", "Meridian", "Nordic", "Onyx", "Pioneer", "Quartz", "Ridge", "Summit", "Zephyr",
)  # fmt: skip
TRADES = (
    "Analytics", "Bakery", "Clinic", "Dental", "Energy", "Foods", "Garage", "Health", "Insurance", "Labs",
    "Media", "Networks", "Optics", "Partners", "Robotics", "Software", "Textiles", "Ventures", "Works",
)  # fmt: skip
COLUMNS = (
    "id", "organization_id", "version", "created_at", "updated_at", "name", "code", "email_address",
    "address_line_1", "address_line_2", "address_line_3", "address_line_4", "locality", "region", "post_code",
    "country", "currency", "purchase_order_number", "auto_created", "personal_changed", "custom_fields",
)  # fmt: skip
# Those that no constraint stands on: quicker made at once than row by row.
INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
where i.indrelid = 'accounts_account'::regclass and not exists (
  select 1 from pg_constraint c where c.conindid = i.indexrelid)
"""


def make_accounts(slug: str, count: int) -> Organization:
    """An organization with so many accounts, made past the history and the checks of foreign keys."""
    organization = create_organization(slug=slug, name=slug.title())
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        cursor.execute("set session_replication_role = replica; set maintenance_work_mem = '1GB'")
        for name, _ in indexes:
            cursor.execute(f"drop index {name}")
        with cursor.copy(f"copy accounts_account ({', '.join(COLUMNS)}) from stdin") as copy:
            for lines in _lines(organization, count):
                copy.write(lines)
        for _, definition in indexes:
            cursor.execute(definition)
        for words in ("reset session_replication_role", "reset maintenance_work_mem", "vacuum analyze"):
            cursor.execute(words)
    return organization


def _lines(organization: Organization, count: int) -> Iterator[str]:
    roll = random.Random(count)
    for first in range(0, count, PART):
        ids = uuid7_run(min(PART, count - first))
        yield "".join(
            _line(organization, roll, key, number, last=number == count - 1)
            for number, key in enumerate(ids, start=first)
        )


def _line(organization: Organization, roll: random.Random, key: str, number: int, *, last: bool) -> str:
    word, trade = roll.choice(WORDS), PLANTED.title() if last else roll.choice(TRADES)
    currency = "CHF" if number % 1000 == 0 else roll.choice(("EUR", "GBP", "\\N", "\\N"))
    day = f"2026-05-{number % 28 + 1:02} 10:00:00+00"
    name = f"Zz Pre{trade} {number}" if last else f"{word} {trade} {number}"
    code, address = f"{word[:3].upper()}-{number:07}", f"billing@{word.lower()}-{number}.example"
    values = (
        key, str(organization.pk), "1", day, day, name, code, address, f"{number} Long Road", "", "", "",
        "Bergen", "", "5003", "Norway", currency, "", "f", "{}", "{}",
    )  # fmt: skip
    return "\t".join(values) + "\n"


def some_ids(organization: Organization, count: int) -> list[str]:
    """Ids of rows from everywhere in the list, in no order."""
    ids = list(Account.objects.of(organization).order_by().values_list("pk", flat=True))
    return [str(key) for key in random.Random(count).sample(ids, count)]
