"""The rows of `ego check` for the project's own languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...chat_rules.language_check import findings
from ...languages.packs import codes, file_of
from .output import Row
from .project import Project


def language_rows(project: Project) -> Iterator[Row]:
    """A row for each language's file, or for each thing that is to be seen to in it."""
    apps = apps_of(project.configs)
    for code in codes():
        found = list(findings(code, apps))
        for each in found:
            fix = f"mend it in {file_of(code)}" if each.wrong else f"`ego words {code} --write` adds what is missing"
            yield Row(f"language {code}", "failed" if each.wrong else "warning", each.sentence, fix)
        if not found:
            yield Row(f"language {code}", "ok", f"{file_of(code)} has all words")


def apps_of(configs: Iterable[dict[str, Any]]) -> list[str]:
    """The apps of all session configs, each once."""
    found: dict[str, None] = {}
    for config in configs:
        apps = config.get("app_sequence")
        found.update(dict.fromkeys(str(app) for app in (apps if isinstance(apps, list | tuple) else ())))
    return list(found)
