"""The comparison with the oracle notices every fault that is planted in the engine."""

import pytest
from hypothesis import Phase, given, settings

from billing.engine import bill, types
from tests.engine.comparison import Engine, bill_differences
from tests.engine.faults import Fault, engine_with
from tests.engine.situations import Situation, situations

FAULTS = [
    # A limit counts to the band above it.
    Fault(
        "bands",
        "_entered",
        "units.count > _times(bands[index].lower_limit, units.per)",
        "units.count >= _times(bands[index].lower_limit, units.per)",
    ),
    # Every month ends on its 28th.
    Fault(
        "calendar", "_months_later", "min(anchor.day, monthrange(year, month + 1)[1])", "min(anchor.day, 28)"
    ),
    # Halves of a unit are dropped.
    Fault("units", "units_of", "halves >= per", "halves > per"),
    # A lost default value, a lost free line, a fixed price for what is given back.
    Fault("usage", "usage_charges", "measured.value is None", "False"),
    Fault("lines", "settle", "charge.type is not LineType.USAGE", "True"),
    # Proration that counts days outside the charge.
    Fault("calendar", "shares", "min(end, period.end)", "period.end"),
    Fault("calendar", "shares", "max(start, period.start)", "period.start"),
    # A template's price beside the plan's.
    Fault("usage", "remaining", "sorted(taken)", "[]"),
    # A price that outlives its end.
    Fault("usage", "remaining", "min(end, pricing.end)", "end"),
    # A foreign line taken at par.
    Fault("lines", "settle", "source.code == target.code", "True"),
    # Half up instead of the currency's own mode.
    Fault("money", "money", "mode", '"HALF_UP"'),
]


class DifferenceError(AssertionError):
    """The engine's bill is not the oracle's."""


def compare(engine: Engine) -> None:
    """DifferenceError at the first of a fixed row of random bills that differs."""

    @settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(situations())
    def agree(situation: Situation) -> None:
        differences = bill_differences(engine, situation)
        if differences:
            raise DifferenceError("\n".join(differences))

    agree()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_noticed(fault: Fault) -> None:
    with engine_with(fault) as spoilt, pytest.raises(DifferenceError):
        compare(spoilt)


def test_the_engine_is_whole_again_after_a_fault_was_planted() -> None:
    with engine_with(FAULTS[0]) as spoilt:
        assert spoilt.bill is not bill
    from billing.engine import bill as after

    assert after is bill
    assert Engine(types, after).bill.compute_bill is bill.compute_bill


def test_a_fault_that_no_longer_fits_the_source_is_reported() -> None:
    stale = Fault("bands", "_entered", "units.count > 1", "units.count > 2")
    with pytest.raises(ValueError, match=r"0 times in bands\._entered"), engine_with(stale):
        pass
