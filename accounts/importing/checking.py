"""Rows of a file held against the accounts that there are: what each would create or change, or why not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.importing.columns import COLUMNS, FREE_TEXT, KEYS, REQUIRED, read_cell, text_of
from accounts.importing.custom_cells import OwnValues, is_custom
from accounts.importing.parents import check_parents
from accounts.importing.reading import Row
from accounts.importing.rows import CheckedRow
from accounts.models import Account
from accounts.services import check_first_bill_date
from m3console.core.custom_fields.values import in_words
from m3console.core.errors import RuleViolation
from m3console.core.models import Currency, Organization
from m3console.core.personal import looks_personal

CHUNK: Final = 1_000
MAX_DATES: Final = 1_000
"""Each is asked about by itself, since bills may stand against it."""


class Checker:
    """Checks all the rows of one file; what one row takes (an account, a code) another one may not."""

    def __init__(self, organization: Organization, columns: Sequence[str]) -> None:
        self._organization, self._columns = organization, columns
        rows = Currency.objects.filter(organization=organization)
        self._currencies = dict(rows.values_list("code", "archived"))
        self._by_account: dict[UUID, int] = {}
        self._by_code: dict[str, int] = {}
        self._dates = 0
        self._own = OwnValues(organization)

    def check(self, rows: Sequence[Row]) -> list[CheckedRow]:
        """The rows in their order: two queries a chunk, and two for all parents."""
        checked: list[CheckedRow] = []
        for first in range(0, len(rows), CHUNK):
            chunk = rows[first : first + CHUNK]
            by_id, by_code = self._accounts(chunk)
            checked.extend(self._row(row, by_id, by_code) for row in chunk)
        check_parents(self._organization, checked)
        for each in checked:
            each.settle()
        return checked

    def _accounts(self, rows: Iterable[Row]) -> tuple[dict[UUID, Account], dict[str, Account]]:
        ids = {key for row in rows if (key := _uuid(row.cells.get("id", "")))}
        codes = {row.cells.get("code", "") for row in rows} - {""}
        known = Account.objects.of(self._organization).select_related("parent_account", "organization")
        by_id = {account.pk: account for account in known.filter(pk__in=ids)} if ids else {}
        by_code = {account.code: account for account in known.filter(code__in=codes)} if codes else {}
        return by_id, by_code

    def _row(self, row: Row, by_id: Mapping[UUID, Account], by_code: Mapping[str, Account]) -> CheckedRow:
        found = CheckedRow(row, code=row.cells.get("code", ""))
        found.problems.extend(row.problems)
        if not row.cells:
            return found
        given = row.cells.get("id", "").strip()
        found.account = by_id.get(_uuid(given) or UUID(int=0)) if given else by_code.get(found.code)
        if given and found.account is None:
            found.refuse("id", "There is no account with this id. Leave it blank for a new account.")
            return found
        if found.account:
            found.code = found.code or found.account.code
        self._read(found)
        self._take(found, by_code)
        return found

    def _read(self, found: CheckedRow) -> None:
        """The cells that differ from the account's, or for a new one all that hold something."""
        account = found.account
        for name in (name for name in self._columns if name not in KEYS):
            if is_custom(name):
                continue
            text = found.row.cells.get(name, "")
            old = text_of(account, name) if account else ""
            if account and text == old:
                continue
            text = text if name == "code" else text.strip()
            try:
                value = read_cell(name, text)
                self._check_currency(name, value)
            except ValidationError as problem:
                found.refuse(name, " ".join(problem.messages))
                continue
            if str("" if value is None else value) != old:
                found.changes.append((name, old, text))
                if account and name == "bill_epoch":
                    self._check_first_bill_date(found, account, value)
            if name in FREE_TEXT and text != old and (looks := looks_personal(text)):
                found.warnings.append((COLUMNS[name], looks))
        self._read_custom(found)
        if account is None:
            for name in REQUIRED:
                if name not in self._columns:
                    found.refuse(name, f"{COLUMNS[name]} is missing: the file has no such column.")

    def _read_custom(self, found: CheckedRow) -> None:
        """The account's own values that differ; a blank cell takes one away."""
        cells = []
        for name in filter(is_custom, self._columns):
            text, old = found.row.cells.get(name, "").strip(), self._own.text_of(found.account, name)
            try:
                value = self._own.read(name, text, found.account)
            except ValidationError as problem:
                found.refuse(name, " ".join(problem.messages))
                continue
            if (value is None and not old) or (value is not None and in_words(value) == old):
                continue
            cells.append((name, text))
            found.changes.append((name, old, text))
            if looks := looks_personal(text):
                found.warnings.append((name, looks))
        try:
            self._own.changed(found.account, cells)
        except ValidationError as problem:
            found.refuse("", " ".join(problem.messages))

    def _check_first_bill_date(self, found: CheckedRow, account: Account, day: date | None) -> None:
        self._dates += 1
        if self._dates > MAX_DATES:
            found.refuse("bill_epoch", f"A file changes at most {MAX_DATES:,} first bill dates.")
            return
        try:
            check_first_bill_date(account, day)
        except RuleViolation as refused:
            found.refuse("bill_epoch", refused.message)

    def _check_currency(self, name: str, value: Any) -> None:
        if name == "currency" and value is not None and self._currencies.get(value, True):
            state = "is archived" if value in self._currencies else "is none of this organization's"
            raise ValidationError(f"The currency “{value}” {state}. Currencies are case-sensitive.")

    def _take(self, found: CheckedRow, by_code: Mapping[str, Account]) -> None:
        """Each account and each code once in a file, and no code that another account has."""
        line = found.row.line
        if found.account and self._by_account.setdefault(found.account.pk, line) != line:
            found.refuse("", f"Line {self._by_account[found.account.pk]} is about the same account.")
            return
        if found.code and self._by_code.setdefault(found.code, line) != line:
            found.refuse("code", f"Line {self._by_code[found.code]} has the same code.")
            return
        other = by_code.get(found.code)
        if other and found.account and other.pk != found.account.pk:
            found.refuse("code", f"There is an account with the code “{found.code}” already.")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
