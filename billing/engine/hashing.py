"""The content hash of a bill: equal as long as the bill says the same.

It covers dates, currency, amounts and what each line refers to, by id. Names of accounts, products and plans
and the stored working stay out: renaming something, or erasing a person's name, leaves a bill's hash valid.
"""

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from billing.engine.money import plain

if TYPE_CHECKING:
    from billing.engine.types import BandCharge, BillDraft, LineDraft


def bill_hash(bill: "BillDraft") -> str:
    """SHA-256, in hex, of the bill's canonical JSON. Numbers count by value: 20 and 20.00 are the same."""
    content = [
        bill.bill_date.isoformat(),
        bill.frequency,
        bill.interval,
        bill.grouping_key,
        _id(bill.account.id),
        bill.start.isoformat(),
        bill.end.isoformat(),
        bill.currency,
        plain(bill.total),
        [_line(line) for line in bill.lines],
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line(line: "LineDraft") -> list[Any]:
    return [
        line.type,
        line.description,
        _id(line.account.id),
        _id(line.attachment_id),
        _id(line.product.id),
        _id(line.plan.id),
        _id(line.template.id),
        line.pricing_id and _id(line.pricing_id),
        line.aggregation and _id(line.aggregation.id),
        line.meter and _id(line.meter.id),
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
    ]


def _bands(bands: Sequence["BandCharge"]) -> list[list[str | None]]:
    return [
        [
            plain(band.lower_limit),
            _number(band.upper_limit),
            plain(band.units),
            plain(band.fixed_price),
            plain(band.unit_price),
            plain(band.subtotal),
        ]
        for band in bands
    ]


@lru_cache(maxsize=4096)
def _id(value: UUID) -> str:
    return str(value)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
