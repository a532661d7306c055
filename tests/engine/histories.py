"""Random accounts whose bills are made, approved in part, and made again after attachments were ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.oracle_days import DAY
from tests.engine.situations import FIRST_DAY, money_rules, schedules

LENGTHS = {"DAILY": 8, "WEEKLY": 40, "MONTHLY": 150, "ANNUALLY": 900, "AD_HOC": 120}


@dataclass(frozen=True)
class History:
    """Bills up to `until`; those up to `approved_until` stay; then come `ends`, and bills up to `again`."""

    attachments: tuple[oracle.Attachment, ...]
    until: date
    approved_until: date
    ends: dict[str, date]
    again: date
    runs: dict[int, list[date]]
    is_consolidated: bool
    currencies: dict[str, oracle.Currency]
    rates: dict[tuple[str, str], Fraction]
    billed_in: str = "USD"

    @property
    def ended(self) -> tuple[oracle.Attachment, ...]:
        return tuple(replace(each, end=self.ends.get(each.code, each.end)) for each in self.attachments)


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
    until = first.start + draw(st.integers(length // 3, length)) * DAY
    edges = sorted({day for each in chosen for _, day in oracle.bill_periods(each, until)})
    edge = draw(st.sampled_from(edges)) if edges else until
    ended = draw(st.lists(st.sampled_from(chosen), max_size=3))
    # Most ends fall on the last approved bill's date or near it.
    ends = {
        each.code: edge + draw(st.sampled_from([0, 0, 1, -1, 5, 10, 20, -10, -31])) * DAY for each in ended
    }
    open_ended = {each.code: each for each in chosen}
    return History(
        attachments=tuple(chosen),
        until=until,
        approved_until=edge,
        ends={
            code: end
            for code, end in ends.items()
            if end > open_ended[code].start and end < (open_ended[code].end or date.max)
        },
        again=until + draw(st.integers(0, length)) * DAY,
        runs={1: sorted(draw(st.sets(st.integers(1, 200), max_size=4).map(to_days)))},
        is_consolidated=draw(st.booleans()),
        currencies={code: draw(money_rules()) for code in ("USD", "EUR", "Usd")},
        rates={("EUR", "USD"): Fraction(5, 4), ("Usd", "USD"): Fraction(1)},
    )


def to_days(numbers: set[int]) -> list[date]:
    return [FIRST_DAY + number * DAY for number in numbers]
