"""What an oTree project's cookies are signed with: `secret_key`, for its settings.py."""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path

from ..public import public
from .local.weights import home, usual_home

VARIABLE = "OTREE_SECRET_KEY"
FILE = "secret_key"
_WHOLE = re.compile("[0-9a-f]{64}")


@public
def secret_key(folder: str | Path = ".") -> str:
    """The SECRET_KEY of an oTree project: the environment variable ``OTREE_SECRET_KEY``, else one of its own.

    The key of its own is for development. It is random, belongs to this project on this machine, and is the same after
    a restart and in every process. It is kept in the user's folder for data, never in the project, so that neither git
    nor ``otree zip`` can pack it. On a server set the variable: a server's disk may be empty after each restart.

    Arguments:
        folder: the project's; by default the working directory, as oTree runs in it.

    In settings.py: ``SECRET_KEY = secret_key()``.

    >>> secret_key() == secret_key(), secret_key("here") == secret_key("there"), len(secret_key())
    (True, False, 64)
    """
    if given := os.environ.get(VARIABLE, "").strip():
        return given
    project = Path(folder).absolute()
    with contextlib.suppress(OSError, RuntimeError):
        project = project.resolve()
    for place in _places(project):
        try:
            kept = _kept(place / FILE)
        except OSError:
            continue
        return hmac.new(kept.encode(), str(project).encode("utf-8", "surrogatepass"), "sha256").hexdigest()
    # Nothing can be kept here. Processes that this one starts inherit it, so that a server has one key.
    os.environ[VARIABLE] = secrets.token_hex()
    return os.environ[VARIABLE]


def _places(project: Path) -> list[Path]:
    """Folders that may keep the key: not in the project, where it would be packed with the rest."""
    found = []
    for place in (home, usual_home):
        with contextlib.suppress(OSError, RuntimeError):  # there may be no home
            found.append(place().resolve())
    return [place for place in dict.fromkeys(found) if not place.is_relative_to(project)]


def _kept(file: Path) -> str:
    """What the file holds; it is made first if it is not there. Of several processes at once, one makes it."""
    for _ in range(2):
        with contextlib.suppress(FileNotFoundError):
            text = file.read_text(encoding="ascii", errors="replace").strip()
            if _WHOLE.fullmatch(text):
                return text
            file.unlink(missing_ok=True)  # cut short: by a full disk, say
        _make(file)
    raise OSError(f"{file} cannot be kept")


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f"{FILE}-", dir=file.parent)  # readable by its owner alone
    try:
        with os.fdopen(number, "w", encoding="ascii") as new:
            new.write(secrets.token_hex())
            new.flush()
            os.fsync(new.fileno())
        try:
            os.link(name, file)  # whole or not at all, and never over another process's
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not file.exists():
                os.replace(name, file)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)
