"""The oracle's credit pricings: capped by the positive lines of their product, or of the bill (spec 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tests.engine.oracle_prices import rounded
from tests.engine.oracle_terms import Currency, Item, Line


def capped(
    drafts: Sequence[Item], lines: Sequence[Line], currencies: Mapping[str, Currency]
) -> Iterator[Item]:
    """Each with what it may take: product credits first, then global ones, in the order given."""
    left: dict[tuple[str, str], Fraction] = {}
    for line in lines:
        if line.subtotal > 0:
            key = line.item.attachment.currency, line.item.attachment.product
            left[key] = left.get(key, Fraction(0)) + line.subtotal
    for kind in ("PRODUCT_CREDIT", "GLOBAL_CREDIT"):
        for credit in drafts:
            if credit.pricing is None or credit.pricing.bills_as != kind:
                continue
            code, product = credit.attachment.currency, credit.attachment.product
            wanted = -rounded(credit.amount, currencies[code].places, currencies[code].mode)
            taken = Fraction(0)
            # Whatever of a global credit is taken from which product is all the same: products come first.
            for key in sorted(left):
                if key[0] == code and (kind == "GLOBAL_CREDIT" or key[1] == product):
                    part = min(left[key], wanted - taken)
                    left[key] -= part
                    taken += part
            yield replace(credit, amount=-taken)
