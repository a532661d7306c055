"""The price curve as a drawing: coordinates, ticks and a table, in exact numbers and without a database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from billing.engine.curves import Cliff, Point, cliffs, cost, curve
from billing.engine.types import Band
from m3console.core.templatetags.console import spelled

WIDTH, HEIGHT = 400, 182
TOP, BOTTOM, RIGHT = 18, 150, 390
LETTER = 7
DRAWN_CLIFFS, NAMED_CLIFFS, TABLE_ROWS = 20, 2, 40
LONGEST_LABEL = 9
STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
AT_FIRST = Decimal(10)
ZERO, ONE = Decimal(0), Decimal(1)
Spell = Callable[[Decimal], str]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid and its label."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A cliff in the drawing: from the circle below it to the one above; labels may be empty."""

    x: str
    y: str
    to_x: str
    to_y: str
    label: str
    to_label: str
    label_x: str
    label_y: str
    label_anchor: str
    to_label_y: str
    to_label_anchor: str


@dataclass(frozen=True, slots=True)
class PriceChart:
    """What the template draws, and the same as a table of units and what they cost."""

    left: str
    labels_end: str
    path: str
    amounts: list[Tick]
    units: list[Tick]
    drops: list[Drop]
    table: list[tuple[str, str]]
    title: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """From units and amounts to places in the drawing."""

    left: Decimal
    until: Decimal
    most: Decimal

    def x(self, units: Decimal) -> str:
        return f"{self.left + (RIGHT - self.left) * units / self.until:.1f}"

    def y(self, amount: Decimal) -> str:
        return f"{BOTTOM - (BOTTOM - TOP) * amount / self.most:.1f}"


def price_chart(
    bands: Sequence[Band], cumulative: bool, *, whole: bool, unit: str, currency: str, spell: Spell
) -> PriceChart:
    """Draw what 0 to twice the last limit of units cost; `spell` writes an amount as bills do."""
    until = _until(bands)
    stretches = curve(bands, cumulative, until)
    falls = cliffs(bands, cumulative, whole=whole)
    top = max(point.amount for stretch in stretches for point in stretch) or ONE
    amounts = _ticks(top, 4)
    labels = [_short(amount) for amount in amounts]
    left = Decimal(max(38, LETTER * max(map(len, labels)) + 8))
    scale = _Scale(left, until, max(top, amounts[-1]))
    drawn = [_from_the_next_unit(stretch, bands, cumulative, whole) for stretch in stretches]
    return PriceChart(
        left=f"{left:.1f}",
        labels_end=f"{left - 5:.1f}",
        path="".join(f"M{_at(scale, start)}L{_at(scale, end)}" for start, end in drawn),
        amounts=[Tick(scale.y(amount), label) for amount, label in zip(amounts, labels, strict=True)],
        units=[Tick(scale.x(units), _short(units)) for units in _ticks(until, 6)],
        drops=[_drop(scale, fall, spell, n) for n, fall in enumerate(falls[:DRAWN_CLIFFS])],
        table=[
            (spelled(units), spell(cost(units, bands, cumulative))) for units in _rows(bands, until, falls)
        ],
        title=_title(until, unit or "units", currency, falls, spell, stretches[-1][1]),
    )


def _until(bands: Sequence[Band]) -> Decimal:
    """Twice the last limit, or some units where there is one band only."""
    last = bands[-1].lower_limit
    return 2 * last if last else AT_FIRST


def _from_the_next_unit(
    stretch: tuple[Point, Point], bands: Sequence[Band], cumulative: bool, whole: bool
) -> tuple[Point, Point]:
    """Whole units have no price between the limit and the next one: the line begins at that one."""
    start, end = stretch
    following = start.units.to_integral_value(ROUND_FLOOR) + ONE
    if not whole or not start.units or following >= end.units:
        return stretch
    return Point(following, cost(following, bands, cumulative)), end


def _at(scale: _Scale, point: Point) -> str:
    return f"{scale.x(point.units)} {scale.y(point.amount)}"


def _ticks(most: Decimal, count: int) -> list[Decimal]:
    """Round numbers from 0 up to `most`, about so many."""
    rough = most / count
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(each * power for each in STEPS if each * power >= rough)
    ticks = [ZERO]
    while ticks[-1] + step <= most:
        ticks.append(ticks[-1] + step)
    return ticks


def _short(number: Decimal) -> str:
    text = spelled(number)
    return text if len(text) <= LONGEST_LABEL else f"{number.normalize():.2E}"


def _drop(scale: _Scale, cliff: Cliff, spell: Spell, number: int) -> Drop:
    below, above = cliff.below, cliff.above
    x, y, to_y = scale.x(below.units), scale.y(below.amount), scale.y(above.amount)
    named = number < NAMED_CLIFFS
    on_the_left = Decimal(x) < scale.left + 90
    return Drop(
        x=x,
        y=y,
        to_x=scale.x(above.units),
        to_y=to_y,
        label=f"{spelled(below.units)}: {spell(below.amount)}" if named else "",
        to_label=f"{spelled(above.units)}: {spell(above.amount)}" if named else "",
        label_x=f"{Decimal(x) + (8 if on_the_left else -9):.1f}",
        label_y=f"{Decimal(y) + 4:.1f}",
        label_anchor="start" if on_the_left else "end",
        to_label_y=f"{min(Decimal(to_y) + 19, Decimal(BOTTOM - 4)):.1f}",
        to_label_anchor="end" if Decimal(scale.x(above.units)) > RIGHT - 70 else "start",
    )


def _rows(bands: Sequence[Band], until: Decimal, falls: Iterable[Cliff]) -> list[Decimal]:
    """The units of the table: limits, what stands at both sides of cliffs, and round numbers between."""
    wanted = {band.lower_limit for band in bands} | {until}
    wanted |= {point.units for cliff in falls for point in (cliff.below, cliff.above)}
    if len(wanted) < TABLE_ROWS / 2:
        wanted |= set(_ticks(until, 6))
    return sorted(wanted)[:TABLE_ROWS]


def _title(until: Decimal, unit: str, currency: str, falls: Sequence[Cliff], spell: Spell, end: Point) -> str:
    words = [f"What 0 to {spelled(until)} {unit} cost."]
    for cliff in falls[:NAMED_CLIFFS]:
        words.append(
            f"At {spelled(cliff.below.units)} it is {spell(cliff.below.amount)} {currency}, and falls to"
            f" {spell(cliff.above.amount)} {currency}."
        )
    words.append(f"{spelled(end.units)} cost {spell(end.amount)} {currency}.")
    return " ".join(words)
