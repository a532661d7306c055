"""The content hash of a bill: equal as long as the bill says the same.

It covers dates, currency, amounts and what each line refers to, by id. Names of accounts, products and plans
and the stored working stay out: renaming something, or erasing a person's name, leaves a bill's hash valid.
"""

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from billing.engine.money import plain
from billing.engine.types import BandCharge, BillDraft, LineDraft


def content_hash(bill: BillDraft) -> str:
    """SHA-256, in hex, of the bill's canonical JSON. Numbers count by value: 20 and 20.00 are the same.

    ValueError for a bill with problems: it must not be written.
    """
    if bill.problems:
        raise ValueError(f"A bill with problems has no content to hash: {bill.problems[0].message}")
    content = [
        bill.bill_date.isoformat(),
        bill.frequency,
        bill.interval,
        bill.grouping_key,
        bill.account.id.int,
        bill.start.isoformat(),
        bill.end.isoformat(),
        bill.currency,
        plain(bill.total),
        [_line(line) for line in bill.lines],
    ]
    return hashlib.sha256(_json(content).encode()).hexdigest()


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _line(line: LineDraft) -> list[Any]:
    return [
        line.type,
        line.description,
        line.account.id.int,
        line.attachment_id.int,
        line.product.id.int,
        line.plan.id.int,
        line.template.id.int,
        line.pricing_id and line.pricing_id.int,
        line.aggregation and line.aggregation.id.int,
        line.meter and line.meter.id.int,
        line.segment,
        line.start.isoformat(),
        line.end.isoformat(),
        _number(line.quantity),
        line.unit,
        _number(line.units),
        _number(line.average_unit_price),
        plain(line.subtotal),
        line.currency,
        plain(line.rate),
        plain(line.converted_subtotal),
        _bands(line.bands),
        *([line.counter.id.int] if line.counter else ()),
    ]


def _bands(bands: Sequence[BandCharge]) -> list[list[str | None]]:
    return [
        [
            *_prices(band.lower_limit, band.upper_limit, band.fixed_price, band.unit_price),
            plain(band.units),
            plain(band.subtotal),
        ]
        for band in bands
    ]


@lru_cache(maxsize=4096)
def _prices(*of_band: Decimal | None) -> list[str | None]:
    """What the lines of many bills have in common, written out once."""
    return [_number(number) for number in of_band]


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
