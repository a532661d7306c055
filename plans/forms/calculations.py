"""A calculation in a form: what it may name, and what it comes to on a sample while one types."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django import forms

from billing.engine.formulas import Formula, FormulaError, Kind, Value
from billing.engine.formulas.grammar import MOST_CHARACTERS
from billing.engine.formulas.values import written
from m3console.core.exact import exact
from m3console.core.templatetags.console import spelled
from plans.calculations import TIMESTAMP, milliseconds

SAMPLE = "sample-"
SHOWN_WIDTH = 60
NAME = re.compile(r"[\w$]+(?:\.[\w$]+)*")
"""What may be a name in a calculation that cannot be read yet."""
HELP = (
    "+ - * / ^ %, parentheses, == != < > <= >=, AND, OR, a ? b : c, isnull(a, b), IN(x, …), Math.max, min,"
    " floor, ceil, round, pow, abs, PI."
)


def calculation_field() -> forms.CharField:
    attrs = {"rows": 3, "class": "mono", "spellcheck": "false", "autocapitalize": "off"}
    return forms.CharField(
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs),
        help_text=HELP,
        error_messages={"required": "Enter a calculation."},
    )


@dataclass(frozen=True, slots=True)
class Nameable:
    """Something that a calculation may name: its kind, what it is, and the value that it is tried with."""

    kind: Kind
    label: str
    sample: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A name in the calculation with the value that it is tried with, as typed."""

    name: str
    label: str
    typed: str
    numeric: bool
    problem: str = ""

    @property
    def field(self) -> str:
        return SAMPLE + self.name


class Trial:
    """A calculation as far as it is typed, on sample values; `typed` is what was posted of them.

    `check` refuses what the calculation may not name or come to. `problem` says what is wrong with it, and
    `pointer` shows where; without a problem `answer` is what the sample comes to. With `skips_null` that is
    nothing where something that it names is null.
    """

    def __init__(
        self,
        text: str,
        nameable: Mapping[str, Nameable],
        check: Callable[[str], Formula],
        typed: Mapping[str, str],
        *,
        skips_null: bool = False,
    ) -> None:
        self.text, self.samples = text, list[Sample]()
        self.problem = self.pointer = self.answer = ""
        self.is_null = False
        self.nameable = nameable
        if not text.strip():
            return
        try:
            formula = check(text)
        except FormulaError as error:
            self._fail(error)
            self._sample(tuple(dict.fromkeys(NAME.findall(text))), typed)
            return
        values = self._sample(formula.names, typed)
        if skips_null and None in values.values():
            self.is_null = True
        elif not any(sample.problem for sample in self.samples):
            self._try(formula, values)

    def _sample(self, names: tuple[str, ...], typed: Mapping[str, str]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name in names:
            if offered := self.nameable.get(name):
                text, problem = typed.get(SAMPLE + name, offered.sample), ""
                try:
                    values[name] = _read(name, text.strip(), offered.kind)
                except ValueError as error:
                    problem = str(error)
                numeric = offered.kind is Kind.NUMBER and name != TIMESTAMP
                self.samples.append(Sample(name, offered.label, text, numeric, problem))
        return values

    def _try(self, formula: Formula, values: Mapping[str, Value]) -> None:
        try:
            value = formula.value(values)
        except FormulaError as error:
            self._fail(error)
            return
        self.is_null = value is None
        if value is not None:
            self.answer = spelled(value) if isinstance(value, Decimal) else written(value)

    def _fail(self, error: FormulaError) -> None:
        self.problem = str(error)
        line, column = error.place
        of_line = self.text.split("\n")[line - 1].expandtabs(1).rstrip("\r")
        start = max(0, column - SHOWN_WIDTH // 2) if len(of_line) > SHOWN_WIDTH else 0
        self.pointer = f"{of_line[start : start + SHOWN_WIDTH]}\n{' ' * (column - 1 - start)}^"


def _read(name: str, text: str, kind: Kind) -> Value:
    """A sample's value; blank is null. Raises ValueError."""
    if not text:
        return None
    if name == TIMESTAMP:
        return _timestamp(text)
    if kind is Kind.NUMBER:
        return exact(text)
    return text


def _timestamp(text: str) -> Decimal:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"“{text[:40]}” is not a date and time. Write it like 2026-05-31T23:59:59Z."
        ) from None
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
