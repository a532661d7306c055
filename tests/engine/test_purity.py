"""The engine's source holds no float and reaches for nothing outside itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import billing.engine

ENGINE = Path(billing.engine.__file__).parent
MODULES = sorted(ENGINE.rglob("*.py"))
ALLOWED = {
    "bisect",
    "calendar",
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "lark",
    "typing",
    "uuid",
}
CLOCKS = {"now", "today", "utcnow", "time", "uuid1", "uuid4"}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def faults(source):
    """What the engine must not contain, one finding each."""
    tree = ast.parse(source)
    for name in imported(tree):
        if name.split(".")[0] not in ALLOWED and not name.startswith("billing.engine."):
            yield f"import {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{node.value!r} in line {node.lineno}"
        if isinstance(node, ast.Name) and node.id in {"float", "round"}:
            yield f"{node.id} in line {node.lineno}"
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield f".{node.attr} in line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_the_engine_has_no_floats_no_clock_and_imports_only_itself(path):
    assert list(faults(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 0.5",
        "x = float('1')",
        "x = round(y)",
        "x = date.today()",
        "import django",
        "from accounts.models import Account",
        "from billing.models import Bill",
        "from . import types",
        "from m3console.core import clock",
    ],
)
def test_the_search_finds_what_it_is_for(source):
    assert list(faults(source))


def test_the_engine_loads_without_django():
    code = "import sys, billing.engine.bill; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ENGINE.parents[1], check=False)
    assert done.returncode == 0


def test_modules_stay_small():
    assert len(MODULES) > 10
    assert [path.name for path in MODULES if len(path.read_text().splitlines()) >= 300] == []
