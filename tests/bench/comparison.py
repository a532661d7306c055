"""What is compared with what, in which order."""

import sys
from argparse import Namespace
from statistics import median

from tests.bench.baseline import Baseline
from tests.bench.billing_run import Ran, forget_bills, run_billing
from tests.bench.ingestion import load
from tests.bench.orm_loop import bill_sample
from tests.bench.report import Comparison, Report, Round
from tests.bench.shop import make_shop

AGGREGATION_AND_COPY, ORM_LOOP = 3, 20
"""The bars: at most so many times the one, at least so many times faster than the other."""


def compare(options: Namespace, report: Report) -> None:
    _say(f"Making {options.accounts:,} accounts …")
    shop = make_shop(options.accounts)
    _say(f"Ingesting {options.measurements:,} measurements …")
    loads = load(shop, options.accounts, options.measurements)
    report.comparisons.append(Comparison("ingestion beside bare COPY, a part", loads))
    per_second = options.measurements / sum(each.ours for each in loads)
    report.facts["ingestion"] = f"{per_second:,.0f} measurements a second"
    _compare_billing(shop, options, report)


def _compare_billing(shop, options: Namespace, report: Report) -> None:
    _say("Billing once, for the rows that COPY will write …")
    baseline, sample = Baseline(shop), min(options.sample, options.accounts)
    _check(run_billing(shop.organization.slug), options)
    report.facts["baseline"] = baseline.choose()
    copies, loops, runs = [], [], []
    for number in range(1, options.rounds + 1):
        copy, ran = _beside_copy(shop, baseline, options)
        loop = bill_sample(shop, sample) * options.accounts
        copies.append(copy)
        loops.append(Round(loop, ran.seconds))
        runs.append(ran)
        _say(
            f"Round {number}: aggregation and COPY {copy.baseline:.2f} s, billing {ran.seconds:.2f} s,"
            f" ORM loop {loop:.0f} s"
        )
    title = "billing beside one aggregation and COPY"
    report.comparisons.append(Comparison(title, copies, AGGREGATION_AND_COPY))
    title = f"billing beside an ORM loop, scaled from {sample:,} accounts"
    report.comparisons.append(Comparison(title, loops, ORM_LOOP, faster=True))
    _tell_stages(runs, report)


def _beside_copy(shop, baseline: Baseline, options: Namespace) -> tuple[Round, Ran]:
    """A run, and the mean of the baseline right before and right after it."""
    before = baseline.run()
    ran = run_billing(shop.organization.slug)
    _check(ran, options)
    forget_bills()
    after = baseline.run()
    return Round((before + after) / 2, ran.seconds), ran


def _check(ran: Ran, options: Namespace) -> None:
    assert ran.billed == options.accounts, ran


def _tell_stages(runs: list[Ran], report: Report) -> None:
    """The stages of the run in the middle, and the largest memory of all."""
    usual = sorted(runs, key=lambda ran: ran.seconds)[len(runs) // 2]
    stages = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in usual.stages.items())
    report.facts["stages"] = f"{stages} (summed over {usual.processes} processes)"
    report.facts["peak memory"] = f"{max(ran.memory for ran in runs)} MB in all of them"
    report.facts["written"] = f"{usual.billed:,} bills, {usual.lines:,} lines in {usual.seconds:.2f} s"
    report.facts["bills a second"] = round(usual.billed / median(ran.seconds for ran in runs))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
