"""Keys and passwords on this machine: the file `.env` beside a project's settings.py.

`otree zip` leaves this file out of its archive, and so do git and docker in a project that `ego startproject` made. On
a server the same names stand in the environment, and no such file is needed.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..display import logger
from ..errors import ConfigError
from .key_files import holds_key

FILE = ".env"
SECRET = "OTREE_SECRET_KEY"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


def read_env(settings: str | os.PathLike[str]) -> None:
    """Put what the project's `.env` names into the environment, and see that there is a secret for cookies.

    A name that the environment has already stays as it is. A project without `OTREE_SECRET_KEY` gets a random one: on
    a developer's machine it is kept in `.env`, in production (`OTREE_PRODUCTION=1`) until the server restarts. On a
    developer's machine the log also warns of key files that `otree zip` would pack.

    Arguments:
        settings: the project's settings.py; in that file, ``__file__``.

    Raises:
        ConfigError: `.env` cannot be read; the message names the line.

    >>> _ = Path(".env").write_text("OTREE_ADMIN_PASSWORD=correct horse\\n")
    >>> read_env("settings.py")
    >>> os.environ["OTREE_ADMIN_PASSWORD"], len(os.environ["OTREE_SECRET_KEY"])
    ('correct horse', 64)
    >>> del os.environ["OTREE_ADMIN_PASSWORD"], os.environ["OTREE_SECRET_KEY"]  # for the next example
    """
    folder = Path(settings).parent
    for name, value in env_values(folder).items():
        os.environ.setdefault(name, value)
    production = os.environ.get("OTREE_PRODUCTION", "") not in ("", "0")
    if not os.environ.get(SECRET, "").strip():
        os.environ[SECRET] = secrets.token_hex()
        if production:
            logger.warning(
                f"{SECRET} is not set. This server made one up, so administrators have to log in again after each "
                "restart. Set it in the environment, to a long random text."
            )
        else:
            _keep(folder / FILE)
    if not production:
        _warn_of_keys(folder)


def env_text(values: Mapping[str, str], comments: Mapping[str, str]) -> str:
    """A `.env` with these values, each with its comment above it; an empty value stands there to be filled in."""
    lines = []
    for name, value in values.items():
        lines += [f"# {comments[name]}"] if comments.get(name) else []
        lines.append(f"{name}={value}" if value else f"# {name}=")
    return "\n".join(lines) + "\n"


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else on this machine can read."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", newline="\n") as opened:
        opened.write(text)


def env_values(project: Path) -> dict[str, str]:
    """What the `.env` in a project's folder names; nothing if there is none.

    Arguments:
        project: the folder.

    Raises:
        ConfigError: it cannot be read; the message names the line.
    """
    file = project / FILE
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{file} cannot be read ({type(problem).__name__}): it is a text file in UTF-8") from None
    return dict(_values(file, text))


def _values(file: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or "\0" in line:  # the line itself may be a key, and is not shown
            raise ConfigError(f"{file}, line {number}, is not NAME=value: write for example OPENAI_API_KEY=… there")
        name, value = found.groups()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        yield name, value


def _warn_of_keys(folder: Path) -> None:
    try:
        names = sorted(file.name for file in folder.iterdir() if holds_key(file.name) and file.is_file())
    except OSError:
        return
    if packed := [name for name in names if not name.endswith(FILE)]:
        logger.warning(
            f"`otree zip` would pack {', '.join(packed)} with your project, for everybody who gets the archive. "
            f"Put the key into {FILE}, which is never packed, or pack with `ego zip`."
        )


def _keep(file: Path) -> None:
    try:
        before = file.read_bytes() if file.exists() else b""
        begin = "\n" if before and not before.endswith(b"\n") else ""
        write_private(file, f"{begin}{SECRET}={os.environ[SECRET]}\n")
    except OSError:
        pass  # a folder that cannot be written to: the one in memory serves as well
