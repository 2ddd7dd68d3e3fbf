"""With what a run or a session was played: Python, packages, prices, weights, and the experimenter's own code."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..providers.local.weights import find_weights
from ..version import __version__

MOST_FILES, MOST_BYTES = 2000, 2_000_000
"""So many files of a project are read, none larger than this."""
OWN_CODE = (".py", ".html", ".js", ".css", ".json", ".txt", ".md", ".cfg", ".toml", ".csv", ".yaml", ".yml", ".ipynb")
_FOREIGN = {"site-packages", "dist-packages", "node_modules", "__pycache__", "__temp_migrations"}
_OURS = os.path.join(Path(__file__).parents[1], "")
_GIT_SECONDS = 5
_INSTALLED = re.compile(r"(?P<name>[\w.]+)-(?P<version>[^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info")


def surroundings(folder: Path | None = None, models: Sequence[str] | None = None) -> dict[str, Any]:
    """What this process runs with, as JSON can hold it.

    Arguments:
        folder: of a project, all of whose files are its code; None for a script, with the modules that it has loaded.
        models: that are asked; the checksum of the embedded model's weights is taken if it is among them, or if they
            are not known (None).

    Packages, the commit and the checksum are looked up once in a process; the digest of the code each time.

    >>> found = surroundings(models=["gpt-6-luna"])
    >>> found["python"].count("."), "openai" in found["packages"], "weights" in found
    (2, True, False)
    """
    root = folder if folder is not None else _script_folder()
    found: dict[str, Any] = {
        "otree_ego": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.platform(),
        "packages": packages(),
        "prices": prices(),
        **_commit(str(root)),
        "sources": sources(_project_files(root) if folder is not None else _own_modules(root), root),
    }
    if models is None or any(model.startswith("local/") for model in models):
        found.update(_weights())
    return found


@lru_cache(maxsize=1)
def of_worker() -> dict[str, Any]:
    """What a process runs with that an engine has started, perhaps on another machine; ``worker`` is the machine."""
    return {
        "worker": platform.node(),
        "otree_ego": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.platform(),
        "packages": packages(),
        "prices": prices(),
    }


def digest_of(found: Mapping[str, Any]) -> str:
    """The same for the same, on whatever machine."""
    same = {name: value for name, value in found.items() if name != "worker"}
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def packages() -> dict[str, str]:
    """All packages that are installed, with their versions."""
    found: dict[str, str] = {}
    for folder in sys.path:
        with contextlib.suppress(OSError):
            # Folders' names tell both; importlib.metadata reads a file for each package, which takes half a second.
            for entry in os.listdir(folder or "."):
                kind = _INSTALLED.fullmatch(entry)
                if kind is not None:  # the first on the path is what is imported
                    found.setdefault(kind["name"].replace("_", "-").lower(), kind["version"])
    return dict(sorted(found.items()))


def prices() -> str:
    """The package that tells prices, and its version; empty if there is none."""
    known = packages().get("genai-prices")
    return f"genai-prices {known}" if known else ""


# --- own code ---------------------------------------------------------------------------------------------------------


def sources(files: Sequence[Path], root: Path) -> dict[str, Any]:
    """A digest of some files, and the beginning of each one's own, by its path below a folder."""
    digests: dict[str, str] = {}
    for file in sorted(files)[:MOST_FILES]:
        try:
            if file.stat().st_size <= MOST_BYTES:
                home = next((each for each in (root, Path.cwd()) if file.is_relative_to(each)), file.parent)
                name = file.relative_to(home).as_posix()  # nobody's folders are in the data
                digests[name] = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        except OSError:
            continue
    if cells := _cells():
        digests["notebook cells"] = hashlib.sha256("\n".join(cells).encode(errors="replace")).hexdigest()[:16]
    whole = hashlib.sha256("\n".join(f"{name} {digest}" for name, digest in digests.items()).encode())
    return {"digest": whole.hexdigest(), "files": digests} if digests else {}


def _script_folder() -> Path:
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    found = Path(script).absolute().parent if script else Path.cwd()
    return Path.cwd() if _is_foreign(found) else found  # `ego run` is a script of ours


def _own_modules(root: Path) -> list[Path]:
    """The files of the modules that are loaded from a script's folder, or from the working directory."""
    homes = tuple({os.path.join(os.path.abspath(home), "") for home in (root, Path.cwd())})
    found = set()
    for module in list(sys.modules.values()):  # there are thousands: paths are compared as texts
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and name.endswith(".py"):
            file = name if name[0] == "/" and ".." not in name else os.path.abspath(name)
            if file.startswith(homes) and not file.startswith(_OURS) and _FOREIGN.isdisjoint(file.split(os.sep)):
                found.add(file)
    return [Path(file) for file in found]


def _project_files(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        below = (each for each in folders if not each.startswith((".", "_static_root")) and each not in _FOREIGN)
        folders[:] = sorted(each for each in below if not Path(folder, each, "pyvenv.cfg").exists())
        found += [Path(folder, file) for file in files if file.endswith(OWN_CODE)]
        if len(found) > MOST_FILES:
            break
    return found


def _is_foreign(file: Path) -> bool:
    return not _FOREIGN.isdisjoint(file.parts) or Path(__file__).parents[1] in (file, *file.parents)


def _cells() -> list[str]:
    """What was run in a notebook so far."""
    cells = getattr(sys.modules.get("__main__"), "In", None)
    return [str(each) for each in cells] if isinstance(cells, list) and hasattr(sys, "ps1") else []


@lru_cache(maxsize=8)
def _commit(folder: str) -> dict[str, Any]:
    """The commit that a folder is at, and whether tracked files differ from it; nothing where there is no git."""
    at = _git(folder, "rev-parse", "HEAD")
    if at is None:
        built = os.environ.get("HEROKU_SLUG_COMMIT") or os.environ.get("SOURCE_VERSION") or ""
        return {"commit": built, "dirty": None} if built else {}
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"commit": at.strip(), "dirty": None if changed is None else bool(changed.strip())}


def _git(folder: str, *line: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *line], capture_output=True, text=True, errors="replace", timeout=_GIT_SECONDS,
            stdin=subprocess.DEVNULL, env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"}, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    """The embedded model's weights; nothing if this machine has none."""
    try:
        file = find_weights()
        if file is None:
            return {}
        digest = hashlib.sha256()
        with file.open("rb") as weights:
            while piece := weights.read(1 << 20):
                digest.update(piece)
    except (OSError, ConfigError):
        return {}
    return {"weights": {"file": file.name, "sha256": digest.hexdigest()}}


# --- in words ---------------------------------------------------------------------------------------------------------

SHOWN = ("openai", "otree", "genai-prices", "xllamacpp", "jinja2", "sqlalchemy")
"""Packages that are shown; all of them are in the store."""


def words(found: Mapping[str, Any], full: bool = False) -> Iterator[tuple[str, str]]:
    """Names and values for readers of a run.

    Arguments:
        found: what `surroundings` gave, perhaps long ago. full: with all packages and files.
    """
    yield "python", f"{found.get('implementation', '')} {found.get('python', '')}, {found.get('system', '')}".strip()
    known = {str(name).lower(): version for name, version in _dict(found.get("packages")).items()}
    shown = [f"otree_ego {found.get('otree_ego', '')}", *(f"{n} {known[n]}" for n in SHOWN if n in known)]
    more = len(known) - (len(shown) - 1)
    if full:
        shown = [shown[0], *(f"{name} {version}" for name, version in known.items())]
    yield "packages", ", ".join(shown) + (f", and {more} more" if more > 0 and not full else "")
    if commit := str(found.get("commit") or ""):
        state = {True: ", with changes that are not committed", False: ""}.get(found.get("dirty"), "")  # type: ignore[arg-type]
        yield "commit", commit + state
    own = _dict(found.get("sources"))
    if own:
        count = len(_dict(own.get("files")))
        text = f"{str(own.get('digest', ''))[:16]} ({count} file{'s' * (count != 1)})"
        each = ", ".join(f"{name} {digest}" for name, digest in _dict(own.get("files")).items())
        yield "own code", f"{text}: {each}" if full else text
    if found.get("prices"):
        yield "prices", str(found["prices"])
    weights = _dict(found.get("weights"))
    if weights:
        yield "weights", f"{weights.get('file', '')}, sha256 {weights.get('sha256', '')}"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
