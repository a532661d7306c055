"""The table that a bench prints, and the file that it leaves."""

import json
import os
import platform
from argparse import Namespace
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

FOLDER = Path(__file__).parent.parent.parent / "bench-results"


@dataclass(frozen=True)
class Round:
    """Seconds that the baseline took, and ours, side by side."""

    baseline: float
    ours: float

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline


@dataclass(frozen=True)
class Comparison:
    """Ours beside a baseline, in rounds; `bar` is the ratio at most, or at least if it is a speed-up."""

    title: str
    rounds: list[Round]
    bar: float | None = None
    faster: bool = False

    @property
    def ratio(self) -> float:
        ratio = median(each.ratio for each in self.rounds)
        return 1 / ratio if self.faster else ratio

    @property
    def passed(self) -> bool:
        if self.bar is None:
            return True
        return self.ratio >= self.bar if self.faster else self.ratio <= self.bar

    def row(self) -> tuple[str, ...]:
        baseline, ours = (
            median(getattr(each, name) for each in self.rounds) for name in ("baseline", "ours")
        )
        limit = "" if self.bar is None else f"{'≥' if self.faster else '≤'} {self.bar:g} ×"
        verdict = "" if self.bar is None else "PASS" if self.passed else "FAIL"
        return self.title, duration(baseline), duration(ours), f"{self.ratio:.2f} ×", limit, verdict


def duration(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


@dataclass
class Report:
    options: Namespace
    comparisons: list[Comparison] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return all(each.passed for each in self.comparisons)

    def print(self) -> None:
        head = ("medians of all rounds", "baseline", "m3console", "ratio", "bar", "")
        rows = [head, *(each.row() for each in self.comparisons)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
        for row in rows:
            first, *others = (text.ljust(w) if n == 0 else text.rjust(w)
                              for n, (text, w) in enumerate(zip(row, widths, strict=True)))  # fmt: skip
            print("  ".join((first, *others)).rstrip())
        for name, fact in self.facts.items():
            print(f"{name}: {fact}")

    def write(self, folder: Path) -> Path:
        """The results as JSON, beside those of earlier runs."""
        folder.mkdir(exist_ok=True)
        moment = datetime.now(UTC)
        path = folder / f"{moment:%Y-%m-%dT%H-%M-%S}.json"
        written = {
            "at": moment.isoformat(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "options": {name: str(value) for name, value in vars(self.options).items()},
            "passed": self.passed,
            "comparisons": [
                {**asdict(each), "ratio": each.ratio, "passed": each.passed} for each in self.comparisons
            ],
            "facts": self.facts,
        }
        path.write_text(json.dumps(written, indent=1))
        return path
