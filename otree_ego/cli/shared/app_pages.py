"""The pages of a project's apps, as far as their source tells: nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

WAIT = "WaitPage"


def pages_of(apps: Iterable[str], folder: Path) -> dict[str, dict[str, bool]] | None:
    """The pages of some apps by name, and whether each is a wait page; None if the source of one does not tell.

    Arguments:
        apps: their names. folder: of the project.
    """
    found = {}
    for app in apps:
        pages = _pages_in(folder / app)
        if pages is None:
            return None
        found[app] = pages
    return found


def _pages_in(folder: Path) -> dict[str, bool] | None:
    try:
        tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None
    classes = {node.name: [_name(base) for base in node.bases] for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_name(each) == "page_sequence" for each in node.targets):
            names = [_name(each) for each in node.value.elts] if isinstance(node.value, ast.List | ast.Tuple) else [""]
            if all(name in classes for name in names):
                return {name: _waits(name, classes) for name in names}
    return None


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _waits(name: str, classes: dict[str, list[str]], depth: int = 20) -> bool:
    if name.endswith(WAIT):
        return True
    return depth > 0 and any(_waits(base, classes, depth - 1) for base in classes.get(name, ()) if base != name)
