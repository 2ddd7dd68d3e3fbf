"""Models that an app's own code names: ``GPTThread(model="…")``, ``Persona(model=…)``, ``assign(model=[…])``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from ...agents import LocalThread, OllamaThread, OpenRouterThread, TextSynthThread
from ...chat_rules.settings import SETTINGS
from ..shared.project import Project
from .text_files import read_text

_PREFIXED = {kind.__name__: kind._prefix for kind in (LocalThread, OllamaThread, OpenRouterThread, TextSynthThread)}
"""Classes that put their service before a model's name."""
_FILES = 200


def models_in_code(project: Project) -> dict[str, list[str]]:
    """The models that are written in the apps of the session configs, each with the lines that name it.

    Arguments:
        project: whose apps are read; only calls with a model's name written out are seen.
    """
    found: dict[str, list[str]] = {}
    for file in _files(project):
        read = read_text(file.as_posix())
        try:
            tree = ast.parse(read.text if read is not None else "")
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # oTree says it when it starts
            continue
        for line, model in _named(tree):
            found.setdefault(model, []).append(f"{file.as_posix()}, line {line}")
    return found


def _files(project: Project) -> list[Path]:
    sequences = [config.get("app_sequence") for config in project.configs]
    names = [app for each in sequences if isinstance(each, list | tuple) for app in each if isinstance(app, str)]
    apps = [Path(app) for app in dict.fromkeys(names) if app.isidentifier()]
    files = [file for app in apps for file in sorted(app.glob("*.py")) if file.name != "tests.py"]
    return files[:_FILES]


def _named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    settings = {name for name, row in SETTINGS.items() if row.names_model}
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        prefix = _PREFIXED.get(str(name), "")
        for keyword in call.keywords:
            if keyword.arg in settings | {"models"}:
                for model in filter(_is_model, _texts(keyword.value)):
                    plain = "" if keyword.arg != "model" or model.startswith(prefix) else prefix
                    yield call.lineno, plain + model


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value.strip()
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        for each in value.elts:
            yield from _texts(each)
    elif isinstance(value, ast.Dict):  # options with their weights
        for key in value.keys:
            if key is not None:
                yield from _texts(key)


def _is_model(text: str) -> bool:
    return bool(text) and not any(char.isspace() for char in text)
