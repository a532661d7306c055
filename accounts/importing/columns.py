"""The columns of a file of accounts: what the account list exports, and how a cell is read and told."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from django.core.exceptions import ValidationError

from accounts.forms import MAX_DAYS
from accounts.importing.custom_cells import custom_column
from accounts.models import Account
from m3console.core.errors import RuleViolation
from m3console.core.text import typed_text_valid

ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE: Final = re.compile(r"[0-9]{1,9}")
REQUIRED: Final = ("name", "code", "email_address")
FREE_TEXT: Final = ("code", "purchase_order_number")
COLUMNS: Final = {
    "id": "Id",
    "name": "Name",
    "code": "Code",
    "email_address": "Email address",
    "parent_account": "Parent account",
    "address_line_1": "Address line 1",
    "address_line_2": "Address line 2",
    "address_line_3": "Address line 3",
    "address_line_4": "Address line 4",
    "locality": "City / Town",
    "region": "Region / Province",
    "post_code": "Postcode / Zip",
    "country": "Country",
    "currency": "Currency",
    "bill_epoch": "First bill date",
    "days_before_bill_due": "Days before bill due",
    "purchase_order_number": "Purchase order number",
}
"""The account's fields by the names that their columns have."""
KEYS: Final = ("id", "parent_account")
"""Columns that are no field to be written: which account it is, and whose child a new one becomes."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a file's columns, None for those that are left alone, and the names of the latter."""

    fields: tuple[str | None, ...]
    ignored: tuple[str, ...]

    @classmethod
    def of(cls, names: list[str]) -> "Header":
        """Raises RuleViolation for columns that cannot be meant so: misspelt, twice, or none to go by."""
        known = {label.lower(): field for field, label in COLUMNS.items()} | {
            field: field for field in COLUMNS
        }
        fields = tuple(
            known.get(name.strip().lower()) or custom_column(name.strip()) or None for name in names
        )
        given = [field for field in fields if field]
        ignored = tuple(name for name, field in zip(names, fields, strict=True) if field is None)
        missing = [label for field, label in COLUMNS.items() if field not in given]
        for name in ignored:
            if meant := get_close_matches(name, missing, 1, 0.8):  # not money
                raise RuleViolation(
                    f"There is no column “{name}”. If it is “{meant[0]}”, call it so; otherwise take it out."
                )
        for field in dict.fromkeys(given):
            if given.count(field) > 1:
                raise RuleViolation(f"There are two columns “{heading(field)}”. Take one out.")
        if not {"id", "code"} & set(given):
            raise RuleViolation("The file needs a column “Code” (or “Id”) that says which account a row is.")
        if set(given) <= {"id"}:
            raise RuleViolation("The file has no column but “Id”: there is nothing to import.")
        return cls(fields, ignored)


def heading(field: str) -> str:
    """What the column of a field is called; a custom field's is called customFields.<name>."""
    return COLUMNS.get(field, field)


def text_of(account: Account, field: str) -> str:
    """What an account has in a field, as a cell."""
    value = getattr(account, field)
    return "" if value is None else str(value)


def read_cell(field: str, text: str) -> Any:
    """The cell's value as the account stores it. Raises ValidationError with a sentence."""
    typed_text_valid(text)
    if field in REQUIRED and not text:
        raise ValidationError(f"{COLUMNS[field]} is missing.")
    match field:
        case "bill_epoch":
            return _day(text) if text else None
        case "days_before_bill_due":
            return _days(text) if text else None
        case "currency":
            return text or None
        case _:
            return Account._meta.get_field(field).clean(text, None)  # type: ignore[union-attr]


def _day(text: str) -> date:
    try:
        if ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValidationError(f"“{text}” is no date. Write it as in 2026-05-31.")


def _days(text: str) -> int:
    if not WHOLE.fullmatch(text) or int(text) > MAX_DAYS:
        raise ValidationError(f"“{text}” is no whole number from 0 to {MAX_DAYS:,}.")
    return int(text)
