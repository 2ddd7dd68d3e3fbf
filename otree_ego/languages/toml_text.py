"""The part of TOML that a language's file needs: sections, comments, texts in quotation marks. All Pythons read it."""

from __future__ import annotations

import json
import re

from ..errors import ConfigError

_BARE = r"[A-Za-z0-9_-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LITERAL = r"'[^']*'"
_NAME = rf"(?:{_BARE}|{_QUOTED}|{_LITERAL})"
_SECTION = re.compile(rf"\[\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*\]\s*(?:#.*)?")
_ROW = re.compile(rf"({_NAME}(?:\s*\.\s*{_NAME})*)\s*=\s*({_QUOTED}|{_LITERAL})\s*(?:#.*)?")
_NAMES = re.compile(_NAME)


def read_toml(text: str) -> dict[str, dict[str, str]]:
    """The texts of a file by section and key. Dotted keys stay one key: ``cooperation.title``.

    Raises:
        ConfigError: a line is none of a section, a comment and ``key = "text"``, or a key stands
            twice; the message names the line.

    >>> read_toml('[chat]  # pages\\nsend = "Küldés"\\n"Please wait" = \\'…\\'')
    {'chat': {'send': 'Küldés', 'Please wait': '…'}}
    """
    sections: dict[str, dict[str, str]] = {}
    rows: dict[str, str] | None = None
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        line = raw.strip(" \t")
        if not line or line.startswith("#"):
            continue
        if section := _SECTION.fullmatch(line):
            name = _dotted(section[1], number)
            if name in sections:
                raise ConfigError(f"line {number}: the section [{name}] stands twice.")
            rows = sections[name] = {}
        elif row := _ROW.fullmatch(line):
            if rows is None:
                raise ConfigError(f"line {number}: this text stands before the first [section].")
            key = _dotted(row[1], number)
            if key in rows:
                raise ConfigError(f"line {number}: {key!r:.60} stands twice in its section.")
            rows[key] = _plain(row[2], number)
        else:
            raise ConfigError(
                f'line {number}: {line!r:.60} is none of [section], # comment and key = "text". A text stands in one '
                'line, in quotation marks; write \\" for one in the text and \\n for a line break.'
            )
    return sections


def write_text(text: str) -> str:
    """A text as it stands in a file.

    >>> write_text('Say "Hi"')
    '"Say \\\\"Hi\\\\""'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_key(key: str) -> str:
    """A key as it stands in a file.

    >>> write_key("send"), write_key("Please wait")
    ('send', '"Please wait"')
    """
    return key if re.fullmatch(rf"{_BARE}(\.{_BARE})*", key) else write_text(key)


def _dotted(names: str, line: int) -> str:
    return ".".join(_plain(each, line) for each in _NAMES.findall(names))


def _plain(value: str, line: int) -> str:
    if value.startswith("'"):
        return value[1:-1]
    if not value.startswith('"'):
        return value
    long = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: _sign(found[1]), value)
    try:
        return str(json.loads(long, strict=False))
    except ValueError:
        raise ConfigError(f"line {line}: {value!r:.60} has a backslash that stands for nothing; write \\\\.") from None


def _sign(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and number not in (0x22, 0x5C) else "\\x"
