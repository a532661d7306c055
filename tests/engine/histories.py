"""Random accounts whose bills are made, approved in part, and made again after attachments were ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from zlib import crc32

from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.oracle_days import DAY
from tests.engine.oracle_prices import Band
from tests.engine.situations import FIRST_DAY, cents, money_rules, schedules

LENGTHS = {"DAILY": 8, "WEEKLY": 40, "MONTHLY": 150, "ANNUALLY": 900, "AD_HOC": 120}


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
    usage: Daily = Daily(0)

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


@st.composite
def priced(draw: st.DrawFn, attachment: oracle.Attachment) -> oracle.Attachment:
    """The attachment with a price or two, credits, and minimums of both levels."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        code = ("calls", "gb", "seats")[number]
        bills_as = draw(st.sampled_from(["DEBIT", "DEBIT", "PRODUCT_CREDIT", "GLOBAL_CREDIT"]))
        is_debit = bills_as == "DEBIT"
        spans = is_debit and draw(st.integers(0, 3)) == 0
        cumulative = draw(st.booleans())
        start = (
            attachment.start + draw(st.sampled_from([-400, -400, 0, 7, 31] if not spans else [-400])) * DAY
        )
        length = draw(st.sampled_from([None, None, 10, 45])) if not spans else None
        lowers = [Fraction(0), Fraction(draw(st.integers(1, 200)))][: draw(st.integers(1, 2))]
        fixed = cumulative or not spans
        aggregation = oracle.Aggregation(
            code,
            draw(st.sampled_from([Fraction(1), Fraction(8)])),
            "NONE" if spans else draw(st.sampled_from(["NONE", "UP"])),
            None if spans else draw(st.sampled_from([None, None, Fraction(3)])),
        )
        found.append(
            oracle.Pricing(
                code=f"{attachment.code}-{code}",
                on_plan=draw(st.booleans()),
                aggregation=aggregation,
                segment=None,
                start=start,
                end=None if length is None else start + length * DAY,
                cumulative=cumulative,
                bands=tuple(
                    Band(lower, Fraction(draw(st.integers(0, 9))) if fixed else Fraction(0), draw(cents) / 8)
                    for lower in lowers
                ),
                bills_as=bills_as,
                spans_plan=spans,
                minimum=draw(st.one_of(st.just(Fraction(0)), cents)) if is_debit else Fraction(0),
                minimum_in_advance=draw(st.sampled_from([None, True, False])),
            )
        )
    return replace(
        attachment,
        pricings=tuple(found),
        product=draw(st.sampled_from(["api", "store"])),
        minimum=draw(st.one_of(st.just(Fraction(0)), cents)),
        minimum_in_advance=draw(st.booleans()),
    )


@st.composite
def priced_histories(draw: st.DrawFn) -> History:
    """Histories with usage; what ended did so after what is approved, and no mode forbids rounding."""
    plain = draw(histories())
    attachments = tuple(draw(priced(each)) for each in plain.attachments)
    return replace(
        plain,
        attachments=attachments,
        ends={code: end for code, end in plain.ends.items() if end >= plain.approved_until},
        currencies={
            code: replace(rules, mode=rules.mode.replace("UNNECESSARY", "HALF_UP"))
            for code, rules in plain.currencies.items()
        },
        usage=Daily(draw(st.integers(0, 10**6))),
    )
