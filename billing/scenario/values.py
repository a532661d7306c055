"""The values of a scenario's entities as services take them. What makes no sense raises Unreadable."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing.scenario.reading import Unreadable, day, number
from billing.usage.rows import Row
from plans.services.bands import Band

Item = Mapping[str, Any]
VALUE_CATEGORIES = ("who", "what", "where", "other", "metadata", "measure", "income", "cost")


def fields(item: Item, key: str, *parts: str) -> list[dict[str, str]]:
    return [{part: field.get(part) or "" for part in parts} for field in item.get(key) or []]


def measured_row(item: Item, line: int) -> Row:
    values: dict[str, Any] = {}
    categories: dict[str, str] = {}
    for category in VALUE_CATEGORIES:
        sent = item.get(category) or {}
        values |= sent
        categories |= dict.fromkeys(sent, category.upper())
    return Row(
        uid=item.get("uid"),
        account=item.get("account", ""),
        meter=item.get("meter", ""),
        ts=item.get("ts", ""),
        ets=item.get("ets"),
        values=values,
        line=line,
        payload=dict(item),
        categories=categories,
    )


def text(item: Item, key: str) -> str:
    value = item.get(key)
    if not isinstance(value, str):
        raise Unreadable(f"“{key}” is missing or no text in {item.get('code', item)}.")
    return value


def minimum(item: Item, default: Decimal | None = None) -> dict[str, Any]:
    """The minimum spend of a template, plan or pricing; a flag that is left out is inherited."""
    return {
        "minimum_spend": optional_number(item, "minimumSpend", default),
        "minimum_spend_description": item.get("minimumSpendDescription") or "",
        "minimum_spend_bill_in_advance": flag(item, "minimumSpendBillInAdvance"),
    }


def bands(item: Item, key: str) -> list[Band]:
    return [
        (
            number(band.get("lowerLimit", 0), "lowerLimit"),
            number(band.get("fixedPrice", 0), "fixedPrice"),
            number(band.get("unitPrice", 0), "unitPrice"),
        )
        for band in item.get(key) or []
    ]


def flag(item: Item, key: str) -> bool | None:
    """True, false, or None where the key is null or left out."""
    value = item.get(key)
    if value is not None and not isinstance(value, bool):
        raise Unreadable(f"“{key}” is neither true nor false in {item.get('code', item)}.")
    return value


def optional_number(item: Item, key: str, default: Decimal | None = None) -> Any:
    return default if item.get(key) is None else number(item[key], key)


def whole(item: Item, key: str) -> int:
    found = number(item.get(key), key)
    if found != int(found):
        raise Unreadable(f"{key}: {found} is not a whole number.")
    return int(found)


def optional_day(item: Item, key: str) -> Any:
    return None if item.get(key) is None else day(item[key], key)
