"""The levels of counters that a made-up customer reports while it has a plan that prices them."""

from collections.abc import Iterator
from datetime import date, timedelta

from billing.seed.calendar import Span
from billing.seed.customers import Customer, dice
from billing.seed.shapes import CounterOffer
from billing.seed.subscriptions import Subscription

STEPS = (-2, -1, 1, 1, 2, 3)


def levels(
    seed: int, of: Customer, subscription: Subscription, span: Span
) -> Iterator[tuple[CounterOffer, date, int]]:
    """A first level on the day that the plan starts, then a change now and then; none of days to come."""
    counter = subscription.offer.counter
    if counter is None or subscription.start >= span.today:
        return
    roll = dice(seed, of.number, f"levels {subscription.plan}")
    day, level = subscription.start, roll.randint(1, 2 * counter.usual)
    until = min(subscription.end or span.today, span.today)
    while day < until:
        yield counter, day, level
        day += timedelta(days=roll.randint(20, 75))
        level = max(0, level + roll.choice(STEPS))
