"""What git and `otree zip` would take along: key files, and keys in the code."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ...projects import holds_key
from ...providers.services import services
from ..shared.masking import KEY_FORMS, secrets_here
from ..shared.output import Row
from .guessing import bits

ZIP_LEAVES_OUT = (
    "~", ".git", "db.sqlite3", ".pyo", ".pyc", ".pyd", ".idea", ".DS_Store", ".otreezip", "venv", "_static_root",
    "staticfiles", "__pycache__", ".env",
)  # fmt: skip
"""Ends of paths that `otree zip` leaves out; besides, it leaves out all that has ``__temp`` in its path."""
FIX = (
    "put the key into the environment (on Heroku: heroku config:set NAME=…) and delete the file, or keep it outside of "
    "this folder; if anybody has got it, make a new key"
)
FIX_IN_CODE = "take it out, and put it into the environment; if anybody has got the file, make a new key"
MOST_FILES, MOST_BYTES, MOST_SHOWN, SECONDS = 20_000, 300_000, 5, 10
READ = (
    ".py", ".html", ".js", ".json", ".txt", ".md", ".cfg", ".toml", ".csv", ".yaml", ".yml", ".ipynb", ".sh", ".ini",
    ".pem", ".key", "",
)  # fmt: skip
_NOT_OURS = {"tests", "benchmarks", "node_modules", "site-packages", "build", "dist", "__pycache__"}


def check_packed(project_folder: str = ".") -> Iterator[Row]:
    """A row for key files that would be packed, and one for keys that stand in the project's other files."""
    root = Path(project_folder)
    git, zipped = git_packs(root), zip_packs(root)
    names = {file for service in services().values() for file in service.key_files}
    every = sorted({*(git or ()), *zipped})
    key_files = [path for path in every if _is_key_file(root, path, names)]
    yield _files_row(key_files, git, zipped)
    found = [place for path in every if path not in key_files for place in _keys_in(root, path)]
    if found:
        yield Row("keys in files", "failed", f"there is what looks like a key in {_some(found)}", FIX_IN_CODE)


def _files_row(key_files: list[str], git: set[str] | None, zipped: set[str]) -> Row:
    if not key_files:
        return Row("key files", "ok", "none would be packed")
    by_git = [path for path in key_files if git is not None and path in git]
    by_zip = [path for path in key_files if path in zipped]
    parts = [f"{_some(by_git)} would be packed by git"] * bool(by_git)
    parts += [f"{_some(by_zip)} would be packed by otree zip"] * bool(by_zip)
    only_zip = not by_git and git is not None
    note = "; .gitignore keeps it from git" if only_zip else ""
    return Row("key files", "warning" if only_zip else "failed", "; ".join(parts) + note, FIX)


def _some(names: list[str]) -> str:
    more = len(names) - MOST_SHOWN
    return ", ".join(names[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _git_lines(folder: Path, *line: str) -> set[str] | None:
    """The paths that a command of git prints, ended by NUL; None where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *line], capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"}, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode:
        return None
    return {os.fsdecode(name).strip("\n").replace("\\", "/") for name in done.stdout.split(b"\0") if name.strip()}


def git_packs(folder: str | Path = ".") -> set[str] | None:
    """The files that git has, or would take with ``git add .``; None where there is no git or no repository."""
    root = Path(folder).absolute()
    listed = _git_lines(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return None if listed is None else {name for name in listed if (root / name).is_file()}


def zip_packs(folder: str | Path = ".") -> set[str]:
    """The files that `otree zip` would take."""
    root, found = Path(folder), set[str]()
    for at, folders, files in os.walk(root):
        below = Path(at).relative_to(root)
        folders[:] = sorted(name for name in folders if _zipped((below / name).as_posix()))
        found |= {path for name in files if _zipped(path := (below / name).as_posix())}
        if len(found) > MOST_FILES:
            break
    return found


def _zipped(path: str) -> bool:
    return not path.endswith(ZIP_LEAVES_OUT) and "__temp" not in path


def _is_key_file(root: Path, path: str, names: set[str]) -> bool:
    if not holds_key(path, names) or not (root / path).is_file():
        return False
    try:
        with (root / path).open("rb") as file:
            return file.read(2) not in (b"", b"PK")  # an empty one, and slides of Apple's Keynote
    except OSError:
        return True


def _keys_in(root: Path, path: str) -> Iterator[str]:
    """The places in a file that look like a key, or hold one that is in the environment."""
    file = root / path
    if not _NOT_OURS.isdisjoint(Path(path).parts) or file.suffix.lower() not in READ:
        return
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    known = [secret for secret in secrets_here() if len(secret) >= 16]
    for number, line in enumerate(lines, 1):
        if any(map(_is_random, KEY_FORMS.findall(line))) or any(key in line for key in known):
            yield f"{path}, line {number}"


def _is_random(form: str) -> bool:
    """Whether what has a key's form is one, and no name such as ``sk_learn_preprocessing_module``."""
    if form.startswith("-----"):
        return True
    mixed = [len(re.findall(kind, form)) for kind in (r"\d", "[A-Z]", "[a-z]")]
    longest = max(re.findall(r"[A-Za-z0-9]+", form), key=len)
    few = len(longest) >= 16 and (len(re.findall(r"\d", longest)) >= 2 or longest.lower() != longest != longest.upper())
    return bits(form) >= 60 and (few or min(mixed) >= 3)


def check_history(project_folder: str = ".") -> Iterator[Row]:
    """A row for key files that git had once: they are in its history still."""
    root = Path(project_folder)
    there = _git_lines(root, "log", "--all", "--diff-filter=A", "--name-only", "--format=", "--relative", "-z")
    names = {file for service in services().values() for file in service.key_files}
    now = git_packs(root) or set()
    gone = sorted(path for path in there or () if path not in now and holds_key(path, names))
    if gone:
        found = f"git's history has {_some(gone)}: whoever gets the repository gets the keys"
        yield Row("keys in git", "warning", found, "make new keys, and switch the old ones off")
