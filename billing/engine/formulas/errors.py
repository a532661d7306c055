"""What is wrong with a calculation, and where."""

from typing import NamedTuple


class Place(NamedTuple):
    """A character of the calculation; line and column count from 1."""

    line: int
    column: int


class FormulaError(ValueError):
    """A calculation that cannot be read, or has no answer: a sentence, and the place that it is about."""

    def __init__(self, message: str, place: Place) -> None:
        self.message = message
        self.place = place
        super().__init__(f"Line {place.line}, column {place.column}: {message}")


class Unanswerable(ArithmeticError):  # noqa: N818 (nothing erred: there is no such number)
    """An operation without an answer for its arguments; who knows the place makes a FormulaError of it."""
