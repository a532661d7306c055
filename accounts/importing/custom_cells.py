"""Columns `customFields.<name>` of a file: an account's own values (spec 1, Custom fields)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.models import Account
from m3console.core.custom_fields.values import definitions, in_words
from m3console.core.errors import RuleViolation
from m3console.core.exact import exact
from m3console.core.fields import CustomFieldsField, custom_name_valid, custom_value_valid
from m3console.core.models import EntityType, Organization, ValueType

PREFIX: Final = "customFields."
Own = dict[str, Decimal | str]


def is_custom(field: str) -> bool:
    return field.startswith(PREFIX)


def custom_column(label: str) -> str:
    """The column by its heading; empty if it is none of these. Raises RuleViolation for a bad name."""
    if not label.lower().startswith(PREFIX.lower()):
        return ""
    name = label[len(PREFIX) :].strip()
    try:
        custom_name_valid(name)
    except ValidationError as problem:
        raise RuleViolation(f"The column “{label}” names no custom field. {problem.messages[0]}") from None
    return PREFIX + name


def custom_columns(organization: Organization) -> list[str]:
    """The columns of the fields that the organization has defined for accounts."""
    return [PREFIX + each.name for each in definitions(organization, EntityType.ACCOUNT)]


class OwnValues:
    """Reads own values of an organization's accounts by the types that it has given their names.

    A name without a definition is of the type that the account's value has already, else a text.
    """

    def __init__(self, organization: Organization | UUID) -> None:
        self._types = {each.name: each.value_type for each in definitions(organization, EntityType.ACCOUNT)}

    @staticmethod
    def text_of(account: Account | None, field: str) -> str:
        """The account's own value as a cell; blank where it has none."""
        value = account.custom_fields.get(field.removeprefix(PREFIX)) if account else None
        return "" if value is None else in_words(value)

    def read(self, field: str, text: str, account: Account | None) -> Decimal | str | None:
        """The value of a cell, None for a blank one. Raises ValidationError with a sentence."""
        name = field.removeprefix(PREFIX)
        if not text:
            return None
        value: Decimal | str = text
        if self._is_number(name, account):
            try:
                value = exact(text)
            except ValueError as problem:
                raise ValidationError(str(problem)) from None
        custom_value_valid(name, value)
        return value

    def changed(self, account: Account | None, cells: Iterable[tuple[str, str]]) -> Own:
        """The account's own values with these cells in place of what it has; a blank one takes one away.

        Raises ValidationError with a sentence.
        """
        own: Own = dict(account.custom_fields) if account else {}
        for field, text in cells:
            value = self.read(field, text, account)
            own.pop(field.removeprefix(PREFIX), None)
            if value is not None:
                own[field.removeprefix(PREFIX)] = value
        CustomFieldsField().validate(own, None)
        return own

    def _is_number(self, name: str, account: Account | None) -> bool:
        own: Mapping[str, Decimal | str] = account.custom_fields if account else {}
        known = self._types.get(name)
        return known == ValueType.NUMBER or (known is None and isinstance(own.get(name), Decimal))
