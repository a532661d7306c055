"""All bills of random accounts are the oracle's: standing charges in arrears, in advance and given back;
usage, tiers that span the plan, counters, credits, minimum spends and their refunds."""

import pytest
from hypothesis import given, settings

from billing.engine import bill, due, types
from tests.engine.comparison import Engine
from tests.engine.comparison_histories import Runs, history_differences
from tests.engine.histories import History, histories
from tests.engine.priced_histories import priced_histories

RUNS = Runs(Engine(types, bill), due)


@settings(max_examples=40, derandomize=True, database=None)
@given(histories())
def test_every_bill_of_a_history_is_the_oracles(history: History) -> None:
    assert history_differences(RUNS, history) == []


@pytest.mark.long
@settings(max_examples=1000, database=None)
@given(histories())
def test_every_bill_of_a_history_is_the_oracles_at_length(history: History) -> None:
    assert history_differences(RUNS, history) == []


@settings(max_examples=30, derandomize=True, database=None)
@given(priced_histories())
def test_every_priced_bill_of_a_history_is_the_oracles(history: History) -> None:
    assert history_differences(RUNS, history) == []


@pytest.mark.long
@settings(max_examples=600, database=None)
@given(priced_histories())
def test_every_priced_bill_of_a_history_is_the_oracles_at_length(history: History) -> None:
    assert history_differences(RUNS, history) == []
