"""Notebooks: their code cells are one program, and go back into their cells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .source import Note, NotPython

_CELL = "#% otree_ego cell "
_MAGIC = "#% otree_ego line "
_SHELL = re.compile(r"\s*(?:%|!|\?)|.*\?\s*$|\s*\w[\w, ]*=\s*[%!]")
Rewrite = Callable[[bytes, str], tuple[bytes, list[Note], str]]


def migrate_notebook(data: bytes, name: str, rewrite: Rewrite) -> tuple[bytes, list[Note]]:
    """A notebook with its code cells rewritten, and notes, whose lines are those of the cells.

    Arguments:
        data: the file's bytes. name: what notes call it. rewrite: rewrites Python.

    Raises:
        NotPython: it is no notebook, or its cells are no Python.
    """
    try:
        text = data.decode("utf-8-sig")
        book = json.loads(text)
        cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise NotPython("it is no notebook that can be read") from None
    magics: list[str] = []
    pieces = [f"{_CELL}{n}\n{_plain(source, magics)}\n" for n, source in enumerate(sources, 1)]
    after, notes, _ = rewrite("".join(pieces).encode(), name)
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + piece.count("\n"))
    found = re.split(rf"^{re.escape(_CELL)}\d+\n", after.decode(), flags=re.MULTILINE)
    head, changed = found[0], found[1:]
    if len(changed) != len(cells):
        raise NotPython("its cells cannot be told apart after the change")
    for number, (cell, source, new) in enumerate(zip(cells, sources, changed, strict=True)):
        own = (head if number == 0 else "") + new.removesuffix("\n")
        own = re.sub(rf"^{re.escape(_MAGIC)}(\d+)$", lambda at: magics[int(at[1])], own, flags=re.MULTILINE)
        if own != source:
            cell["source"] = own.splitlines(keepends=True) if isinstance(cell["source"], list) else own
    notes = [_in_cell(note, starts) for note in notes]
    if [*("".join(cell["source"]) for cell in cells)] == sources:
        return data, notes
    return _written(book, text).encode(), notes


def _plain(source: str, magics: list[str]) -> str:
    """A cell as Python: what is for the shell, or a magic, is a comment for the moment."""
    lines = source.split("\n")
    whole = source.lstrip().startswith("%%")
    for number, line in enumerate(lines):
        if whole or (_SHELL.match(line) and not line.lstrip().startswith("#")):
            lines[number] = f"{_MAGIC}{len(magics)}"
            magics.append(line)
    return "\n".join(lines)


def _in_cell(note: Note, starts: list[int]) -> Note:
    if not note.line:
        return note
    cell = max(n for n, start in enumerate(starts) if start < note.line)
    return replace(note, line=0, text=f"code cell {cell + 1}, line {note.line - starts[cell] - 1}: {note.text}")


def _written(book: Any, before: str) -> str:
    indent = re.match(r"\{\r?\n( *|\t*)\"", before)
    blanks = indent[1] if indent else ""
    step: Any = None if indent is None else "\t" if blanks.startswith("\t") else len(blanks)
    text = json.dumps(book, indent=step, ensure_ascii=before.isascii())
    return text + ("\n" if before.endswith("\n") else "")
