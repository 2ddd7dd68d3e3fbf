"""JSON from a file, from text or from a dict, as plain data that can be stored; anything else is refused."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ...errors import ConfigError
from ...messages import clean

MOST_BYTES = 5_000_000
MOST_LEVELS = 40
MOST_PARTS = 100_000
_ESCAPED, _AROUND = 6, 60
"""Characters that a file has for one of a text, and around each part."""


def text_of(source: Any) -> tuple[str, str]:
    """What the source is called in errors, and its text."""
    if isinstance(source, Mapping):
        try:
            return "The built scenario", json.dumps(source)
        except (TypeError, ValueError, RecursionError) as error:
            raise ConfigError(f"The built scenario is not JSON: {error}.") from None
    if isinstance(source, str) and (source.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") or "\n" in source):
        return "The built scenario", source.lstrip("\ufeff")
    if not isinstance(source, str | Path):
        raise ConfigError(f"A built scenario is a file, its text or a dict, not {type(source).__name__}.")
    place = Path(source).absolute()
    try:
        if place.exists() and not place.is_file():
            raise ConfigError(f"{place} cannot be read: it is no file.")
        size = place.stat().st_size
        if size > MOST_BYTES:
            raise ConfigError(f"{place} has {size:,} bytes; a built scenario has up to {MOST_BYTES:,}.")
        return str(place), place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"There is no file {place}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{place} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8.") from None
    except (OSError, UnicodeEncodeError) as error:
        raise ConfigError(f"{place} cannot be read: {getattr(error, 'strerror', error)}.") from None
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{str(source)!r:.80} cannot be the name of a file: {error}.") from None


def parsed(where: str, text: str) -> Any:
    if len(text) > MOST_BYTES:
        raise ConfigError(f"{where} has {len(text):,} characters; a built scenario has up to {MOST_BYTES:,}.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise ConfigError(f"{where}: the name {twice!r:.80} stands twice in one object.")
        return found

    def never(word: str) -> NoReturn:
        raise ConfigError(f"{where} is not JSON: {word} is not a JSON value.")

    def finite(digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else never(f"{digits:.40}")

    try:
        data = json.loads(text, object_pairs_hook=once, parse_constant=never, parse_float=finite)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{where} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise ConfigError(f"{where} is nested too deeply to be a built scenario.") from None
    except ValueError as error:
        raise error if isinstance(error, ConfigError) else ConfigError(f"{where} is not JSON: {error}.") from None
    check_parts(where, data)
    return data


def check_parts(where: str, data: Any) -> int:
    """See that data of JSON can be stored; returns about how many characters its file has at the most.

    Raises:
        ConfigError: it is nested too deeply, has too many parts, or a text that cannot be stored.
    """
    waiting: list[Any] = [data]
    level, parts, characters = 1, 0, 0
    while waiting:
        if level > MOST_LEVELS:
            raise ConfigError(f"{where} is nested too deeply ({MOST_LEVELS} levels are allowed).")
        parts += len(waiting)
        if parts > MOST_PARTS:
            raise ConfigError(f"{where} has more than {MOST_PARTS:,} parts; no scenario is as large.")
        inner: list[Any] = []
        for value in waiting:
            if isinstance(value, str):
                characters += len(value)
                if not value.isprintable() and clean(value) != value:
                    raise ConfigError(f"{where} has a text with characters that cannot be stored: {value!r:.80}.")
            elif isinstance(value, dict):
                inner += value
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        waiting, level = inner, level + 1
    return _ESCAPED * characters + _AROUND * parts
