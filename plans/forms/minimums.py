"""The fields of a minimum spend, as templates, plans and pricings have them."""

from decimal import Decimal
from typing import Final

from m3console.core.exact import ExactField

MINIMUM: Final = ("minimum_spend", "minimum_spend_description", "minimum_spend_bill_in_advance")
IN_ADVANCE: Final = "Minimum billed"
HELP: Final = (
    "What a whole bill period comes to at least, prorated by days. Usage, credits and counters are topped up"
    " to it."
)


def minimum_field(help_text: str) -> ExactField:
    """The amount, in the pricing currency; blank is none, or what is inherited."""
    return ExactField(required=False, help_text=help_text)


def none_as_zero(amount: Decimal | None) -> Decimal:
    """An amount where leaving it blank means none."""
    return Decimal(0) if amount is None else amount
