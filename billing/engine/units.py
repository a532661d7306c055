"""From a quantity to units: divided by the quantity per unit, rounded as the aggregation says (spec 2)."""

from decimal import Decimal, Inexact

from billing.engine.bands import ONE, ZERO, Units
from billing.engine.money import EXACT
from billing.engine.types import Aggregation, Compound, UnitRounding

TWO = Decimal(2)


def units_of(quantity: Decimal, aggregation: Aggregation | Compound) -> Units:
    """quantity ÷ quantity per unit: exact, or whole by magnitude with halves away from zero."""
    per = aggregation.quantity_per_unit
    negative = quantity < 0
    if aggregation.rounding is UnitRounding.NONE:
        try:
            return Units(EXACT.divide(quantity, per), ONE, negative)
        except Inexact:
            return Units(quantity, per, negative)
    whole, rest = EXACT.divmod(quantity, per)
    if aggregation.rounding is UnitRounding.UP:
        further = bool(rest)
    else:
        halves = EXACT.multiply(rest.copy_abs(), TWO)
        further = aggregation.rounding is UnitRounding.NEAREST and halves >= per
    step = ONE.copy_sign(quantity) if further else ZERO
    return Units(EXACT.add(whole, step), ONE, negative)
