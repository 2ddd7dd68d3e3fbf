"""Whether a project's own language is complete, and a file to fill in for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..display import logger
from ..errors import ConfigError
from ..languages.app_tables import Table, tables_of_app
from ..languages.otree_sentences import KNOWN_TO_OTREE, OTREE
from ..languages.packs import (
    base_of,
    code_of,
    codes,
    direction_of,
    file_of,
    pack_of,
    problem_of,
    read_anew,
)
from ..languages.toml_text import write_key, write_text
from ..languages.waiting_texts import ANSWERS, SERVER, WAITING
from ..questions import phrases
from ..recruiting.page_texts import TEXTS
from . import nicknames, reactions, shared_chats, study_words, turn_taking, words
from .closest import nearest_of
from .study_words import STUDY_WORDS

SECTIONS: dict[str, tuple[str, Table, Mapping[str, str]]] = {
    "chat": ("What participants read in a chat", words.WORDS, words.MEANINGS),
    "questions": ("Typed questions, as the model is asked them", phrases.PHRASES, phrases.MEANINGS),
    "turns": ("What an AI is told of a group chat", turn_taking.TEXTS, {}),
    "shared": ("What the model is told of a chat that several people share", shared_chats.TEXTS, {}),
    "reactions": ("What the model is told of reactions", reactions.TEXTS, {}),
    "nicknames": ("Why a nickname is not taken", nicknames.TEXTS, {}),
    "study": ("Who is told of AIs, comprehension checks, and pay", STUDY_WORDS, study_words.MEANINGS),
    "waiting": ("An AIWaitPage", WAITING, {}),
    "answers": ("A field for True or False, as the model is asked for it", ANSWERS, {}),
    "recruiting": ("The page at the end of a study, and of a link that does not work", TEXTS, {}),
    "server": ("A page that is opened while the server starts", SERVER, {}),
    "otree": ("oTree's own sentences, and errors in forms", OTREE, {}),
}
"""By a file's section: what it is about, our texts by language, and what each text is for."""
BY_CODE = {"chat": {"lang", "dir"}}
"""Words that follow from the language's code, and may be missing."""


@dataclass(frozen=True)
class Found:
    """What is to be seen to in a language's file.

    Attributes:
        wrong: whether participants could not be shown what stands there; else something is missing or too much.
    """

    wrong: bool
    sentence: str


def tables(apps: Iterable[str]) -> dict[str, tuple[str, Table, Mapping[str, str]]]:
    """All sections: ours, and those of the apps that have tables of texts."""
    found = dict(SECTIONS)
    for app in dict.fromkeys(apps):
        for section, table in _tables_of(app).items():
            found[section] = (f"The app {app}", table, {})
    return found


def _tables_of(app: str) -> dict[str, Table]:
    try:
        return tables_of_app(app)
    # The app's own module: it may raise anything, and says so itself when the server starts.
    except Exception as error:
        logger.warning("The texts of the app %s cannot be read: %s: %s", app, type(error).__name__, error)
        return {}


def findings(code: str, apps: Iterable[str]) -> Iterator[Found]:
    """What is wrong, missing or unknown in a language's file, for these apps.

    Arguments:
        code: of the language. apps: names of apps; sections of other apps are not looked at.
    """
    pack = pack_of(code)
    if pack is None:
        return
    file = file_of(pack.code)
    if pack.problem:
        yield Found(True, pack.problem)
        return
    known = tables(apps)
    for section, rows in pack.sections.items():
        if section not in known:
            if not section.startswith("app."):
                yield Found(False, f"{file}: there is no section [{section}]{nearest_of(section, known)}.")
            continue
        ours = known[section][1]
        for key, text in rows.items():
            if key not in ours["en"]:
                yield Found(False, f"{file}: [{section}] has no text {key!r:.60}{nearest_of(key, ours['en'])}.")
            elif text and (why := problem_of(section, key, text, ours)):
                yield Found(True, f"{file}: [{section}] {key}: {why}.")
    for section, (_, ours, _) in known.items():
        missing = _missing(pack.code, section, ours, pack.sections.get(section, {}))
        if missing:
            more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
            shown = ", ".join(missing[:5])
            yield Found(False, f"{file}: [{section}] lacks {shown}{more}: these are in English.")


def _missing(code: str, section: str, ours: Table, rows: Mapping[str, str]) -> list[str]:
    base = base_of(code)
    if base in ours or (section == "otree" and base in KNOWN_TO_OTREE):
        return []
    there = {*(key for key, text in rows.items() if text), *BY_CODE.get(section, ())}
    return [
        key
        for key, text in ours["en"].items()
        if text and key not in there and not (key.endswith("_one") and key.removesuffix("_one") in there)
    ]


def check_language(code: str, apps: Iterable[str]) -> None:
    """Refuse a session in a language whose file cannot be used; log what is missing. Files are read anew.

    Raises:
        ConfigError: the file cannot be read, or a word in it cannot be shown; the message names the file and the word.
    """
    read_anew()
    found = list(findings(code, apps))
    wrong = [each.sentence for each in found if each.wrong]
    if wrong:
        more = f" And {len(wrong) - 3} more: `ego check` has them." if len(wrong) > 3 else ""
        raise ConfigError(" ".join(wrong[:3]) + more)
    for each in found:
        logger.warning("%s", each.sentence)


def template(code: str, apps: Iterable[str]) -> str:
    """A file to fill in: what is there already in this language, else English, with what each text is for.

    Arguments:
        code: of the language. apps: whose texts are wanted, too.

    Raises:
        ConfigError: the file that is there cannot be read.
    """
    code = code_of(code)
    pack = pack_of(code)
    if pack is not None and pack.problem:
        raise ConfigError(pack.problem)
    lines = [
        f"# All words in a language of your own: {file_of(code)}",
        "# Put your text between the quotation marks; what is empty is in English. Keep what stands in {braces} or",
        "# %(…)s there: a value is put in for it.",
        '# In a text \\" is a quotation mark and \\n a line break. `ego check` says what is missing or wrong.',
    ]
    for section, (about, ours, meanings) in tables(apps).items():
        lines += ["", f"# {about}"]
        if section == "otree" and base_of(code) in KNOWN_TO_OTREE:
            lines.append("# oTree has them in this language: what you leave empty is as oTree has it.")
        lines.append(f"[{'.'.join(write_key(part) for part in section.split('.'))}]")
        own = {} if pack is None else pack.sections.get(section, {})
        there = {**_by_code(section, code), **(ours.get(base_of(code)) or {}), **own}
        for key, english in ours["en"].items():
            if meanings.get(key):
                lines.append(f"# {meanings[key]}")
            if english != key:
                lines.append(f"# in English: {write_text(english)}")
            lines.append(f"{write_key(key)} = {write_text(there.get(key, ''))}")
    return "\n".join(lines) + "\n"


def _by_code(section: str, code: str) -> dict[str, str]:
    return {"lang": code, "dir": direction_of(code)} if section == "chat" else {}


def languages() -> list[str]:
    """The codes of the project's own languages, as their files are called."""
    return codes()
