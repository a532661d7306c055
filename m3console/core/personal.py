"""Values that look like personal data in fields that may hold none (spec 1, PII): noticed, then confirmed."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import regex
from django import forms

from m3console.core.forms import EntityForm

CONFIRMED: Final = "personal_confirmed"
EMAIL: Final = regex.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[\p{L}]{2,}")
# Phone numbers as people write them. Plain digits are left alone: order numbers and codes are made of them.
PHONES: Final = tuple(
    regex.compile(rf"(?<![\w.+-]){written}(?![\w-])")
    for written in (
        r"\+[1-9][\d\s()./-]{5,20}\d",  # +49 40 123456
        r"00[1-9]\d{0,2}[\s/-][\d\s()./-]{5,18}\d",  # 0049 40 123456
        r"\(\+?\d{2,5}\)\s?\d[\d\s./-]{4,12}\d",  # (040) 123456
        r"\d{3}[ .-]\d{3}[ .-]\d{4}",  # 212-555-0123
        r"0[1-9]\d{0,3}[ /-]\d{4,8}(?:[ -]\d{1,6})?",  # 040 1234567, 020 7946 0958
        r"0[1-9](?:[ .]\d{2}){4}",  # 01 23 45 67 89
    )
)
CARD: Final = regex.compile(r"(?<![\w.])[2-6](?:[ -]?\d){12,18}(?![\w.])")
PHONE_DIGITS: Final = range(7, 16)


def looks_personal(text: str) -> str:
    """What the text looks like or holds: "an email address", "a phone number" or "a payment-card number".

    The empty string where it looks like none of them. It is a guess, for a person to judge.
    """
    plain = _plain(text)
    if EMAIL.search(plain):
        return "an email address"
    if any(_passes_luhn(_digits(found.group())) for found in CARD.finditer(plain)):
        return "a payment-card number"
    for written in PHONES:
        if any(len(_digits(found.group())) in PHONE_DIGITS for found in written.finditer(plain)):
            return "a phone number"
    return ""


def suspicions(values: Mapping[str, Any]) -> dict[str, str]:
    """Which of the values, by name, look like what; a number may be that of a card."""
    looks = {
        name: looks_personal(str(value)) for name, value in values.items() if isinstance(value, str | Decimal)
    }
    return {name: what for name, what in looks.items() if what}


def confirmation(looks: Iterable[tuple[str, str]]) -> str:
    """The reason that history keeps of a confirmed save: labels and what they look like, never values."""
    named = ", ".join(f"{label} looks like {what}" for label, what in looks)
    return f"Confirmed as not personal: {named}." if named else ""


class ConfirmField(forms.BooleanField):
    """The box that confirms; what is said about it above the form is not called by its label."""

    summary_label = "Personal data"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="None of this is personal data", **kwargs)


class FreeTextForm(EntityForm):
    """A form some of whose fields may hold no personal data: what looks like it must be confirmed.

    `free_text` names those fields. A confirmation holds for the very values that were warned of; values that
    are saved already are not asked about again. Layouts name the field `personal_confirmed` where the
    warning is to stand.
    """

    free_text: tuple[str, ...] = ()
    personal_confirmed = ConfirmField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned.pop(CONFIRMED, None)
        self.looks = self._looks(cleaned)
        if self.looks:
            self._ask(cleaned)
        return cleaned

    def confirmed(self) -> str:
        """What was confirmed, for the history; empty if there was nothing to confirm."""
        return confirmation(self.looks.items())

    def _looks(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        saved = self._texts(self.values_of(self.entity)) if self.entity else {}
        fresh = self._texts(cleaned)
        return suspicions({label: value for label, value in fresh.items() if value != saved.get(label)})

    def _texts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The free texts by their labels; custom fields each by itself."""
        found: dict[str, Any] = {}
        for name in self.free_text:
            value = values.get(name)
            if isinstance(value, Mapping):
                found |= {f"Custom field {each}": text for each, text in value.items()}
            else:
                found[str(self[name].label)] = value
        return found

    def _ask(self, cleaned: Mapping[str, Any]) -> None:
        """Show the box that confirms; an error unless it was ticked for these values."""
        key, field = self.add_prefix(CONFIRMED), self.fields[CONFIRMED]
        texts = self._texts(cleaned)
        token = _token((label, texts[label]) for label in self.looks)
        field.widget = forms.CheckboxInput({"value": token})
        if self.data.get(key) == token:
            return
        sent: Any = self.data
        sent = sent.copy()
        sent.pop(key, None)
        self.data = sent
        named = ", ".join(f"{label} looks like {what}" for label, what in self.looks.items())
        self.add_error(
            CONFIRMED,
            f"{named}. Only name, address and email address may hold personal data:"
            " change it, or tick the box if it is none.",
        )


def _token(values: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256(repr(sorted(values)).encode()).hexdigest()[:32]


def _plain(text: str) -> str:
    """The text with every kind of digit, hyphen and space as the plain one."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(_plain_character(character) for character in folded)


def _plain_character(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    return {"Pd": "-", "Zs": " "}.get(category, character)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def _passes_luhn(digits: str) -> bool:
    """The check digit of payment cards; one digit over and over is no card."""
    if len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
