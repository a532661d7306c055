"""Random accounts whose bills are made, approved in part, and made again after attachments were ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from zlib import crc32

from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.oracle_days import DAY
from tests.engine.situations import money_rules, schedules

LENGTHS = {"DAILY": 8, "WEEKLY": 40, "MONTHLY": 150, "ANNUALLY": 900, "AD_HOC": 120}
runs = st.sets(st.one_of(st.integers(1, 45), st.integers(1, 200)), max_size=4)
# How far from the last approved bill's date an attachment ends, in days: mostly on it or near it.
afar = st.sampled_from([0, 0, 1, -1, 5, 10, 20, -10, -31])


@dataclass(frozen=True)
class Daily:
    """What is measured on every day, by chance that the seed decides; on most days nothing is."""

    seed: int

    def on(self, aggregation: str, segment: object, day: date) -> Fraction | None:
        number = crc32(f"{self.seed} {aggregation} {segment} {day}".encode())
        return Fraction(number // 16 % 200, 4) if number % 16 < 3 else None

    def get(self, key: oracle.UsageKey) -> Fraction | None:
        """The sum of a window's days; None if nothing was measured."""
        aggregation, start, end, segment = key
        days = [start + number * DAY for number in range((end - start).days)]
        values = [self.on(aggregation, segment, day) for day in days]
        measured = [value for value in values if value is not None]
        return sum(measured, Fraction(0)) if measured else None


@dataclass(frozen=True)
class Step:
    """Attachments are ended, bills made up to `until`, and those up to `approved_until` approved."""

    ends: dict[str, date]
    until: date
    approved_until: date


@dataclass(frozen=True)
class History:
    """What happens to an account, step by step; AD_HOC `runs` are known from the beginning."""

    attachments: tuple[oracle.Attachment, ...]
    steps: tuple[Step, ...]
    runs: dict[int, list[date]]
    is_consolidated: bool
    currencies: dict[str, oracle.Currency]
    rates: dict[tuple[str, str], Fraction]
    billed_in: str = "USD"
    usage: Daily = Daily(0)

    def only_ends_after_what_is_approved(self) -> tuple[Step, ...]:
        """What an end before it would mean for usage and refunds already approved is nobody's rule."""
        approved = [date.min, *(step.approved_until for step in self.steps)]
        return tuple(
            replace(step, ends={code: end for code, end in step.ends.items() if end >= before})
            for step, before in zip(self.steps, approved, strict=False)
        )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """One to three attachments near each other in time, of frequencies that often meet."""
    first = draw(schedules())
    chosen = [first]
    for code in ("b", "c")[: draw(st.integers(0, 2))]:
        drawn = draw(schedules(code))
        same = {"anchor": first.anchor, "frequency": first.frequency, "interval": first.interval}
        chosen.append(
            replace(
                drawn,
                start=first.start + draw(st.sampled_from([0, 0, 1, 14, 30, 31])) * DAY,
                end=None,
                **(same if draw(st.booleans()) else {}),
            )
        )
    if draw(st.integers(0, 3)) == 0:
        drawn = draw(schedules("d"))
        end = draw(st.sampled_from([None, first.start + 40 * DAY]))
        chosen.append(replace(drawn, frequency="AD_HOC", interval=1, start=first.start, end=end))
    length = LENGTHS[min(chosen, key=lambda each: LENGTHS[each.frequency]).frequency] * first.interval
    steps: list[Step] = []
    until, approved = first.start + draw(st.integers(length // 3, length)) * DAY, date.min
    ends = {each.code: each.end for each in chosen}
    for number in range(draw(st.integers(2, 3))):
        moved = {} if number == 0 else draw(st.dictionaries(st.sampled_from(sorted(ends)), afar, max_size=3))
        earlier = {}
        for each in chosen:
            end = approved + moved[each.code] * DAY if each.code in moved else date.max
            if each.start < end < (ends[each.code] or date.max):
                earlier[each.code] = ends[each.code] = end
        edges = sorted({day for each in chosen for _, day in oracle.bill_periods(each, until)})
        approved = max(approved, draw(st.sampled_from(edges or [until])))
        steps.append(Step(earlier, until, approved))
        until += draw(st.integers(0, length)) * DAY
    return History(
        attachments=tuple(chosen),
        steps=tuple(steps),
        runs={1: sorted(first.start + number * DAY for number in draw(runs))},
        is_consolidated=draw(st.booleans()),
        currencies={code: draw(money_rules()) for code in ("USD", "EUR", "Usd")},
        rates={("EUR", "USD"): Fraction(5, 4), ("Usd", "USD"): Fraction(1)},
    )
