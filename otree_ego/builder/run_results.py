"""What came of a run: its rows, pictures of its choices, and files to download."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError
from ..experiment.exporting import columns_of, rows_of, write
from ..stores import Run, RunStore
from ..stores.run_search import places_with_words
from .run_views import opened

MOST_ROWS = 500
"""Rows that the page shows; all are in the downloads."""
MOST_FIGURES = 12
MOST_SOUGHT = 1_000
"""Characters of the words that are sought."""
FIRST = ("treatment", "replication", "round", "id_in_group", "answer", "tainted")
"""These columns come first in the page."""
FORMS = {
    "csv": ("text/csv; charset=utf-8", ".csv"), "excel": ("text/csv; charset=utf-8", ".csv"),
    "jsonl": ("application/x-ndjson", ".jsonl"), "report": ("text/html; charset=utf-8", ".html"),
}  # fmt: skip


@dataclass(frozen=True)
class Download:
    """A file: its content, its media type, and the name that it gets."""

    content: bytes
    kind: str
    name: str


class RunResults:
    """Results of the runs in one store.

    Arguments:
        where: the store's path or URL.
    """

    def __init__(self, where: str) -> None:
        self.where = where

    def table(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The first rows of a run (``given["run"]``), and how many there are.

        Raises:
            ConfigError: there is no such run.
        """
        with opened(self.where) as store:
            rows = list(rows_of(*_found(store, given)))
        names = columns_of(rows, False)
        columns = [*(name for name in FIRST if name in names), *(name for name in names if name not in FIRST)]
        shown = [[each.get(name) for name in columns] for each in rows[:MOST_ROWS]]
        return {"columns": columns, "rows": shown, "count": len(rows)}

    def find(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The replications of a run in which somebody answered with ``given["words"]``.

        Raises:
            ConfigError: there is no such run.
        """
        with opened(self.where) as store:
            there, run = _found(store, given)
            return {"places": places_with_words(there, run.uid, str(given.get("words") or "")[:MOST_SOUGHT])}

    def figures(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The figures of a run's report, as addresses of images.

        Raises:
            ConfigError: there is no such run, or matplotlib is not installed.
        """
        from ..experiment.report.html import choice_figures
        from ..experiment.report.svg import as_file

        with opened(self.where) as store:
            found = choice_figures(*_found(store, given))
        return {
            "figures": [
                {"title": each.title, "caption": each.caption, "alt": each.alt, "image": _address(as_file(each.wide))}
                for each in found[:MOST_FIGURES]
            ]
        }

    def download(self, given: Mapping[str, Any]) -> Download:
        """A run as a file.

        Arguments:
            given: ``run``, and ``form``: ``csv``, ``excel``, ``jsonl`` or ``report``.

        Raises:
            ConfigError: there is no such run or form, or matplotlib is not installed.
        """
        form = str(given.get("form"))
        if form not in FORMS:
            raise ConfigError(f"There is no download {form!r:.40}.")
        kind, ending = FORMS[form]
        with opened(self.where) as store:
            there, run = _found(store, given)
            if form == "report":
                from ..experiment.report.html import report

                text = report(there, run)
            else:
                rows, out = list(rows_of(there, run)), io.StringIO()
                write(rows, columns_of(rows, run.kind == "factorial"), form, out)
                text = out.getvalue()
        words = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-")[:60] or "run"
        return Download(text.encode("utf-8"), kind, f"{words}-{run.uid[:8]}{ending}")


def _found(store: RunStore | None, given: Mapping[str, Any]) -> tuple[RunStore, Run]:
    uid = given.get("run")
    if store is None or not isinstance(uid, str) or not any(run.uid == uid for run in store.runs()):
        raise ConfigError("There is no such run.")
    return store, store.get(uid)


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(svg.encode("utf-8")).decode()
