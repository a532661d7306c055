"""The shape of the house: what the import contracts name, and what every module keeps to."""

import ast
import pkgutil
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("m3console", "accounts", "plans", "billing")
SOURCES = [p for package in PACKAGES for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts]


def test_the_import_contract_leaves_no_module_out():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    named = {name.strip(" ()") for layer in contract["layers"] for name in layer.split(":")}
    for package in PACKAGES:
        if package in named:
            continue
        found = {f"{package}.{module.name}" for module in pkgutil.iter_modules([str(ROOT / package)])}
        assert found <= named, f"name these in the import contract: {sorted(found - named)}"


def test_no_module_imports_itself_by_way_of_others():
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imported) > 300
    TopologicalSorter(imported).prepare()  # raises CycleError, which names the circle


MONEYED = [p for p in SOURCES if p.relative_to(ROOT).parts[0] != "m3console"]


@pytest.mark.parametrize("path", MONEYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_money_is_ever_a_float(path):
    """Neither a float literal, nor float(), nor a FloatField; a wait or a ratio says so."""
    lines = path.read_text().splitlines()
    for node in ast.walk(ast.parse(path.read_text())):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        call = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "float",
            "FloatField",
        )
        if literal or call:
            assert "# not money" in lines[node.lineno - 1], (
                f"{path.name}:{node.lineno}: {lines[node.lineno - 1]}"
            )


def test_the_top_level_holds_what_the_design_lists_and_nothing_else():
    listed = {
        "manage.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "Makefile", "README.md",
        "LICENSE", "m3console", "accounts", "plans", "billing", "templates", "static", "tests",
    }  # fmt: skip
    ours = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert ours - {"staticfiles", "bench-results", "screenshots"} <= listed
