"""When prices hold: gaps between them, and the same as a drawing. Ends are exclusive; None is for ever."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from m3console.core.templatetags.console import day_text, period_text

WIDTH, BAR, ROW = 400, 22, 26
TOP = 16
LETTER = 6
WIDE_LETTER = 8
"""On phones letters are larger, beside the rest of the drawing."""
Days = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Period:
    """One price's days, what it says in the drawing, and whether it is the one being edited."""

    start: date
    end: date | None
    label: str
    row: int = 0
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A bar or a gap in the drawing; its label is empty where it has no room."""

    x: int
    y: int
    width: int
    label: str
    label_x: int
    label_y: int
    anchor: str = "start"
    is_gap: bool = False
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the template draws."""

    boxes: list[Box]
    marks: list[tuple[int, str]]
    height: int
    marks_at: int
    base: int
    title: str


def gaps(periods: Iterable[Days]) -> list[tuple[date, date]]:
    """The days between periods that none of them covers, [from, until), earliest first."""
    found: list[tuple[date, date]] = []
    covered: date | None = None
    for index, (start, end) in enumerate(sorted(periods, key=lambda each: each[0])):
        if index and covered is not None and start > covered:
            found.append((covered, start))
        if end is None:
            break
        covered = end if covered is None else max(covered, end)
    return found


def timeline(periods: Sequence[Period]) -> Timeline:
    """The periods as bars in a row each kind, with the gaps between them."""
    first, last = _window(periods)
    span = (last - first).days

    def x(day: date) -> int:
        return WIDTH * (min(max(day, first), last) - first).days // span

    rows = max(period.row for period in periods) + 1
    base = TOP + rows * ROW + 2
    missing = gaps((period.start, period.end) for period in periods)
    boxes = [_bar(period, x(period.start), x(period.end or last)) for period in periods]
    boxes += [_gap(start, end, x(start), x(end)) for start, end in missing]
    return Timeline(
        boxes=boxes,
        marks=[(x(day), day_text(day)) for day in _marks(periods, x)],
        height=base + 18,
        marks_at=base + 14,
        base=base,
        title=_title(periods, missing),
    )


def _window(periods: Sequence[Period]) -> tuple[date, date]:
    """From the first start to some time after the last day that is named."""
    first = min(period.start for period in periods)
    named = [period.start for period in periods] + [period.end for period in periods if period.end]
    last = max(named)
    open_end = any(period.end is None for period in periods)
    room = max((last - first).days // 4, 31) if open_end else 0
    return first, min(last, date.max - timedelta(days=room + 1)) + timedelta(days=room)


def _bar(period: Period, left: int, right: int) -> Box:
    width, y = max(right - left - 1, 2), TOP + period.row * ROW
    label = period.label if len(period.label) * LETTER + 12 < width else ""
    return Box(left, y, width, label, left + 8, y + 15, is_this=period.is_this)


def _gap(start: date, end: date, left: int, right: int) -> Box:
    days = (end - start).days
    label = f"no price, {days:,} day{'s' if days > 1 else ''}"
    at_end = left + WIDE_LETTER * len(label) > WIDTH
    x, anchor = (max(right, left + 3), "end") if at_end else (left, "start")
    return Box(left, TOP, max(right - left, 3), label, x, TOP - 4, anchor, is_gap=True)


def _marks(periods: Sequence[Period], x: Callable[[date], int]) -> list[date]:
    """The starts that have room for their date below the bars."""
    marks: list[date] = []
    for day in sorted({period.start for period in periods}):
        if x(day) <= WIDTH - 70 and (not marks or x(day) - x(marks[-1]) > 80):
            marks.append(day)
    return marks


def _title(periods: Sequence[Period], missing: Sequence[tuple[date, date]]) -> str:
    parts = [
        f"{'This price' if period.is_this else period.label}: {period_text(period.start, period.end)}"
        for period in sorted(periods, key=lambda each: each.start)
    ]
    parts += [f"no price: {period_text(start, end)}" for start, end in missing]
    return f"{'; '.join(parts)}."
