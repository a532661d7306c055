"""Bar charts as geometry: numbers in, coordinates out, for a template that draws them as SVG.

Lengths are in the units of the drawing, which is WIDTH wide and scaled by the page; y grows downwards.
Coordinates are decimals of one place; they are drawn, never billed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

WIDTH = 400
TOP, BASE, LABELS, LINE = Decimal(32), Decimal(138), 154, 15
WIDEST_BAR = Decimal(48)
CHARACTER, LARGE_CHARACTER = Decimal(7), Decimal(9)
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
INTERVALS = 3
MOST_CHARACTERS = 9
MINUS = "\N{MINUS SIGN}"
SCALES = ((12, "tn"), (9, "bn"), (6, "M"), (3, "k"))
BEYOND_NAMES, SMALLEST = 15, -4
LONGEST_YEAR, SHORTEST_YEAR = 366, 365
_EXACT = Context(prec=80)
_SHORT = Context(prec=3)
_PLACE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Value:
    """One bar to be: what stands below it, its value (None: there is none, which is not zero), in words."""

    label: str
    amount: Decimal | None
    words: str
    group: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart, and the number at its left."""

    y: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as drawn. Without a height there is a sign at `mid` in its place: 0, or a dash for no value.

    A `crowded` label is left out where letters are large beside the chart.
    """

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    mid: Decimal
    label: str
    group: str
    words: str
    sign: str
    draft: bool
    crowded: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A value written at its bar."""

    x: Decimal
    y: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """What the template draws: `left` is where the lines begin, `base` the line of zero."""

    height: int
    left: Decimal
    base: Decimal
    labels: int
    groups: int
    ticks: list[Tick]
    bars: list[Bar]
    notes: list[Note]
    width: int = WIDTH


def bar_chart(values: Sequence[Value], *, places: int = 0) -> BarChart:
    """Bars from zero, up or down, in the order given; the highest and the last one say their value.

    `places` are the decimals of money, for amounts that are written out.
    """
    amounts = [each.amount for each in values if each.amount is not None]
    steps = ticks(min([Decimal(0), *amounts]), max([Decimal(0), *amounts]))
    texts = tick_texts(steps, places)
    left = _at(max(len(text) for text in texts) * CHARACTER + 6)
    height_of = _scale(steps)
    zero = height_of(Decimal(0))
    bars = list(_bars(values, left, zero, height_of))
    grouped = any(bar.group for bar in bars)
    return BarChart(
        height=LABELS + 4 + (LINE if grouped else 0),
        left=left,
        base=zero,
        labels=LABELS,
        groups=LABELS + LINE,
        ticks=[Tick(height_of(step), text) for step, text in zip(steps, texts, strict=True)],
        bars=bars,
        notes=_notes(values, bars, left, places),
    )


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round numbers at equal distances, from at most `low` to at least `high`; low ≤ 0 ≤ high."""
    if low == high:
        return [Decimal(0)]
    rough = _EXACT.divide(high - low, Decimal(INTERVALS))
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(each * power for each in STEPS if each * power >= rough)
    first = _EXACT.divide(low, step).to_integral_value(ROUND_FLOOR)
    last = _EXACT.divide(high, step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def tick_texts(steps: Sequence[Decimal], places: int) -> list[str]:
    """The numbers at the lines, all with the same decimals: those of money if any has some."""
    largest = max(abs(step) for step in steps)
    decimals = max(-int(step.normalize().as_tuple().exponent) for step in steps if step) if largest else 0
    if largest.adjusted() >= 4 or (largest and largest.adjusted() < SMALLEST):
        return [short(step) for step in steps]
    decimals = max(decimals, places) if decimals > 0 else 0
    return [_spelled(step, decimals) for step in steps]


def short(amount: Decimal) -> str:
    """A number for the eye: three digits and a name of their thousands, as in 12.3k, 4bn, 1.5e18."""
    rounded = _SHORT.plus(abs(amount))
    sign, power = MINUS if amount < 0 else "", rounded.adjusted() if rounded else 0
    if power >= BEYOND_NAMES or power < SMALLEST:
        exponent = f"{MINUS}{-power}" if power < 0 else f"{power}"
        return f"{sign}{_plain(rounded.scaleb(-power))}e{exponent}"
    for scale, name in SCALES:
        if power >= scale and power >= 4:
            return f"{sign}{_plain(rounded.scaleb(-scale))}{name}"
    return sign + _plain(rounded)


def period_labels(periods: Sequence[tuple[date, date]]) -> list[tuple[str, str]]:
    """What to write below the bars of periods [start, end): the last month, day or year of each.

    Where months and days are told, their year stands below the first of its bars.
    """
    lasts = [end - timedelta(days=1) for _, end in periods]
    if all(SHORTEST_YEAR <= (end - start).days <= LONGEST_YEAR for start, end in periods):
        return [(str(last.year), "") for last in lasts]
    by_month = all(end.day == 1 for _, end in periods)
    found, year = [], 0
    for last in lasts:
        label = f"{last:%b}" if by_month else f"{last.day} {last:%b}"
        found.append((label, str(last.year) if last.year != year else ""))
        year = last.year
    return found


def _scale(steps: Sequence[Decimal]) -> Callable[[Decimal], Decimal]:
    """Where a value is drawn; below negative bars there is room to write their value."""
    bottom = BASE - 12 if steps[0] < 0 else BASE
    span = steps[-1] - steps[0]

    def height_of(amount: Decimal) -> Decimal:
        part = _EXACT.divide(steps[-1] - amount, span) if span else Decimal(1)
        return _at(TOP + part * (bottom - TOP))

    return height_of


def _bars(
    values: Sequence[Value], left: Decimal, zero: Decimal, height_of: Callable[[Decimal], Decimal]
) -> Iterator[Bar]:
    slot = _EXACT.divide(WIDTH - left, Decimal(max(len(values), 1)))
    width = _at(min(slot * Decimal("0.62"), WIDEST_BAR))
    longest = max((len(value.label) for value in values), default=0)
    for number, value in enumerate(values):
        every_other = bool((len(values) - 1 - number) % 2)
        mid = left + slot * number + slot / 2
        end = zero if value.amount is None else height_of(value.amount)
        # A value that is not zero is seen, however small it is beside the others.
        height = max(abs(end - zero), Decimal(1)) if value.amount else Decimal(0)
        yield Bar(
            x=_at(mid - width / 2),
            y=zero - height if value.amount and value.amount > 0 else zero,
            width=width,
            height=height,
            mid=_at(mid),
            label="" if every_other and longest * CHARACTER > slot else value.label,
            group=value.group,
            words=value.words,
            sign="" if value.amount else "0" if value.amount is not None else "–",
            draft=value.draft,
            crowded=every_other and longest * LARGE_CHARACTER > slot,
        )


def _notes(values: Sequence[Value], bars: Sequence[Bar], left: Decimal, places: int) -> list[Note]:
    """The highest value and the last one, unless they would run into each other."""
    told = [number for number, value in enumerate(values) if value.amount]
    if not told:
        return []
    peak = max(told, key=lambda number: (values[number].amount, number))
    notes: list[Note] = []
    for number in dict.fromkeys((peak, told[-1])):
        amount, bar = values[number].amount or Decimal(0), bars[number]
        text = _spelled(amount, max(places, _decimals(amount)))
        text = text if len(text) <= MOST_CHARACTERS else short(amount)
        half = len(text) * CHARACTER / 2
        x = min(max(bar.mid, left + half), WIDTH - half)
        if all(abs(x - note.x) > half + len(note.text) * CHARACTER / 2 + 4 for note in notes):
            y = bar.y - 5 if amount > 0 else bar.y + bar.height + 12
            notes.append(Note(_at(x), y, text))
    return notes


def _decimals(amount: Decimal) -> int:
    return max(-int(amount.normalize().as_tuple().exponent), 0)


def _spelled(amount: Decimal, decimals: int) -> str:
    return f"{MINUS if amount < 0 else ''}{abs(amount):,.{decimals}f}"


def _plain(amount: Decimal) -> str:
    return f"{amount:,.{_decimals(amount)}f}"


def _at(length: Decimal) -> Decimal:
    return length.quantize(_PLACE, context=_EXACT)
