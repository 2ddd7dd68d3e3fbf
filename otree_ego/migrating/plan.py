"""What is to be changed in all files, and what a person must look at, before anything is written."""

from __future__ import annotations

import ast
import codecs
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..experiment.modules.scenario import is_leftover
from .api_keys import rewrite_keys
from .ended_models import ended_models
from .files import LISTS, find, mentions, pickles, requirements, scenarios
from .imports import Imports
from .names import OLD
from .notebooks import migrate_notebook
from .notes import look, template_notes
from .prompt_texts import Prompts
from .source import Note, NotPython, Source

LEFTOVER = (
    "with this file alter_ego plays built.json; `ego run built` plays built.json itself, and passes this file over: "
    "take it away."
)


@dataclass(frozen=True)
class Change:
    """One file before and after.

    Fields:
        file: where. before, after: its bytes. encoding: how to show them.
    """

    file: Path
    before: bytes
    after: bytes
    encoding: str = "utf-8"


@dataclass
class Plan:
    """What came of looking at all files.

    Fields:
        changes: files to write. notes: what a person must look at. left: files that were left alone, and why.
        seen: how many files were read.
    """

    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)
    seen: int = 0


def plan(paths: Sequence[Path]) -> Plan:
    """Look at files and folders; nothing is written.

    Arguments:
        paths: files and folders.

    Raises:
        NotMoved: a path is not there.
    """
    made = Plan()
    held: list[tuple[Path, bytes]] = []
    for file in find(paths):
        try:
            held.append((file, file.read_bytes()))
        except OSError as problem:
            made.left.append(Note(str(file), 0, f"it cannot be read: {problem.strerror}."))
    made.seen = len(held)
    ours = any(file.suffix in (".py", ".ipynb") and OLD.encode() in data for file, data in held)
    for file, data in held:
        if file.suffix == ".py":
            made.notes += _ended(file, data)
            if is_leftover(file):
                made.notes.append(Note(str(file), 0, LEFTOVER))
        if file.suffix == ".html":
            text = data.decode("utf-8", "replace")
            made.notes += [Note(str(file), line, sentence) for line, sentence in template_notes(file.name, text)]
        elif LISTS.fullmatch(file.name) and file.suffix != ".py":
            _list(made, file, data)
        elif file.suffix == ".ipynb":
            if OLD.encode() in data:
                _notebook(made, file, data)
        elif OLD.encode() in data or (ours and any(verb in data for verb in (b".submit(", b".system(", b".user("))):
            _python(made, file, data)
    for file in scenarios(paths):
        with contextlib.suppress(OSError):  # it needs no change; this is only a word about its models
            made.notes += _ended(file, file.read_bytes())
    for folder, number in pickles(paths):
        made.notes.append(
            Note(
                str(folder), 0,
                f"pickles of Threads ({number}) are not read, because loading a pickle can run code; what was exported "
                "from them (CSV, JSON) stays as it is.",
            )
        )  # fmt: skip
    made.notes.sort()
    return made


def migrate(data: bytes, name: str = "") -> tuple[bytes, list[Note], str]:
    """One Python file, rewritten, with its notes and its encoding.

    Arguments:
        data: the file's bytes.
        name: what notes call it.

    Raises:
        NotPython: it cannot be read as Python.

    >>> migrate(b"from alter_ego.utils import from_file\\n")[0].decode()
    'from otree_ego import from_file\\n'
    """
    source = Source(data, name)
    imports = Imports(source)
    old = imports.rewrite()
    Prompts(source, imports.need, old).rewrite()
    if old:
        look(source, imports.names)
        _export(source, imports)
        rewrite_keys(source)
    return source.result(), sorted(set(source.notes)), source.encoding


def _export(source: Source, imports: Imports) -> None:
    """An oTree app's messages are on oTree's Data page, once its module has `custom_export`."""
    body = source.tree.body
    players = [each for each in body if isinstance(each, ast.ClassDef) and each.name == "Player"]
    if not players or not any(ast.unparse(base).endswith("BasePlayer") for base in players[0].bases):
        return
    own = next((each for each in body if getattr(each, "name", "") == "custom_export"), None)
    if own is None:
        imported = [each for each in body if isinstance(each, ast.ImportFrom)]
        if not any((name.asname or name.name) == "custom_export" for each in imported for name in each.names):
            imports.need("custom_export")
    else:
        source.note(
            own,
            "this app has an export of its own. All messages with models, tokens and costs are beside it on oTree's "
            "Data page with: from otree_ego import custom_export as custom_export_messages",
        )


def _ended(file: Path, data: bytes) -> list[Note]:
    return [Note(str(file), line, said) for line, said in ended_models(file, data.decode("utf-8", "replace"))]


def _python(made: Plan, file: Path, data: bytes) -> None:
    try:
        after, notes, encoding = migrate(data, str(file))
    except NotPython as problem:
        made.left.append(Note(str(file), 0, f"{problem}."))
        return
    made.notes += notes
    if after != data:
        made.changes.append(Change(file, data, after, encoding))


def _notebook(made: Plan, file: Path, data: bytes) -> None:
    try:
        after, notes = migrate_notebook(data, str(file), migrate)
    except NotPython as problem:
        made.left.append(Note(str(file), 0, f"{problem}."))
        return
    made.notes += notes
    if after != data:
        made.changes.append(Change(file, data, after))


def _list(made: Plan, file: Path, data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        made.left.append(Note(str(file), 0, "its text is not UTF-8."))
        return
    if file.suffix in (".txt", ".in"):
        after, notes = requirements(text)
        made.notes += [Note(str(file), line, sentence) for line, sentence in notes]
        if after != text:
            mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
            made.changes.append(Change(file, data, mark + after.encode("utf-8")))
        return
    for line in mentions(text):
        made.notes.append(Note(str(file), line, "write otree-ego here, in alter_ego's place."))
