"""Random accounts with usage, counters, credits and minimums on the histories of their attachments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.histories import Daily, History, histories
from tests.engine.oracle_days import DAY
from tests.engine.oracle_prices import Band
from tests.engine.situations import cents

Level = tuple[str, date, Fraction]


trees = st.recursive(
    st.one_of(
        st.sampled_from(["cpu", "disk"]).map(lambda code: ("of", code)),
        st.integers(0, 12).map(lambda number: ("number", number)),
    ),
    lambda parts: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "isnull"]), parts, parts),
        st.tuples(st.just("/"), parts, st.integers(1, 9).map(lambda number: ("number", number))),
    ),
    max_leaves=5,
)


@st.composite
def compounds(draw: st.DrawFn, like: oracle.Aggregation) -> oracle.Compound:
    """A calculation over two aggregations, whose own quantity per unit and rounding do not matter."""
    defaults = st.sampled_from([None, None, Fraction(2)])
    tree = draw(trees.filter(lambda tree: "of" in str(tree)))
    named = [code for code in ("cpu", "disk") if code in str(tree)]
    return oracle.Compound(
        f"compound-{like.code}",
        like.per_unit,
        like.rounding,
        None,
        inputs=tuple(oracle.Aggregation(code, Fraction(100), "UP", draw(defaults)) for code in named),
        tree=tree,
        evaluates_null=draw(st.booleans()),
    )


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
        if is_debit and not spans and draw(st.integers(0, 3)) == 0:
            aggregation = draw(compounds(aggregation))
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
def level_lists(draw: st.DrawFn, start: date) -> tuple[Level, ...]:
    """What two counters stand at, from before the start on; often changed on the edges of months."""
    apart = st.sampled_from([-20, -1, 0, 1, 5, 14, 15, 28, 30, 31, 40, 60, 61, 90, 120])
    days = draw(st.sets(st.tuples(st.sampled_from(["seats", "users"]), apart), min_size=1, max_size=6))
    values = st.integers(0, 40).map(Fraction)
    return tuple((counter, start + day * DAY, draw(values)) for counter, day in sorted(days))


@st.composite
def counted(draw: st.DrawFn, attachment: oracle.Attachment, levels: tuple[Level, ...]) -> oracle.Attachment:
    """The attachment with prices of counters: of its plan, its template, or one within the other."""
    found = []
    for counter in ("seats", "users"):
        for on_plan in draw(st.sampled_from([(), (True,), (False,), (True, False)])):
            start = attachment.start + draw(st.sampled_from([-400, -400, -400, 0, 10, 31])) * DAY
            length = draw(st.sampled_from([None, None, 15, 60, 430]))
            lowers = [Fraction(0), Fraction(draw(st.integers(1, 30)))][: draw(st.integers(1, 2))]
            has_fixed = draw(st.booleans())
            found.append(
                oracle.CounterPricing(
                    code=f"{attachment.code}-{counter}-{on_plan}",
                    on_plan=on_plan,
                    counter=counter,
                    start=start,
                    end=None if length is None else start + length * DAY,
                    cumulative=draw(st.booleans()),
                    bands=tuple(
                        Band(lower, Fraction(draw(st.integers(0, 9)) if has_fixed else 0), draw(cents) / 8)
                        for lower in lowers
                    ),
                    in_advance=draw(st.booleans()),
                    prorate_total=draw(st.integers(0, 3)) > 0,
                    prorate_debit=draw(st.integers(0, 3)) > 0,
                    prorate_credit=draw(st.integers(0, 3)) > 0,
                )
            )
    priced_counters = {pricing.counter for pricing in found}
    known = tuple(level for level in levels if level[0] in priced_counters)
    return replace(attachment, counters=tuple(found), levels=known)


@st.composite
def priced_histories(draw: st.DrawFn) -> History:
    """Histories with usage; what ended did so after what is approved, and no mode forbids rounding."""
    plain = draw(histories())
    attachments = tuple(draw(priced(each)) for each in plain.attachments)
    if draw(st.booleans()):
        levels = draw(level_lists(plain.attachments[0].start))
        attachments = tuple(draw(counted(each, levels)) for each in attachments)
    return replace(
        plain,
        attachments=attachments,
        steps=plain.only_ends_after_what_is_approved(),
        currencies={
            code: replace(rules, mode=rules.mode.replace("UNNECESSARY", "HALF_UP"))
            for code, rules in plain.currencies.items()
        },
        usage=Daily(draw(st.integers(0, 10**6))),
    )
