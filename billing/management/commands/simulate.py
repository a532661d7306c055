"""manage.py simulate: play scenario files and compare them with what they expect."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from billing.scenario.playing import check, play
from billing.scenario.reading import Unreadable, read_scenario
from m3console.core.commands import DONE, UNUSABLE, WITH_FAILURES, ConsoleCommand


class Command(ConsoleCommand):
    help = "Play scenario files in organizations of their own; nothing is kept."
    example = "tests/cases --check"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="FILE-or-DIR", help="a scenario, or a folder of them")
        parser.add_argument("--check", action="store_true", help="compare with `expect`; 1 if any differs")
        parser.add_argument("--format", choices=("json", "table"), default="table")

    def act(self, **options: Any) -> int:
        outcomes, wrong = [], 0
        files = _files(options["paths"])
        for path in files:
            problems: list[str] = []
            try:
                scenario = read_scenario(path)
                outcome = play(scenario)
                outcomes.append(outcome)
                problems = check(scenario, outcome) if options["check"] else []
            except Unreadable as problem:
                problems = [str(problem)]
            wrong += bool(problems)
            for sentence in problems:
                self.stderr.write(f"{path}: {sentence}")
            if options["format"] == "table" and not problems:
                self._show(outcomes[-1], checked=options["check"])
        if options["format"] == "json":
            self.stdout.write(json.dumps(outcomes, indent=2, ensure_ascii=False))
        if options["check"]:
            self.stderr.write(f"{len(files) - wrong} of {len(files)} scenarios as expected.")
        return WITH_FAILURES if wrong else DONE

    def _show(self, outcome: dict[str, Any], *, checked: bool) -> None:
        self.stdout.write(f"{outcome['name']}{': as expected' if checked else ''}")
        for bill in outcome["bills"]:
            period = f"{bill['startDate']} to {bill['endDate']}"
            self.stdout.write(
                f"  {bill['account']:20} {bill['billDate']}  {period}  {bill['total']:>14} {bill['currency']}"
            )
            for line in bill["lines"]:
                self.stdout.write(
                    f"    {line['type']:18} {line['description'][:40]:40} {line['subtotal']:>14}"
                )
        for failure in outcome["failures"]:
            self.stdout.write(f"  {failure['account']:20} failed: {failure['reason']}")
        for error in outcome["errors"]:
            self.stdout.write(f"  step {error['step']} refused: {error['message']}")


def _files(paths: list[str]) -> list[Path]:
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise CommandError(f"There is no file or directory {name}.", returncode=UNUSABLE)
        listed = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not listed:
            raise CommandError(f"The directory {name} holds no *.json file.", returncode=UNUSABLE)
        found += listed
    return found
