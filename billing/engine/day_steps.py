"""Steps of a line's working that count days: proration, turns, what is given back (see explanation.py)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from billing.engine.calendar import Share
from billing.engine.explanation import Facts
from billing.engine.money import plain
from billing.engine.types import BilledAhead


def proration_step(
    charge: Decimal, factor: Fraction, shares: Sequence[Share], amount: Decimal, currency: str
) -> Facts:
    """A charge for a whole period × the periods that the line covers."""
    return {
        "step": "proration",
        "charge": plain(charge),
        "factor": str(factor),
        "shares": [_share(share) for share in shares],
        "result": plain(amount),
        "unit": currency,
    }


def _share(share: Share) -> Facts:
    part: Facts = {
        "from": share.start.isoformat(),
        "to": share.end.isoformat(),
        "days": share.days,
        "of": share.of,
    }
    return part if share.periods == 1 else {**part, "periods": share.periods}


def turn_step(when: str, number: int, interval: int, offset: int) -> Facts:
    """Which of the attachment's periods a charge is for, and when that is charged."""
    return {"step": "turn", "when": when, "period": number, "interval": interval, "offset": offset}


def given_back_step(
    charged: BilledAhead,
    factor: Fraction,
    shares: Sequence[Share],
    charge: Decimal,
    amount: Decimal,
    currency: str,
) -> Facts:
    """Days charged in advance that are not used after all."""
    return {
        "step": "given_back",
        "billed_on": charged.bill_date.isoformat(),
        "charged": {
            "from": charged.start.isoformat(),
            "to": charged.end.isoformat(),
            "amount": plain(charged.amount),
        },
        "charge": plain(-charge),
        "factor": str(factor),
        "shares": [_share(share) for share in shares],
        "result": plain(amount),
        "unit": currency,
    }
