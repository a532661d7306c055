"""The comparison of histories notices every fault planted in the engine's charges, credits and counters."""

import importlib

import pytest
from hypothesis import Phase, given, settings

from tests.engine.comparison_histories import Runs, history_differences
from tests.engine.engine_terms import Engine
from tests.engine.faults import PACKAGE, Fault, engine_with
from tests.engine.histories import History
from tests.engine.priced_histories import priced_histories

FAULTS = [
    # An anchor after the start that makes no stub; days ahead beyond the end; AD_HOC days billed again.
    Fault("due", "starts_on_boundary", "attachment.anchor <= start", "True"),
    Fault("due", "_ahead", "min(following, end)", "following"),
    Fault("due", "_ad_hoc", "earlier[-1] if earlier else attachment.start", "attachment.start"),
    Fault("due", "key", "self.forms.get(bill_date, self.consolidate)", "False"),
    # Interval and offset that are not counted, or from another period.
    Fault("charges", "_due", "turn >= 0", "True"),
    Fault("charges", "_due", "turn % attachment.standing_charge_interval == 0", "True"),
    Fault("charges", "_turns", "_due(attachment, number + 1)", "_due(attachment, number)"),
    # Used days given back; days given back on a bill too late.
    Fault("advance", "_outstanding", "max(charged.start, ended(charged))", "charged.start"),
    Fault(
        "advance",
        "give_back_dates",
        "schedule.number_at(charged.bill_date) + 1",
        "schedule.number_at(charged.bill_date) + 2",
    ),
    # Minimums that count other periods, are refunded beyond what was charged, never, or by the plan's flag.
    Fault("minimums", "counted", "part.start <= line.start < part.end", "True"),
    Fault("minimums", "_refund", "min(ahead, towards.total)", "ahead"),
    Fault("minimums", "settled_minimums", "ahead > 0", "False"),
    Fault(
        "minimums",
        "_minimum",
        "attachment.minimum_spend_in_advance if flag is None else flag",
        "attachment.minimum_spend_in_advance",
    ),
    # Credits beyond the lines there are, or on another product's.
    Fault("credits", "capped", "Fraction(wanted) * credit.factor > Fraction(left)", "False"),
    Fault("credits", "capped", "None if is_global(credit) else attachment.product.id", "None"),
    # A fixed price due in every period.
    Fault("spanning", "_is_due", "highest is None or (index > 0 and highest <= limit)", "True"),
    # Level 0 that costs; a first day's change in the level it began with; a debit's flag for credits.
    Fault(
        "counters",
        "price_of",
        "price_units(Units(units), pricing.bands, pricing.cumulative) if units else NOTHING",
        "price_units(Units(units), pricing.bands, pricing.cumulative)",
    ),
    Fault("counters", "_latest", "each.day < day", "each.day <= day"),
    Fault(
        "counters",
        "_adjustment",
        "pricing.prorate_debit if debit else pricing.prorate_credit",
        "pricing.prorate_debit",
    ),
    # A price that starts inside and is never caught up; a template's beside the plan's; a whole given back.
    Fault("counters", "_turns", "started.start > item.period.start or item.stub", "item.stub"),
    Fault("counters", "spans", "() if pricing.on_plan else replaced.get(pricing.counter.id, ())", "()"),
    Fault(
        "counters", "_given_back", "pricing is None or not pricing.prorate_running_total", "pricing is None"
    ),
]


class DifferenceError(AssertionError):
    """A bill of the engine is not the oracle's."""


def compare(runs: Runs, examples: int) -> None:
    """DifferenceError at the first of a fixed row of random histories that differs."""

    @settings(max_examples=examples, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(priced_histories())
    def agree(history: History) -> None:
        differences = history_differences(runs, history)
        if differences:
            raise DifferenceError("\n".join(differences))

    agree()


def runs_of(engine: Engine) -> Runs:
    return Runs(engine, importlib.import_module(f"{PACKAGE}.due"))


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_noticed(fault: Fault) -> None:
    with engine_with(fault) as spoilt, pytest.raises(DifferenceError):
        compare(runs_of(spoilt), 600)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.function == "_refund"], ids=str)
def test_a_wrong_refund_is_noticed_soon(fault: Fault) -> None:
    with engine_with(fault) as spoilt, pytest.raises(DifferenceError):
        compare(runs_of(spoilt), 100)
