"""Which plans a made-up customer has, from when until when, and how much it uses."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from billing.seed.calendar import Span
from billing.seed.customers import Customer, dice
from billing.seed.offers import OFFERS
from billing.seed.shapes import Offer

# Of 100 customers so many have the offer, in the order of OFFERS; and of those of an offer with further
# templates so many have a plan of one of these.
POPULARITY = (70, 55, 30, 45, 35, 25)
OTHERWISE = 30


@dataclass(frozen=True, slots=True)
class Subscription:
    """A plan that a customer has for [start, end)."""

    offer: Offer
    plan: str
    start: date
    end: date | None
    bill_epoch: date | None = None

    def days(self, start: date, end: date) -> int:
        """How many days of [start, end) it runs."""
        last = end if self.end is None else min(self.end, end)
        return max(0, (last - max(self.start, start)).days)


@dataclass(frozen=True, slots=True)
class Relation:
    """All that a customer has with the organization. `size` is how much it uses, 100 being usual."""

    size: int
    subscriptions: tuple[Subscription, ...]


def relation(seed: int, of: Customer, span: Span) -> Relation:
    """What a customer pays for: parents nothing, since their children pay for themselves."""
    roll = dice(seed, of.number, "plans")
    size = max(5, min(5_000, int(100 * roll.lognormvariate(0, 1))))
    if of.is_parent:
        return Relation(0, ())
    wanted = [offer for offer, share in zip(OFFERS, POPULARITY, strict=True) if roll.randrange(100) < share]
    offers = wanted or [roll.choice(OFFERS)]
    start = _start(roll, span)
    epoch = start if roll.randrange(100) < 15 else None
    found = [each for offer in offers for each in _subscribed(roll, offer, start, epoch, span)]
    return Relation(size, tuple(found))


def _start(roll: random.Random, span: Span) -> date:
    """Most were there from the beginning, some came later, a few are still to come."""
    chance = roll.randrange(100)
    if chance < 60:
        return span.start
    if chance < 97:
        return span.start + timedelta(days=roll.randrange((span.today - span.start).days))
    return span.today + timedelta(days=roll.randint(1, 30))


def _subscribed(
    roll: random.Random, offer: Offer, start: date, epoch: date | None, span: Span
) -> Iterator[Subscription]:
    """One plan of the offer, or, now and then, one that ended and the next that followed on the same day."""
    if offer.further and roll.randrange(100) < OTHERWISE:
        yield Subscription(offer, roll.choice(offer.further).code, start, None, epoch)
        return
    plan = offer.plans[int(roll.randrange(100) >= 70)].code
    chance, days = roll.randrange(100), (span.today - start).days
    if chance >= 18 or days < 60:
        yield Subscription(offer, plan, start, None, epoch)
        return
    end = start + timedelta(days=roll.randint(30, days - 5))
    yield Subscription(offer, plan, start, end, epoch)
    if chance < 10:
        other = next(each.code for each in offer.plans if each.code != plan)
        yield Subscription(offer, other, end, None, epoch)
