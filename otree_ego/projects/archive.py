"""A project as one file for oTree Hub, as `otree zip` makes it: without keys, and with the line ends of servers."""

from __future__ import annotations

import io
import os
import tarfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from .key_files import holds_key
from .layout import python_version

LEFT_OUT = (
    "~", ".git", ".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".pyo", ".pyc", ".pyd", ".idea", ".vscode", ".DS_Store",
    ".otreezip", "venv", "_static_root", "staticfiles", "__pycache__", "node_modules", ".mypy_cache", ".ruff_cache",
    ".pytest_cache", ".ego_output",
)  # fmt: skip
"""Ends of names; those of `otree zip`, and some more."""
TEMPORARY = "__temp"
READ_BY_SHELLS = ("Procfile", ".python-version", "requirements.txt", "runtime.txt")
LONGEST = 2_000_000


def packed(project: Path, key_names: Iterable[str] = ()) -> tuple[list[Path], list[Path]]:
    """The files of a project that are packed, and those that are left out because their names say that they hold keys.

    Arguments:
        project: its folder. key_names: further names of key files; see `holds_key`.
    """
    inside: list[Path] = []
    keys: list[Path] = []
    for file in _files(project):
        (keys if holds_key(file.name, key_names) else inside).append(file)
    return inside, keys


def key_inside(files: Iterable[Path], values: Iterable[str]) -> Iterator[str]:
    """Files, each with the line, that hold one of these keys word for word.

    Arguments:
        files: those that would be packed. values: the keys.
    """
    wanted = [value.encode() for value in {*values} if value]
    for file in files if wanted else ():
        if file.is_symlink() or file.stat().st_size > LONGEST:
            continue
        content = file.read_bytes()
        for value in wanted:
            if (place := content.find(value)) >= 0:
                yield f"{file}, line {content.count(bytes([10]), 0, place) + 1}"
                break


def pack(project: Path, archive: Path, files: Iterable[Path]) -> None:
    """Write the archive, which takes the place of an older one when it is whole.

    Arguments:
        project: its folder. archive: the file. files: those to pack; see `packed`.

    Raises:
        OSError: a file cannot be read, or the archive cannot be written.
    """
    new = archive.with_name(f".{archive.name}.new")
    try:
        with tarfile.open(new, "w:gz") as tar:
            for file in files:
                _add(tar, project, file)
            if not (project / ".python-version").is_file():
                content = f"{python_version()}\n".encode()
                entry = tarfile.TarInfo(".python-version")
                entry.size, entry.mtime = len(content), int(time.time())
                tar.addfile(entry, io.BytesIO(content))
        os.replace(new, archive)
    finally:
        new.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, project: Path, file: Path) -> None:
    name = file.relative_to(project).as_posix()
    entry = tar.gettarinfo(str(file), arcname=name)
    entry.mode |= 0o222  # as `otree zip` does, so that the folder can be removed again where it was unpacked
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    if not entry.isfile():
        tar.addfile(entry)
        return
    content = file.read_bytes()
    if name in READ_BY_SHELLS:
        content = content.replace(b"\r\n", b"\n")
    entry.type, entry.linkname = tarfile.REGTYPE, ""
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.iterdir()):
        if file.name.endswith(LEFT_OUT) or TEMPORARY in file.name:
            continue
        if file.is_dir() and not file.is_symlink():
            yield from _files(file)
        elif file.is_file() or file.is_symlink():
            yield file
