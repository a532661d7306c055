"""Text that people type: what codes, names and free text may hold."""

import unicodedata
from datetime import date, timedelta

import regex
from django.core.exceptions import ValidationError

STRICT_CODE = regex.compile(r"^[\p{L}_$][\p{L}_$0-9]*\Z")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def code_valid(code: str) -> None:
    """A code has no control or invisible characters and no space at its ends (spec 1)."""
    if code != code.strip():
        raise ValidationError("A code has no space at its beginning or end.")
    if any(unicodedata.category(character) in _INVISIBLE for character in code):
        raise ValidationError("A code has no control or invisible characters.")


def strict_code_valid(code: str) -> None:
    if not STRICT_CODE.match(code):
        raise ValidationError("Use letters, digits, _ and $ only, beginning with a letter, _ or $.")


def text_valid(text: str) -> None:
    """Free text has no control characters but line breaks and tabs, and no direction overrides."""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t":
            raise ValidationError("This holds a control character. Remove it and try again.")
        if character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            raise ValidationError("This holds an invisible character that changes the direction of text.")


def typed_text_valid(text: str) -> None:
    """Free text that people type also has nothing that was lost on its way here: bytes that are no letter
    arrive as U+FFFD. Usage keeps such characters, as what its sender has."""
    text_valid(text)
    if "\ufffd" in text:
        raise ValidationError("This holds a character that could not be read (�). Type it again.")


def is_day(text: str) -> bool:
    """Whether a text is a day as HTML writes it: 2026-06-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def day_in_words(day: date) -> str:
    """A day as sentences say it: 1 Jun 2026."""
    return f"{day.day} {day:%b %Y}"


def days_in_words(start: date, end: date | None) -> str:
    """[start, end) as sentences say it, with the last included day: from 1 Jun 2026 to 30 Jun 2026."""
    if end is None:
        return f"from {day_in_words(start)} with no end date"
    return f"from {day_in_words(start)} to {day_in_words(end - timedelta(days=1))}"
