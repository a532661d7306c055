"""What looks like personal data, and what only resembles it (spec 1, PII)."""

from decimal import Decimal

import pytest

from m3console.core.personal import confirmation, looks_personal, suspicions

EMAIL, PHONE, CARD = "an email address", "a phone number", "a payment-card number"


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("ada@lovelace.example", EMAIL),
        ("Order of ada.king+x@Mail.Lovelace.example, urgent", EMAIL),
        ("ada＠lovelace.example", EMAIL),
        ("+49 40 1234567", PHONE),
        ("call +1 (212) 555-0123", PHONE),
        ("+491701234567", PHONE),
        ("0049 40 1234567", PHONE),
        ("(040) 123 45 67", PHONE),
        ("212-555-0123", PHONE),
        ("020 7946 0958", PHONE),
        ("0170/1234567", PHONE),
        ("01 23 45 67 89", PHONE),
        ("٠١ ٢٣ ٤٥ ٦٧ ٨٩", PHONE),
        ("4111 1111 1111 1111", CARD),
        ("4111111111111111", CARD),
        ("5500-0000-0000-0004", CARD),
        ("378282246310005", CARD),
        ("ref ４１１１１１１１１１１１１１１１", CARD),
    ],
)
def test_e_mail_addresses_phone_numbers_and_cards_are_noticed(text, looks):
    assert looks_personal(text) == looks


@pytest.mark.parametrize(
    "text",
    [
        "", "borealis", "PO-2026-00123", "4500012345", "2026-01-15", "01-02-2026", "192.168.100.200",
        "10.0.0.1:8080", "550e8400-e29b-41d4-a716-446655440000", "1700000000000", "012345678901",
        "4111111111111112", "0000000000000000", "@handle", "a@b", "100-200-300", "EUR 1,234,567.89",
        "acct_4111111111111111x", "2026-11-21T14:50:57Z", "12 345 678", "٠١٢٣٤٥٦٧٨٩",
    ],
)  # fmt: skip
def test_codes_dates_and_order_numbers_are_left_alone(text):
    assert looks_personal(text) == ""


def test_numbers_are_looked_at_too_and_nothing_else_is():
    given = {"card": Decimal("4111111111111111"), "days": 14, "none": None, "seats": Decimal("120.5")}
    assert suspicions(given) == {"card": CARD}


def test_history_is_told_what_was_confirmed_and_never_the_value():
    told = confirmation([("Code", looks_personal("ada@lovelace.example"))])
    assert told == "Confirmed as not personal: Code looks like an email address."
    assert confirmation([]) == ""
