"""The file that the builder keeps: read, written in one piece, and never over somebody else's change."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import tempfile
import threading
from pathlib import Path

from ..errors import ConfigError
from ..experiment.built.json_file import MOST_BYTES

MOST_LINES = 400
"""Of the differences that are shown."""


class Changed(Exception):
    """The file is not what the page has seen.

    Fields:
        text: its content now, None if it is gone. version: of it. differences: lines of a diff, from it to the page's.
    """

    def __init__(self, text: str | None, version: str, differences: list[str]) -> None:
        super().__init__("The file was changed outside.")
        self.text, self.version, self.differences = text, version, differences


class ScenarioFile:
    """One file on this machine.

    Arguments:
        path: where it is, or will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock = threading.Lock()

    def read(self) -> tuple[str | None, str]:
        """Its text (None if there is no file) and its version.

        Raises:
            ConfigError: it cannot be read.
        """
        try:
            if self.path.exists() and self.path.stat().st_size > MOST_BYTES:
                raise ConfigError(f"{self.path} is too large: a built scenario has up to {MOST_BYTES:,} bytes.")
            content = self.path.read_bytes()
            return content.decode("utf-8-sig"), _version(content)
        except FileNotFoundError:
            return None, ""
        except UnicodeDecodeError:
            raise ConfigError(f"{self.path} is not UTF-8 text; save it as UTF-8.") from None
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be read: {error.strerror}.") from None

    def version(self) -> str:
        """The version of what is there; `?` if it cannot be read."""
        try:
            return self.read()[1]
        except ConfigError:
            return "?"

    def write(self, text: str, seen: str) -> str:
        """Put this text into its place, whole or not at all; returns the new version.

        Arguments:
            text: the content. seen: the version that the page has seen.

        Raises:
            Changed: something else is there now. ConfigError: it cannot be written.
        """
        content = text.encode("utf-8")
        with self._lock:
            there, version = self.read()
            if version == _version(content):
                return version
            if version != seen:
                raise Changed(there, version, _differences(there or "", text))
            try:
                self._replace(content)
            except OSError as error:
                raise ConfigError(f"{self.path} cannot be written: {error.strerror}. It is as it was.") from None
        return _version(content)

    def _replace(self, content: bytes) -> None:
        place = self.path.resolve()  # what a link leads to is written, and the link stays
        mode = place.stat().st_mode & 0o777 if place.exists() else None
        number, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        try:
            with os.fdopen(number, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(name, mode if mode is not None else 0o644)
            os.replace(name, place)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _differences(there: str, ours: str) -> list[str]:
    lines = list(difflib.unified_diff(there.splitlines(), ours.splitlines(), "the file", "here", lineterm="", n=1))
    return lines[:MOST_LINES]
