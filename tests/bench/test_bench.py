"""The bench itself, at a size at which its ratios say nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.long
def test_a_small_bench_bills_everybody_and_writes_its_ratios_down(tmp_path):
    sizes = (
        "--accounts 40 --measurements 1200 --rounds 2 --sample 5 --list-accounts 2000 --list-rounds 10"
        " --no-bars"
    )
    command = [sys.executable, "-m", "tests.bench", *sizes.split(), "--results", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    (written,) = tmp_path.glob("*.json")
    results = json.loads(written.read_text())
    assert len(results["comparisons"]) == 6
    for comparison in results["comparisons"]:
        assert comparison["ratio"] > 0
        assert comparison["title"] in ran.stdout
    assert results["facts"]["written"].startswith("40 bills, 160 lines")
    assert all(stage in results["facts"]["stages"] for stage in ("inputs", "measure", "compute", "write"))
