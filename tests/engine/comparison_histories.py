"""Makes an account's bills one after the other, by the engine and by the oracle, and lists differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import ModuleType
from typing import Any

from tests.engine import oracle
from tests.engine.comparison import Engine, differing, id_of, line_differences, problem_differences
from tests.engine.histories import History
from tests.engine.oracle_standing import Ahead
from tests.engine.situations import Situation


@dataclass(frozen=True)
class Runs:
    """An engine's bills of an account; `due` knows what bills it has."""

    engine: Engine
    due: ModuleType

    def made(self, history: History, closed: Sequence[Any], billed: Sequence[Any]) -> Any:
        """All AD_HOC bills up to now, and the approved ones of other frequencies."""
        ad_hoc = self.engine.types.Frequency.AD_HOC
        dates = {
            (day, ad_hoc, interval, ""): False for interval, days in history.runs.items() for day in days
        }
        keys = dates | dict.fromkeys(closed, True)
        return self.due.made_of(keys, billed, consolidate=history.is_consolidated)

    def ahead(self, draft: Any, is_final: bool) -> list[Any]:
        """What a bill charges in advance and gives back."""
        return [
            self.engine.types.BilledAhead(
                line.attachment_id,
                line.type,
                line.pricing_id,
                line.start,
                line.end,
                line.subtotal,
                draft.bill_date,
                is_final,
            )
            for line in draft.lines
            if line.in_advance
        ]


@dataclass(frozen=True)
class Made:
    """A bill of the engine beside that of the oracle."""

    due: Any
    draft: Any
    expected: oracle.Bill

    @property
    def ahead(self) -> list[Ahead]:
        """What the oracle's bill charges ahead or gives back."""
        return [
            Ahead(
                line.item.attachment.code,
                self.due.bill_date,
                line.item.start,
                line.item.end,
                line.subtotal,
                line.item.type,
                line.item.source,
            )
            for line in self.expected.lines
            if line.item.is_ahead
        ]


def history_differences(runs: Runs, history: History) -> list[str]:
    """Everything in which the engine's bills are not the oracle's, in the first step that has any."""
    kept: list[Made] = []
    attachments = history.attachments
    for number, step in enumerate(history.steps):
        attachments = tuple(replace(each, end=step.ends.get(each.code, each.end)) for each in attachments)
        made = list(made_bills(runs, history, attachments, step.until, kept))
        differences = [f"step {number}: {each}" for each in made if isinstance(each, str)]
        if differences:
            return differences
        kept += [
            each for each in made if isinstance(each, Made) and each.due.bill_date <= step.approved_until
        ]
    return []


def made_bills(
    runs: Runs, history: History, attachments: Sequence[oracle.Attachment], until: date, kept: Sequence[Made]
) -> Iterator[Made | str]:
    """Every bill up to a date that is not kept, or the differences there are."""
    closed = [each.due.key for each in kept]
    billed = [line for each in kept for line in runs.ahead(each.draft, True)]
    known = [line for each in kept for line in each.ahead]
    due = [
        each
        for each in runs.engine.due_bills(attachments, until, made=runs.made(history, closed, billed))
        if each.key not in closed
    ]
    kinds = [(each.due.bill_date, *kind_of(each.due)) for each in kept]
    expected = oracle.due_bills(
        attachments,
        until,
        runs=history.runs,
        kept=known,
        is_consolidated=history.is_consolidated,
        closed=kinds,
    )
    wanted = {key: items for key, items in expected.items() if key not in kinds}
    found = [(each.bill_date, *kind_of(each)) for each in due]
    yield from differing("bills", found, list(wanted))
    if found != list(wanted):
        return
    for each, items in zip(due, wanted.values(), strict=True):
        told = sorted((item.attachment.code, item.period.start, item.period.end) for item in each.items)
        yield from differing(
            f"{each.key} items", told, sorted((item.code, *period) for item, *period in items)
        )
        windows = runs.engine.bill.windows_wanted(each)
        codes = {id_of("aggregation", code): code for code in measured_codes(items)}
        keys = [(codes[window.aggregation_id], window.start, window.end, None) for window in windows]
        usage = {key: history.usage.get(key) for key in keys}
        situation = Situation(tuple(items), usage, history.billed_in, history.currencies, history.rates)
        given = runs.engine.bill_input(situation, each, billed)
        draft = runs.engine.bill.compute_bill(given)
        bill = oracle.bill_of(
            items, history.usage, history.billed_in, history.currencies, history.rates, history.runs, known
        )
        made = Made(each, draft, bill)
        yield from (f"{each.key} {told}" for told in draft_differences(draft, bill))
        yield made
        billed += runs.ahead(draft, False)
        known += made.ahead


def measured_codes(items: Sequence[oracle.DueItem]) -> set[str]:
    """The codes of all aggregations that are priced, or stand in a calculation that is."""
    priced = [pricing.aggregation for item, *_ in items for pricing in item.pricings]
    inside = [each for one in priced if isinstance(one, oracle.Compound) for each in one.inputs]
    return {each.code for each in [*priced, *inside]}


def kind_of(due: Any) -> tuple[int, int]:
    if due.frequency is None:
        return -1, 1
    return oracle.FREQUENCIES.index(str(due.frequency)), due.interval


def draft_differences(draft: Any, expected: oracle.Bill) -> Iterator[str]:
    yield from differing("start", draft.start, expected.start)
    yield from differing("end", draft.end, expected.end)
    yield from line_differences(draft.lines, expected.lines)
    yield from problem_differences([problem.code for problem in draft.problems], expected.problems)
    for number, (line, wanted) in enumerate(zip(draft.lines, expected.lines, strict=False)):
        yield from differing(f"line {number} in advance", line.in_advance, wanted.item.is_ahead)
