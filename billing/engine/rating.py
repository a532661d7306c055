"""Charges become lines in an order: plain ones, credits capped by those, minimums topped up over both.

So it is what stands on the bill, in rounded money, that limits a credit and counts towards a minimum (spec 3,
What a bill contains; spec 7, Lines and bills).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from billing.engine.credits import Room, credit_order
from billing.engine.lines import Charge, line_order, settle
from billing.engine.minimums import plan_minimum, pricing_minimums, settled_minimums
from billing.engine.types import BillInput, LineDraft, LineType, Problem

# A plan's minimum counts what its pricings' have added.
LEVELS = (pricing_minimums, plan_minimum)


class Rated:
    """The lines of a bill so far, and what could not be rated."""

    def __init__(self, bill: BillInput) -> None:
        self._bill = bill
        self._places: list[tuple[Any, ...]] = []
        self.lines: list[LineDraft] = []
        self.problems: dict[Problem, None] = {}

    def add(self, charge: Charge) -> LineDraft | None:
        """Settle a charge; None if it makes no line."""
        settled = settle(charge, self._bill)
        if isinstance(settled, LineDraft):
            self._places.append(line_order(charge, self._bill.account))
            self.lines.append(settled)
            return settled
        if settled is not None:
            self.problems[settled] = None
        return None

    def in_order(self) -> tuple[LineDraft, ...]:
        """The lines as they stand on the bill."""
        order = sorted(range(len(self.lines)), key=self._places.__getitem__)
        return tuple(self.lines[index] for index in order)


def rate(bill: BillInput, charges: Iterable[Charge]) -> Rated:
    """The bill's charges as lines, its credits capped, and what its minimums still come to."""
    rated = Rated(bill)
    credited: list[Charge] = []
    for charge in charges:
        if charge.type is LineType.USAGE_CREDIT:
            credited.append(charge)
        else:
            rated.add(charge)
    if credited:
        _credit(bill, rated, credited)
    for level in LEVELS:
        found = [
            charge
            for item in bill.due.items
            for charge in settled_minimums(item, level(item, item.covered), rated.lines, bill.billed)
        ]
        for charge in found:
            rated.add(charge)
    return rated


def _credit(bill: BillInput, rated: Rated, credited: Sequence[Charge]) -> None:
    room = Room(rated.lines)
    for credit in sorted(credited, key=lambda charge: credit_order(charge, bill.account)):
        line = rated.add(room.capped(credit))
        if line is not None:
            room.take(line)
