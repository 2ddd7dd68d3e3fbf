"""What the package's source says: its files, and which of them import which."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "otree_ego"


@dataclass(frozen=True)
class Import:
    """One import of a module of the package, wherever it stands.

    Fields:
        source, target: names of modules. line: where it stands, from 1. commented: whether a comment stands there, or
            above it. loaded: whether it is only named in a text: `import_module("otree_ego.providers")`.
    """

    source: str
    target: str
    line: int
    commented: bool
    loaded: bool = False

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


def module_name(file: Path) -> str:
    """The name under which a file of the package is imported."""
    return ".".join(file.relative_to(REPO).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}
"""Every module of the package, by name."""


def room(module: str) -> str:
    """The part of the package that a module belongs to: a folder, or a module at the top."""
    return module.split(".")[1] if "." in module else ""


def imports_of(module: str) -> list[Import]:
    """All imports of the package's own modules, also those for type checkers and those inside functions."""
    source = MODULES[module].read_text("utf-8")
    lines = ["", *source.splitlines()]
    found = []
    # an import is a statement; only a call may stand in an expression
    nodes = ast.walk(ast.parse(source)) if "import_module" in source else _statements(ast.parse(source))
    for node in nodes:
        for target, loaded in _targets(module, node):
            line = getattr(node, "lineno", 0)
            commented = "#" in lines[line] or lines[line - 1].lstrip().startswith("#")
            found.append(Import(module, target, line, commented, loaded))
    return found


def _targets(module: str, node: ast.AST) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, False) for alias in node.names if alias.name.split(".")[0] == "otree_ego")
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
        if base.split(".")[0] == "otree_ego":
            names = (f"{base}.{alias.name}" for alias in node.names)
            yield from ((name if name in MODULES else base, False) for name in names)
    elif isinstance(node, ast.Call) and _called(node).endswith("import_module"):
        texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
        yield from ((text, True) for text in texts if text in MODULES)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """What stands below a statement, without the expressions."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(node, name, ()):
            yield each
            yield from _statements(each)


def _called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in number:
                visit(other)
            if other in stack:
                lowest[node] = min(lowest[node], lowest[other])
        if lowest[node] == number[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1 or node in graph.get(node, ()):
                found.append(sorted(group))

    for node in graph:
        if node not in number:
            visit(node)
    return found
