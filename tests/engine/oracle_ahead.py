"""What bills charge in advance, and which days of it are to be given back (spec 7, Lines and bills)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from tests.engine.oracle_days import DAY
from tests.engine.oracle_terms import Attachment


@dataclass(frozen=True)
class Ahead:
    """A charge on another bill for days that begin with it or later; or their giving back.

    `source` is the code of the pricing or counter, None for what is the plan's.
    """

    code: str
    bill_date: date
    start: date
    end: date
    amount: Fraction
    type: str = "STANDING_CHARGE"
    source: str | None = None

    @property
    def is_return(self) -> bool:
        return self.amount < 0

    @property
    def kind(self) -> tuple[str, str, str | None]:
        return self.code, self.type, self.source

    @property
    def days(self) -> set[date]:
        return {self.start + number * DAY for number in range((self.end - self.start).days)}


def unused(attachment: Attachment, kept: Collection[Ahead]) -> Iterator[tuple[Ahead, list[date]]]:
    """Approved lines with the days after the end that they charge and no other bill has given back.

    What is not prorated is not given back.
    """
    whole = {pricing.code for pricing in attachment.counters if not pricing.prorate_total}
    mine = [each for each in kept if each.code == attachment.code and each.source not in whole]
    for line in mine:
        given = {day for each in mine if each.is_return and each.kind == line.kind for day in each.days}
        days = sorted(
            each for each in line.days - given if attachment.end is not None and each >= attachment.end
        )
        if days and not line.is_return:
            yield line, days


def returns(attachment: Attachment, day: date, kept: Collection[Ahead]) -> Iterator[tuple[Ahead, date, date]]:
    """Unbroken days after the end of lines that bills before `day` charged ahead."""
    for line, days in unused(attachment, kept):
        if line.bill_date >= day:
            continue
        for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0] * DAY):
            same = [each for _, each in run]
            yield line, same[0], same[-1] + DAY
