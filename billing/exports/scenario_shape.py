"""A bill in the shape of a scenario's outcome (spec 5): what `export_bills` and `simulate` answer."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from billing.engine.money import plain
from billing.models import Bill, BillLine


def bill_as_dict(bill: Bill, lines: Iterable[BillLine], places: Mapping[str, int]) -> dict[str, Any]:
    """The bill with its lines. Its `endDate` is the last included day, a line's is exclusive.

    `places` are the decimals of each currency that occurs: amounts are strings with just as many.
    """
    return {
        "account": bill.account_code,
        "billDate": bill.bill_date.isoformat(),
        "startDate": bill.start_date.isoformat(),
        "endDate": (bill.end_date - timedelta(days=1)).isoformat(),
        "currency": bill.currency,
        "status": bill.status,
        "locked": bill.locked_at is not None,
        "total": _amount(bill.total, places[bill.currency]),
        "lines": [_line(line, bill, places) for line in lines],
    }


def _line(line: BillLine, bill: Bill, places: Mapping[str, int]) -> dict[str, Any]:
    return {
        "type": line.type,
        "description": line.description,
        "account": _code(line, "account"),
        "product": _code(line, "product"),
        "plan": _code(line, "plan"),
        "aggregation": _code(line, "aggregation"),
        "counter": _code(line, "counter"),
        "segment": line.segment,
        "startDate": line.service_start.isoformat(),
        "endDate": line.service_end.isoformat(),
        "quantity": _plain(line.quantity),
        "units": _plain(line.units),
        "unit": line.unit,
        "subtotal": _amount(line.subtotal, places[line.currency]),
        "currency": line.currency,
        "conversionRate": _plain(line.conversion_rate),
        "convertedSubtotal": _amount(line.converted_subtotal, places[bill.currency]),
        "bands": [
            {"lowerLimit": band["lower"], "units": band["units"], "subtotal": band["amount"]}
            for band in line.bands
        ],
    }


def _code(line: BillLine, kind: str) -> str | None:
    label = line.labels.get(kind)
    return label["code"] if label else None


def _amount(amount: Decimal, places: int) -> str:
    """The currency's decimals; a digit beyond them would show, never be rounded away."""
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    return f"{amount:.{max(places, -exponent)}f}"


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
