"""Bills as CSV, one row a line: the keys of scenario lines plus reference, dates and purchase order."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from billing.exports.scenario_shape import bill_as_dict
from billing.models import Bill, BillLine
from m3console.core.csv_files.cells import Echo, cell

BILL_COLUMNS = (
    "billReference",
    "billAccount",
    "billDate",
    "billStartDate",
    "billEndDate",
    "dueDate",
    "externalInvoiceDate",
    "purchaseOrderNumber",
    "billStatus",
    "billCurrency",
    "billTotal",
)
LINE_COLUMNS = (
    "type",
    "description",
    "account",
    "product",
    "plan",
    "aggregation",
    "counter",
    "segment",
    "startDate",
    "endDate",
    "quantity",
    "units",
    "unit",
    "subtotal",
    "currency",
    "conversionRate",
    "convertedSubtotal",
)
NUMBERS = {"quantity", "units", "subtotal", "conversionRate", "convertedSubtotal", "billTotal"}


def csv_rows(bills: Iterable[tuple[Bill, Iterable[BillLine]]], places: Mapping[str, int]) -> Iterator[str]:
    """The file, line by line. An empty bill has one row, its line's columns blank."""
    writer = csv.writer(Echo())
    yield writer.writerow(BILL_COLUMNS + LINE_COLUMNS)
    for bill, lines in bills:
        shown = bill_as_dict(bill, lines, places)
        head = _head(bill, shown["total"])
        for line in shown["lines"] or [{}]:
            cells = [_cell(name, line.get(name)) for name in LINE_COLUMNS]
            yield writer.writerow(head + cells)


def _head(bill: Bill, total: str) -> list[Any]:
    values = (
        bill.reference,
        bill.account_code,
        bill.bill_date,
        bill.start_date,
        bill.end_date - timedelta(days=1),
        bill.due_date,
        bill.external_invoice_date,
        bill.purchase_order_number,
        bill.state,
        bill.currency,
        total,
    )
    return [_cell(name, value) for name, value in zip(BILL_COLUMNS, values, strict=True)]


def _cell(name: str, value: Any) -> Any:
    if name in NUMBERS and value is not None:
        return cell(Decimal(value))
    if isinstance(value, dict):
        return cell("; ".join(f"{field}={wanted}" for field, wanted in value.items()) or "default")
    return cell(value)
