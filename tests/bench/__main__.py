"""python -m tests.bench: measure in a scratch database, print a table, write it down."""

import argparse
import sys
from pathlib import Path

from tests.bench.comparison import compare
from tests.bench.lists import compare_lists
from tests.bench.report import FOLDER, Report
from tests.bench.scratch import scratch_database


def main() -> int:
    options = _options()
    report = Report(options)
    with scratch_database():
        compare_lists(options, report)
    if not options.lists_only:
        with scratch_database():
            compare(options, report)
    report.print()
    print(f"Written to {report.write(options.results)}")
    return 0 if report.passed or options.no_bars else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000, metavar="N")
    parser.add_argument("--measurements", type=int, default=1_000_000, metavar="M", help="in one month")
    parser.add_argument("--rounds", type=int, default=5, help="how often billing and its baseline take turns")
    parser.add_argument("--sample", type=int, default=200, help="how many accounts the ORM loop bills a time")
    parser.add_argument("--list-accounts", type=int, default=1_000_000, metavar="N", help="that lists show")
    parser.add_argument(
        "--list-rounds", type=int, default=100, help="how often each page of a list is asked for"
    )
    parser.add_argument("--lists-only", action="store_true", help="measure lists, not ingestion and billing")
    parser.add_argument("--no-bars", action="store_true", help="exit with 0 also if a bar is missed")
    parser.add_argument("--results", type=Path, default=FOLDER, metavar="FOLDER", help="where the JSON goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
