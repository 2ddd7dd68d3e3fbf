"""Finding the files, and writing them without harm: a backup first, and all or nothing."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

SKIPPED = frozenset({"out", "__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist"})
KINDS = (".py", ".html", ".ipynb")
LISTS = re.compile(r"requirements[\w.-]*\.(txt|in)|pyproject\.toml|setup\.cfg|setup\.py|Pipfile|environment\.ya?ml")
_OLD = re.compile(
    r"(?P<start>\s*)alter[-_.]+ego[-_.]+llm(?:\s*\[[^\]]*\])?(?P<rest>\s*(?:[=<>!~].*?)?)(?P<end>\s*(?:;.*|#.*)?)",
    re.IGNORECASE,
)
_NEW = re.compile(r"\s*otree[-_.]+ego\b", re.IGNORECASE)
_PINNED = re.compile(r"\s*(openai|jinja2|markupsafe|click|sqlalchemy)\s*(==|<|~=)", re.IGNORECASE)
_OLD_OTREE = re.compile(r"\s*otree\s*(\[[^\]]*\])?\s*(==|~=)\s*[1-5]\.", re.IGNORECASE)
_MENTIONED = re.compile(r"alter[-_.]+ego[-_.]+llm", re.IGNORECASE)


class NotMoved(Exception):
    """A path cannot be read or a file cannot be written; it is as it was, and the message says why."""


def find(paths: Sequence[Path]) -> Iterator[Path]:
    """The files worth reading, each once, in order: what was named, and what is in the folders that were named.

    Virtual environments, hidden folders, data (`out`, `.ego_output`) and symbolic links inside of folders are passed
    over.

    Raises:
        NotMoved: a path is not there, or goes in circles.
    """
    seen: set[Path] = set()
    for path in paths:
        try:
            real = path.resolve(strict=True)
        except FileNotFoundError:
            raise NotMoved(f"There is no {path}.") from None
        except (OSError, RuntimeError) as problem:
            why = getattr(problem, "strerror", None) or "it goes in circles"
            raise NotMoved(f"The path {path} cannot be read: {why}.") from None
        for file in _inside(path) if real.is_dir() else [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def pickles(paths: Sequence[Path]) -> list[tuple[Path, int]]:
    """Folders of alter_ego's data with the number of pickles in each."""
    found = []
    for path in paths:
        for folder in (path / "out", path / ".ego_output"):
            number = sum(1 for _ in folder.rglob("*.pkl")) if folder.is_dir() else 0
            if number:
                found.append((folder, number))
    return found


def requirements(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A list of requirements with ours in alter_ego's place, and notes by line.

    >>> requirements("otree>=5\\nalter_ego_llm==1.6.0  # threads\\n")[0]
    'otree>=5\\notree-ego  # threads\\n'
    """
    lines = text.splitlines(keepends=True)
    there = any(map(_NEW.match, lines))
    notes: list[tuple[int, str]] = []
    result = []
    moved = any(_OLD.fullmatch(line.rstrip("\r\n")) for line in lines)
    for number, line in enumerate(lines, 1):
        body = line.rstrip("\r\n")
        found = _OLD.fullmatch(body)
        if found and body.rstrip().endswith("\\"):
            notes.append((number, "this requirement goes on in the next line: write otree-ego in its place yourself."))
        elif found:
            if not there:
                result.append(f"{found['start']}otree-ego{found['end']}{line[len(body) :]}")
            there = True
            continue
        elif _MENTIONED.search(body.partition("#")[0]):
            notes.append((number, "write otree-ego here, in alter_ego's place."))
        elif moved and _OLD_OTREE.match(body):
            notes.append((number, "otree_ego needs oTree 6: raise this version."))
        elif moved and (pin := _PINNED.match(body)):
            notes.append(
                (number, f"{pin[1]} is held at old versions here: take the line out, and pip finds what fits oTree.")
            )
        result.append(line)
    return "".join(result), notes


def mentions(text: str) -> Iterator[int]:
    """Lines of a project file that name alter_ego's package."""
    return (number for number, line in enumerate(text.splitlines(), 1) if _MENTIONED.search(line))


def write(file: Path, before: bytes, after: bytes) -> Path:
    """Put the new text in the file's place; permissions stay.

    Arguments:
        file: the file.
        before: what it held when it was read.
        after: what it shall hold.

    Returns:
        the backup, which holds the file as it was.

    Raises:
        NotMoved: it is read-only, was changed in the meantime, or the disk says no.
    """
    real = file.resolve()
    new = real.with_name(f".{real.name}.new")
    try:
        if not real.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
            raise NotMoved(f"{file} is read-only: it was left as it is.")
        if real.read_bytes() != before:
            raise NotMoved(f"{file} was changed in the meantime: it was left as it is.")
        backup = _free(real)
        shutil.copy2(real, backup)
        new.write_bytes(after)
        shutil.copymode(real, new)
        os.replace(new, real)
    except OSError as problem:
        new.unlink(missing_ok=True)
        raise NotMoved(f"{file} cannot be written: {problem.strerror}.") from None
    return backup


def _free(file: Path) -> Path:
    number = 0
    while (backup := file.with_name(f"{file.name}.bak{number or ''}")).exists():
        number += 1
    return backup


def scenarios(paths: Sequence[Path]) -> Iterator[Path]:
    """The JSON files among what was named, and in the folders that were named: built scenarios, perhaps."""
    for path in paths:
        yield from _inside(path, json_wanted=True) if path.is_dir() else [path] * (path.suffix == ".json")


def _inside(folder: Path, json_wanted: bool = False) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not _passed(here / name))
        for name in sorted(files):
            wanted = name.endswith(".json") if json_wanted else name.endswith(KINDS) or LISTS.fullmatch(name)
            if wanted and not (here / name).is_symlink():
                yield here / name


def _passed(folder: Path) -> bool:
    return folder.name in SKIPPED or folder.name.startswith(".") or (folder / "pyvenv.cfg").exists()
