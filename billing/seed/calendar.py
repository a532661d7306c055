"""The months that are made up: six whole ones, and what has passed of the running one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `start` until before `today`, the day that the data was first made up on."""

    today: date

    @property
    def start(self) -> date:
        return months_later(self.today, -MONTHS)

    @property
    def price_change(self) -> date:
        """A day in the middle of a month in the middle of the span."""
        return months_later(self.today, -MONTHS // 2) + timedelta(days=15)

    def months(self) -> Iterator[tuple[date, date]]:
        """First day and end of each month, the last one ending today; it may have no days yet."""
        for number in range(-MONTHS, 0):
            yield months_later(self.today, number), months_later(self.today, number + 1)
        yield months_later(self.today, 0), self.today

    def bill_dates(self) -> list[date]:
        """The days after each whole month."""
        return [end for _, end in self.months()][:-1]


def months_later(day: date, number: int) -> date:
    """The first day of the month so many months after a day's."""
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
