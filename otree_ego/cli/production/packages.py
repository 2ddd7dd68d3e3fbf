"""What is installed on the server: rows on requirements.txt and .python-version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...providers import split_model
from ..shared.machine import PYTHONS, exactly_needed
from ..shared.output import Row, version_of
from .requirements_file import NAME, Requirement, normal, read_requirements
from .text_files import read_text

KEEP, OVERWRITE = "oTree-may-not-overwrite-this-file", "oTree-may-overwrite-this-file"
OTHERS = ("pyproject.toml", "Pipfile", "poetry.lock", "uv.lock")
"""Other files from which platforms install packages."""
RANGES: dict[str, tuple[tuple[int, ...], tuple[int, ...], str]] = {
    "otree": ((6, 0, 13), (7,), "otree>=6.0.13,<7"),
    "openai": ((3,), (4,), "openai>=3,<4"),
    "psycopg2": ((2, 8, 4), (3,), "psycopg2-binary>=2.9"),
    "psycopg2-binary": ((2, 8, 4), (3,), "psycopg2-binary>=2.9"),
}
"""Versions that go with this otree_ego, from the first on and below the second, and the line that asks for them."""
PSYCOPG = {"psycopg2", "psycopg2-binary"}


def check_server_packages(models: Sequence[str]) -> Iterator[Row]:
    """The rows; `models` are those that are used."""
    read = read_text(NAME)
    if read is None:
        others = [name for name in OTHERS if Path(name).is_file()]
        if others:
            yield Row(NAME, "info", f"there is none; packages come from {', '.join(others)}, which was not read")
        else:
            fix = f"make it, with these lines: # {KEEP}, otree-ego=={version_of('otree-ego')}, psycopg2-binary"
            yield Row(NAME, "failed", "there is none: nothing is installed, and Heroku refuses the project", fix)
    elif not read.problem:
        problems = list(_requirement_rows(read.text, models))
        yield from problems or [Row(NAME, "ok", "has otree-ego, psycopg2 and oTree's token")]
    yield from check_python_file()


def _requirement_rows(text: str, models: Sequence[str]) -> Iterator[Row]:
    lines = read_requirements()
    by_name: dict[str, Requirement] = {}
    for each in lines:
        by_name.setdefault(each.name, each)
    yield from _token_row(text)
    yield from _ours(by_name.get("otree-ego"), models, by_name)
    yield from _database_driver(by_name, text)
    times = Counter(each.name for each in lines if each.name)
    for name, count in times.items():
        if count > 1 and len({each.versions for each in lines if each.name == name}) > 1:
            yield Row(NAME, "failed", f"{name} stands there {count} times, with different versions", "keep one of them")
    for each in lines:
        yield from _version_rows(each)
        yield from _path_rows(each)


def _token_row(text: str) -> Iterator[Row]:
    if KEEP in text:
        return
    fix = f"write this as its first line: # {KEEP}" + (f", in place of # {OVERWRITE}" if OVERWRITE in text else "")
    yield Row(NAME, "failed", "otree zip writes it anew, without otree-ego: oTree's token is not there", fix)


def _ours(ours: Requirement | None, models: Sequence[str], by_name: dict[str, Requirement]) -> Iterator[Row]:
    line = f"otree-ego=={version_of('otree-ego')}"
    if ours is None and Path("otree_ego/version.py").is_file():
        return  # a project that brings its own source, as this repository does
    if ours is None:
        yield Row(NAME, "failed", "otree-ego is not in it: the apps do not start", f"add the line {line}")
        return
    if not ours.pinned:
        found = "otree-ego has no exact version there: a server that is built next month may get another one"
        yield Row(NAME, "warning", found, f"write {line}")
    local = any(split_model(model)[0] == "local" for model in models)
    if local and "local" not in ours.extras and "xllamacpp" not in by_name:
        found = "local/… models are used, and the package that runs them is not in it"
        yield Row(NAME, "failed", found, "write otree-ego[local] there, or name another model")


def _database_driver(by_name: dict[str, Requirement], text: str) -> Iterator[Row]:
    ours = by_name.get("otree-ego")
    if PSYCOPG & set(by_name):
        return
    if ours is not None and "postgres" in ours.extras:
        if "psycopg2" not in text:
            found = "otree zip refuses it: it wants a line on psycopg2 there, besides otree-ego[postgres]"
            yield Row(NAME, "warning", found, "add the line psycopg2-binary")
        return
    yield Row(NAME, "failed", "psycopg2 is not in it: PostgreSQL cannot be reached", "add the line psycopg2-binary")


def _version_rows(each: Requirement) -> Iterator[Row]:
    wanted = {normal(name): version for name, version in exactly_needed("otree")}.get(each.name)
    if wanted and not each.allows(wanted):
        found = f"{each.name}{each.versions} ({each.where}): oTree needs {each.name}=={wanted}"
        yield Row(NAME, "failed", found, "leave the line out")
    low, high, line = RANGES.get(each.name, ((), (), ""))
    if line and not each.allows_any(low, high):
        found = f"{each.name}{each.versions} ({each.where}) does not go with this version of otree_ego"
        yield Row(NAME, "failed", found, f"write {line}")
    here = version_of("otree")
    if each.name == "otree" and line and each.allows_any(low, high) and not each.allows(here) and here[:1].isdigit():
        found = f"the server gets otree{each.versions}, and {here} is what was tried here"
        yield Row(NAME, "warning", found, f"write otree=={here}")


def _path_rows(each: Requirement) -> Iterator[Row]:
    if not each.path:
        return
    if "\\" in each.path:
        found = f"{each.path} ({each.where}) is a path of Windows: a server finds no such file"
        yield Row(NAME, "failed", found, f"write {each.path.replace(chr(92), '/')}")
    elif Path(each.path).is_absolute() or each.path.startswith(("~", "//")):
        found = f"{each.path} ({each.where}) is on this machine only"
        yield Row(NAME, "failed", found, "copy the wheel to wheels/, and write ./wheels/… there")
    elif not Path(each.path).exists():
        fix = "build the wheel again, or correct the path"
        yield Row(NAME, "failed", f"{each.path} ({each.where}) is not there", fix)


def check_python_file() -> Iterator[Row]:
    """Which Python the server has."""
    read, name = read_text(".python-version"), ".python-version"
    if read is None:
        read, name = read_text("runtime.txt"), "runtime.txt"
    (low, high), usual = PYTHONS, "3.12"
    fix = f"write {usual} into .python-version"
    if read is None:
        found = "there is none: the platform chooses Python, perhaps one that was not tested"
        yield Row(".python-version", "warning", found, fix)
        return
    lines = [line.strip() for line in read.text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    match = re.fullmatch(r"(?:python-)?(\d{1,3})\.(\d{1,3})(?:\.\d+)?", lines[0]) if lines else None
    if read.problem:
        return
    if match is None:
        yield Row(name, "warning", "it does not name a version as 3.12", fix)
        return
    version = (int(match[1]), int(match[2]))
    if version < low:
        yield Row(name, "failed", f"Python {version[0]}.{version[1]} is too old for otree_ego", fix)
    elif version > high:
        yield Row(name, "warning", f"Python {version[0]}.{version[1]} is newer than what was tested", fix)
    else:
        yield Row(name, "ok", f"Python {version[0]}.{version[1]}")
    if name == "runtime.txt":
        yield Row(name, "warning", "Heroku no longer reads it", fix)
