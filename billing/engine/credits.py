"""Credit pricings: what they take off a bill, never more than there is to take it from.

Product credits are capped by the positive standing, counter and usage lines of their product, global ones by
those of the bill, each in its own pricing currency; product credits first, then global ones, in the order in
which lines of pricings stand. Together they never exceed the positive lines (spec 7, Lines and bills).
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from billing.engine.lines import WHOLE, Charge, line_order
from billing.engine.money import EXACT, plain, quotient, shown
from billing.engine.types import BillsAs, LineDraft, LineType, Named

ZERO = Decimal(0)
COVERED = {
    LineType.STANDING_CHARGE,
    LineType.COUNTER_RUNNING_TOTAL_CHARGE,
    LineType.COUNTER_ADJUSTMENT_DEBIT,
    LineType.USAGE,
}


def credit_order(charge: Charge, account: Named) -> tuple[Any, ...]:
    """Product credits before global ones, then as lines stand on a bill."""
    return (is_global(charge), *line_order(charge, account))


def is_global(charge: Charge) -> bool:
    """Whether a credit is for the whole bill, not for its product alone."""
    return charge.pricing is not None and charge.pricing.bills_as is BillsAs.GLOBAL_CREDIT


class Room:
    """What credits may still take off a bill, by pricing currency: of each product, and of the whole."""

    def __init__(self, lines: Iterable[LineDraft]) -> None:
        self._positive: dict[tuple[str, UUID | None], Decimal] = defaultdict(Decimal)
        for line in lines:
            if line.type in COVERED and line.subtotal > 0:
                self._change(line, line.subtotal)
        self._left = self._positive.copy()

    def _change(self, line: LineDraft, amount: Decimal) -> None:
        for product in (line.product.id, None):
            key = line.currency, product
            self._positive[key] = EXACT.add(self._positive[key], amount)

    def take(self, line: LineDraft) -> None:
        """Have less room by a credit's line."""
        for product in (line.product.id, None):
            key = line.currency, product
            self._left[key] = EXACT.add(self._left[key], line.subtotal)

    def capped(self, credit: Charge) -> Charge:
        """The credit as it goes on the bill, negative: its magnitude, or all that is left.

        A negative quantity credits nothing. The prices of a credit may be written with a minus.
        """
        attachment = credit.attachment
        key = attachment.currency, None if is_global(credit) else attachment.product.id
        positive, left = self._positive[key], self._left[key]
        wanted = credit.amount.copy_abs() if (credit.quantity or ZERO) >= 0 else ZERO
        exact = shown(wanted, credit.factor)
        if Fraction(wanted) * credit.factor > Fraction(left):
            wanted, credit.factor = left, WHOLE
        credit.amount = wanted.copy_negate()
        given = shown(credit.amount, credit.factor)
        if credit.units:
            credit.average_unit_price = quotient(given, credit.units)
        credit.steps.append(
            {
                "step": "cap",
                "of": "bill" if is_global(credit) else "product",
                "exact": plain(exact),
                "positive": plain(positive),
                "left": plain(left),
                "result": plain(given),
                "unit": attachment.currency,
            }
        )
        return credit
