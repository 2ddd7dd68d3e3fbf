"""The small files that a platform reads: their text, and what Windows may have done to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..shared.output import Row

BYTES = 1_000_000
"""Of a file that are read."""
ENDS = "line ends of Windows (CRLF)"
MARK = "a byte order mark at its beginning"
WIDE = "it is in UTF-16, as PowerShell's > writes it"
COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_FAILS: dict[str, str] = {
    "Procfile": "a shell then looks for a program whose name ends in \\r",
    "Dockerfile": "its commands may end in \\r",
    "requirements.txt": "",
    "requirements_base.txt": "",
    ".python-version": "",
    "runtime.txt": "",
    "app.json": "",
    **dict.fromkeys(COMPOSE, ""),
}
"""The files that are looked at, and what comes of CRLF in them; empty if they are read all the same."""
FIX = "save it as UTF-8 with LF line ends (VS Code: click CRLF below, choose LF); .gitattributes: * text=auto eol=lf"


@dataclass(frozen=True)
class TextFile:
    """A file as it was read.

    Fields:
        name: its path in the project. text: without a mark at its beginning, with LF line ends. oddities: what was
        found in it, of `ENDS`, `MARK` and `WIDE`. problem: why it cannot be read; empty if it can.
    """

    name: str
    text: str = ""
    oddities: tuple[str, ...] = ()
    problem: str = ""


def read_text(name: str) -> TextFile | None:
    """A file of the project in the working directory, or None if there is none."""
    try:
        if Path(name).exists() and not Path(name).is_file() and not Path(name).is_dir():
            return TextFile(name, problem=f"{name} is no file that can be read")  # a pipe, which would never end
        with Path(name).open("rb") as file:
            data = file.read(BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a ValueError: NUL or half a character in the name
        return None
    except OSError as error:
        what = "it is a folder" if Path(name).is_dir() else error.strerror or type(error).__name__
        return TextFile(name, problem=f"{name} cannot be read: {what}")
    if len(data) > BYTES:
        return TextFile(name, problem=f"{name} is larger than {BYTES // 1_000_000} MB, and was not read")
    return _decoded(name, data)


def _decoded(name: str, data: bytes) -> TextFile:
    oddities, encoding = [], "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        oddities, encoding = [WIDE], "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        oddities, encoding = [MARK], "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return TextFile(name, problem=f"{name} is not UTF-8")
    if "\0" in text:
        return TextFile(name, problem=f"{name} is no text: it holds NUL")
    if "\r" in text:
        oddities.append(ENDS)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return TextFile(name, text, tuple(oddities))


def check_texts() -> Iterator[Row]:
    """A row for each file that Windows has changed in a way that a server may stumble over, or that cannot be read."""
    scripts = [path.name for path in sorted(Path(".").glob("*.sh"))]
    for name in [*_FAILS, *scripts]:
        file = read_text(name)
        if file is None:
            continue
        if file.problem:
            yield Row(name, "failed", file.problem, FIX)
            continue
        comes = _FAILS.get(name, "the shell that runs it then fails")
        for oddity in file.oddities:
            fails = bool(comes) if oddity == ENDS else not (oddity == MARK and name == "requirements.txt")
            said = f"{oddity}: {comes}" if oddity == ENDS and comes else oddity
            yield Row(name, "failed" if fails else "warning", said, FIX)
