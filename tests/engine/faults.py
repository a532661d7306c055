"""The engine with one expression of its source replaced, loaded beside the true one and then forgotten."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.engine.comparison import Engine

PACKAGE = "billing.engine"


@dataclass(frozen=True)
class Fault:
    """In this function of this module, `right` reads `wrong`."""

    module: str
    function: str
    right: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.function}: {self.wrong}"

    def spoilt(self, source: str) -> ast.Module:
        """The module's syntax tree with the fault in it; ValueError unless it fits exactly once."""
        tree = ast.parse(source)
        found = [
            function
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name == self.function
        ]
        swap = _Swap(self.right, self.wrong)
        for function in found:
            swap.visit(function)
        if swap.times != 1:
            raise ValueError(
                f"{self.right!r} is {swap.times} times in {self.module}.{self.function}, not once."
            )
        return ast.fix_missing_locations(tree)


class _Swap(ast.NodeTransformer):
    def __init__(self, right: str, wrong: str) -> None:
        self.right = ast.unparse(ast.parse(right, mode="eval"))
        self.wrong = wrong
        self.times = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and ast.unparse(node) == self.right:
            self.times += 1
            return ast.parse(self.wrong, mode="eval").body
        return super().generic_visit(node)


class _SpoiltImports(MetaPathFinder, Loader):
    """Compiles the one module with the fault in it; every other is found as ever."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != f"{PACKAGE}.{self.fault.module}":
            return None
        true = PathFinder.find_spec(fullname, path)
        assert true is not None
        return ModuleSpec(fullname, self, origin=true.origin)

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        origin = Path(str(module.__spec__.origin))
        tree = self.fault.spoilt(origin.read_text(encoding="utf-8"))
        exec(compile(tree, origin, "exec"), module.__dict__)


@contextmanager
def engine_with(fault: Fault) -> Iterator[Engine]:
    """A second engine that has the fault; afterwards the true one is what it was."""
    import billing

    true = {
        name: module for name, module in sys.modules.items() if name.split(".")[:2] == ["billing", "engine"]
    }
    attribute: Any = billing.engine
    finder = _SpoiltImports(fault)
    for name in true:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        types = importlib.import_module(f"{PACKAGE}.types")
        yield Engine(types, importlib.import_module(f"{PACKAGE}.bill"))
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.split(".")[:2] == ["billing", "engine"]]:
            del sys.modules[name]
        sys.modules.update(true)
        billing.engine = attribute
