"""Random attachments, prices and usage in the oracle's terms, drawn to where mistakes live: edges, ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.oracle_days import DAY
from tests.engine.oracle_prices import Band

MODES = ("UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY")
FIRST_DAY = date(2023, 6, 1)
MONTH_ENDS = [date(2022, 1, 31), date(2024, 2, 29), date(2023, 11, 30), date(2022, 12, 31), date(2023, 1, 29)]
SEGMENTED = (
    (("region", "eu"), ("size", "*")),
    (("region", "*"), ("size", "big")),
    (),
    (("region", "eu"), ("size", "big")),
)

INTERVALS = {
    "DAILY": [1, 1, 3, 10, 45],
    "WEEKLY": [1, 1, 2, 4, 13],
    "MONTHLY": [1, 1, 1, 1, 2, 3, 5, 12],
    "ANNUALLY": [1, 1, 2, 3],
}
HORIZON = {"DAILY": 150, "WEEKLY": 250, "MONTHLY": 1100, "ANNUALLY": 4000}

cents = st.integers(0, 20_000).map(lambda number: Fraction(number, 100))
prices = st.one_of(
    cents,
    st.just(Fraction(0)),
    st.integers(1, 10**6).map(lambda number: Fraction(number, 10**12)),
    st.integers(1, 4000).map(lambda number: Fraction(number, 8)),
)
fixed_prices = st.one_of(st.just(Fraction(0)), cents)
days = st.integers(0, 500).map(lambda number: FIRST_DAY + number * DAY)
per_units = st.sampled_from([Fraction(n) for n in (1, 1, 1, 3, 7, 100)] + [Fraction(1, 8), Fraction(1, 1000)])


@dataclass(frozen=True)
class Situation:
    """One bill of one account; `usage` holds a value, or None, for everything that may be measured."""

    items: tuple[oracle.DueItem, ...]
    usage: dict[oracle.UsageKey, Fraction | None]
    billed_in: str
    currencies: dict[str, oracle.Currency]
    rates: dict[tuple[str, str], Fraction]


@st.composite
def band_lists(draw: st.DrawFn) -> tuple[Band, ...]:
    """Up to five, from 0 upwards; limits are multiples of 1/8, now and then huge."""
    gaps = draw(
        st.lists(
            st.one_of(
                st.integers(1, 64).map(lambda number: Fraction(number, 8)),
                st.sampled_from([Fraction(1), Fraction(10), Fraction(500), Fraction(10**12)]),
            ),
            max_size=4,
        )
    )
    has_fixed = draw(st.booleans())
    lowers = [sum(gaps[:number], Fraction(0)) for number in range(len(gaps) + 1)]
    return tuple(
        Band(lower, draw(fixed_prices) if has_fixed else Fraction(0), draw(prices)) for lower in lowers
    )


@st.composite
def quantities(draw: st.DrawFn, pricing: oracle.Pricing) -> Fraction | None:
    """Mostly at the edge of a band, or a little beside it; sometimes nothing, zero, huge, negative."""
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return None
    if kind == 1:
        return Fraction(draw(st.integers(-800, -1)), 8)
    if kind == 2:
        return Fraction(draw(st.integers(10**14, 10**16)), 8)
    if kind <= 5:
        return Fraction(draw(st.integers(0, 20_000)), 8)
    beside = [Fraction(n, 8) for n in (0, 0, 1, -1, 4, -4, 8, -8)]
    edge = draw(st.sampled_from(pricing.bands)).lower + draw(st.sampled_from(beside))
    return edge * pricing.aggregation.per_unit


@st.composite
def aggregations(draw: st.DrawFn, code: str) -> oracle.Aggregation:
    segments = draw(st.one_of(st.just(()), st.permutations(SEGMENTED).map(lambda all_of: tuple(all_of[:3]))))
    return oracle.Aggregation(
        code=code,
        per_unit=draw(per_units),
        rounding=draw(st.sampled_from(["NONE", "UP", "DOWN", "NEAREST"])),
        default=draw(st.sampled_from([None, None, Fraction(0), Fraction(5, 2)])),
        segments=segments,
    )


@st.composite
def price_lists(
    draw: st.DrawFn, attachment: str, aggregation: oracle.Aggregation, around: date
) -> list[oracle.Pricing]:
    """Prices of a plan and of its template that follow each other, with and without gaps."""
    found = []
    for number, segment in enumerate(aggregation.segments or (None,)):
        for on_plan in draw(st.sampled_from([(True,), (False,), (True, False), (True, False), ()])):
            cuts = sorted(draw(st.sets(st.integers(-40, 90), min_size=1, max_size=3)))
            bands, ends = draw(band_lists()), [*cuts[1:], None]
            for start, end in zip(cuts, ends, strict=True):
                if end is not None and end - start > 2 and draw(st.booleans()):
                    end -= 1
                elif end is None and draw(st.booleans()):
                    end = start + draw(st.integers(1, 60))
                level = "plan" if on_plan else "template"
                found.append(
                    oracle.Pricing(
                        code=f"{attachment}-{aggregation.code}-{number}-{level}-{start}",
                        on_plan=on_plan,
                        aggregation=aggregation,
                        segment=segment,
                        start=around + start * DAY,
                        end=None if end is None else around + end * DAY,
                        cumulative=draw(st.booleans()),
                        bands=bands if draw(st.booleans()) else draw(band_lists()),
                        description=draw(st.sampled_from(["", "", "Storage of a month"])),
                    )
                )
    return found


@st.composite
def schedules(draw: st.DrawFn, code: str = "a") -> oracle.Attachment:
    """An attachment's days and standing charge, without prices."""
    start = draw(days)
    frequency = draw(st.sampled_from(["MONTHLY", "MONTHLY", "MONTHLY", "WEEKLY", "DAILY", "ANNUALLY"]))
    anchors = st.one_of(
        st.sampled_from(MONTH_ENDS),
        st.integers(-800, 60).map(lambda number: start + number * DAY),
        st.just(start),
    )
    has_steps = draw(st.integers(0, 2)) == 0
    return oracle.Attachment(
        code=code,
        start=start,
        end=draw(st.one_of(st.none(), st.integers(1, 200).map(lambda number: start + number * DAY))),
        anchor=draw(anchors),
        frequency=frequency,
        interval=draw(st.sampled_from(INTERVALS[frequency])),
        currency=draw(st.sampled_from(["USD", "USD", "EUR", "Usd"])),
        standing=draw(prices),
        description=draw(st.sampled_from(["", "Basic fee"])),
        standing_interval=draw(st.integers(1, 4)) if has_steps else 1,
        standing_offset=draw(st.integers(0, 3)) if has_steps else 0,
        in_advance=draw(st.booleans()),
    )


@st.composite
def money_rules(draw: st.DrawFn) -> oracle.Currency:
    mode = draw(st.sampled_from([*MODES[:7], *MODES[:7], MODES[7]]))
    return oracle.Currency(draw(st.integers(0, 5)), mode)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """One bill of up to three attachments that meet on a date, with usage for all that is measured."""
    first = draw(schedules())
    periods = oracle.bill_periods(
        first, max(first.start, first.anchor) + timedelta(days=HORIZON[first.frequency])
    )
    _, bill_date = draw(st.sampled_from(periods[:4]))
    priced = [draw(aggregations(code)) for code in ("gb", "calls")]
    chosen = []
    for code in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        schedule = first
        if code != "a":
            # On the same boundaries, so that they share the bill.
            start = bill_date - draw(st.integers(1, 40)) * DAY
            drawn = draw(schedules(code))
            end = draw(st.sampled_from([None, start + 5 * DAY, bill_date - DAY, bill_date + DAY]))
            end = None if end is None or end <= start else end
            boundaries = {"anchor": first.anchor, "frequency": first.frequency, "interval": first.interval}
            schedule = replace(drawn, start=start, end=end, **boundaries)
        lists = [
            draw(price_lists(code, aggregation, bill_date - 40 * DAY))
            for aggregation in priced
            if draw(st.booleans())
        ]
        chosen.append(replace(schedule, pricings=tuple(pricing for each in lists for pricing in each)))
    held = oracle.due_bills(chosen, bill_date)
    items = next(found for key, found in held.items() if key[0] == bill_date)
    measured = [part for item in items for part in oracle.parts(*item)]
    usage = {oracle.usage_key(part): draw(quantities(part[0])) for part in measured}
    rates = {pair: draw(prices) for pair in (("EUR", "USD"), ("Usd", "USD")) if draw(st.integers(0, 5))}
    return Situation(
        items=tuple(items),
        usage=usage,
        billed_in="USD",
        currencies={code: draw(money_rules()) for code in ("USD", "EUR", "Usd")},
        rates={pair: rate for pair, rate in rates.items() if rate},
    )
