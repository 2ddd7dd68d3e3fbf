"""The files of a project's own languages: ``ego_words/ja.toml`` has all words in Japanese.

A running server never fails for such a file: a word that is missing, or cannot be used, is there in English, and the
log says so once. New sessions are refused; see `check_language`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..display import logger
from ..errors import ConfigError
from ..messages import clean
from .placeholders import what_is_wrong
from .toml_text import read_toml

FOLDER = "ego_words"
"""In the project's folder, where settings.py is."""
MOST_BYTES = 1_000_000
CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
"""Of a language, in small letters: ja, pt-br, zh-hans."""
RIGHT_TO_LEFT = frozenset((
    "ar", "arc", "ckb", "dv", "fa", "ha-arab", "he", "iw", "ks", "ku-arab", "nqo", "ps", "sd", "syr", "ug", "ur", "yi",
))  # fmt: skip
READ_AS_HTML = ("app.", "otree", "study")
"""Sections of which pages read the words as HTML; the chat's own page does not."""
FORMATTED = ("app.", "turns", "shared", "reactions", "recruiting", "study")
"""Sections of which the words are filled in by Python's ``format``."""


@dataclass(frozen=True)
class Pack:
    """What a language's file has.

    Attributes:
        problem: why the file cannot be read; empty if it can, and then `sections` has its texts by section and key.
    """

    code: str
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problem: str = ""


_read: dict[str, Pack | None] = {}
_merged: dict[tuple[str, str], dict[str, str]] = {}
_told: set[str] = set()


def code_of(language: str) -> str:
    """A language's code as our tables have it: ``pt_BR`` is ``pt-br``."""
    return language.strip().replace("_", "-").lower()


def base_of(language: str) -> str:
    """The language without its region or script: ``pt`` of ``pt-br``."""
    return code_of(language).partition("-")[0]


def direction_of(language: str) -> str:
    """Whether a language is written from right to left: ``rtl``, or ``ltr``.

    >>> direction_of("he-IL"), direction_of("ja")
    ('rtl', 'ltr')
    """
    code = code_of(language)
    return "rtl" if "-latn" not in code and {code, code.partition("-")[0]} & RIGHT_TO_LEFT else "ltr"


class Languages(Sequence[str]):
    """The languages that a session can have: ours, and those for which the project has a file now.

    Arguments:
        ours: their codes.
    """

    def __init__(self, ours: Collection[str]) -> None:
        self._ours = ours

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, place: Any) -> Any:
        return self._all()[place]

    def __contains__(self, language: object) -> bool:
        return isinstance(language, str) and (language in self._ours or code_of(language) in codes())

    def _all(self) -> list[str]:
        return sorted({*self._ours, *codes()})


def file_of(code: str) -> Path:
    """Where a language's file is, or would be."""
    return Path(FOLDER) / f"{code}.toml"


def codes() -> list[str]:
    """The languages for which the project has a file."""
    try:
        return sorted(each.stem for each in Path(FOLDER).glob("*.toml") if CODE.fullmatch(each.stem))
    except OSError:
        return []


def pack_of(language: str) -> Pack | None:
    """What the project has for a language, read once: its own file, else the one without the region; else None."""
    for code in dict.fromkeys((code_of(language), base_of(language))):
        if code not in _read:
            _read[code] = _load(code) if CODE.fullmatch(code) else None
        if (found := _read[code]) is not None:
            return found
    return None


def read_anew() -> None:
    """Forget what was read: files may have changed."""
    for kept in (_read, _merged, _told):
        kept.clear()


def texts_in(section: str, ours: Mapping[str, Mapping[str, str]], language: str) -> dict[str, str]:
    """The words of a section in a language: the project's, else ours in this language, else the English ones.

    Arguments:
        section: as in the file. ours: the words that we have, by language; ``"en"`` has all. language: a code.

    >>> texts_in("waiting", {"en": {"title": "Please wait"}}, "xx")
    {'title': 'Please wait'}
    """
    pack, usual = pack_of(language), ours.get(base_of(language)) or ours["en"]
    if pack is None:
        return dict(usual)
    key = (section, pack.code)
    if key not in _merged:
        _merged[key] = {**usual, **_usable(pack, section, ours)}
    return dict(_merged[key])


def problem_of(section: str, key: str, text: str, ours: Mapping[str, Mapping[str, str]]) -> str:
    """Why a word of a file cannot be used; empty if it can."""
    if clean(text) != text:
        return "it has a character that can neither be stored nor sent: NUL, or half of an emoji"
    return what_is_wrong(
        key, text, [words[key] for words in ours.values() if key in words],
        plain=section.startswith(READ_AS_HTML), formatted=section.startswith(FORMATTED),
    )  # fmt: skip


def _usable(pack: Pack, section: str, ours: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    tell(pack.problem)
    found = {}
    for key, text in pack.sections.get(section, {}).items():
        if key not in ours["en"] or not text:  # not filled in yet
            continue
        if why := problem_of(section, key, text, ours):
            tell(f"{file_of(pack.code)}: [{section}] {key}: {why}.")
        else:
            found[key] = text
            if f"{key}_one" in ours["en"]:
                found.setdefault(f"{key}_one", text)
    return found


def tell(problem: str) -> None:
    """Log once what keeps a language from being used."""
    if problem and problem not in _told:
        _told.add(problem)
        logger.error("%s Participants read another language there until it is mended.", problem)


def _load(code: str) -> Pack | None:
    file = file_of(code)
    try:
        if not file.is_file():
            return None
        if file.stat().st_size > MOST_BYTES:
            return Pack(code, problem=f"{file} is larger than {MOST_BYTES:,} bytes: a language's words are far fewer.")
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return Pack(code, problem=f"{file} is not in UTF-8. Save it as UTF-8 in your editor.")
    except OSError as error:
        return Pack(code, problem=f"{file} cannot be read: {error.strerror or error}.")
    try:
        return Pack(code, read_toml(text))
    except ConfigError as error:
        return Pack(code, problem=f"{file}, {error}")
