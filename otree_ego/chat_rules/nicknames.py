"""Names that people in a chat can tell apart: which look alike, and which nickname a participant may take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from ..languages.packs import texts_in
from ..messages import clean
from ..public import public
from .lookalikes import LOOKALIKES, SMALL_CAPITALS

LONGEST_NAME = 40
NOT_IN_NAMES = re.compile(r"[:：@＠|\[\]\x00-\x1f\x7f\x85\u2028\u2029]")
"""What would make a name another thing: a line of its own, a mark of who speaks, an address."""
MOST_MARKS = 2
"""Accents on one letter; no language writes more, and a pile of them covers the lines above and below."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters that show nothing though they are no format characters: fillers, joiners, the blank of Braille."""
_SPOKEN_FOR = (
    "admin", "administrator", "ai", "all", "assistant", "bot", "chatbot", "computer", "everybody", "everyone",
    "experimenter", "me", "moderator", "participant", "person", "researcher", "server", "system", "you",
    "alle", "assistent", "assistentin", "du", "experimentator", "experimentatorin", "ich", "ki", "moderation",
    "moderatorin", "sie", "spielleitung", "teilnehmende person", "teilnehmer", "teilnehmerin", "versuchsleiter",
    "versuchsleiterin", "versuchsleitung",
)  # fmt: skip
TEXTS = {
    "en": {
        "no_name": "Please write a name.",
        "taken": "This name is taken, or looks like one that is taken. Please choose another one.",
        "reserved": "This name could be mistaken for somebody else’s. Please choose another one.",
    },
    "de": {
        "no_name": "Bitte geben Sie einen Namen ein.",
        "taken": "Diesen Namen gibt es schon, oder er sieht einem anderen zu ähnlich. Bitte wählen Sie einen anderen.",
        "reserved": "Mit diesem Namen könnte man Sie verwechseln. Bitte wählen Sie einen anderen.",
    },
}


def _tables() -> Iterator[tuple[int, str]]:
    for letter, others in LOOKALIKES.items():
        yield from ((ord(other), letter) for other in others)
    for start in (0x1F150, 0x1F170, 0x1F1E6):  # letters in discs, in squares, and those of flags
        yield from ((start + place, chr(ord("A") + place)) for place in range(26))
    yield from ((ord(other), letter) for letter, other in SMALL_CAPITALS.items())
    yield from {ord("0"): "O", ord("I"): "l", ord("1"): "l", ord("ı"): "i", ord("m"): "rn", ord("w"): "vv"}.items()


_PROTOTYPES = dict(_tables())


@lru_cache(maxsize=10_000)
def plain_name(name: str) -> str:
    """A name as a chat shows it: one line of visible characters; empty if there are none.

    Full-width and ornamental letters become plain ones (Unicode's NFKC); characters that nobody sees, or that turn the
    direction of writing, go.

    >>> plain_name("  Ａ\\u200bda \\u202e\\n"), plain_name("\\u3164")
    ('Ada', '')
    """
    seen: list[str] = []
    marks = 0
    for letter in NOT_IN_NAMES.sub(" ", unicodedata.normalize("NFKC", clean(name))):
        kind = unicodedata.category(letter)
        if kind in ("Cf", "Cs", "Co", "Cc") or letter in _UNSEEN or _selects_a_variant(letter):
            continue
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if not marks or (marks <= MOST_MARKS and seen and not seen[-1].isspace()):
            seen.append(letter)
    return " ".join(unicodedata.normalize("NFC", "".join(seen)).split())[:LONGEST_NAME].strip()


def _selects_a_variant(letter: str) -> bool:
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"


@lru_cache(maxsize=10_000)
def looks(name: str) -> frozenset[str]:
    """How a name looks, in several ways of reading it: two names are alike if they share one.

    Upper and lower case, accents, spaces, punctuation, and letters of other scripts make no difference.

    >>> looks("Ada").isdisjoint(looks("Аda")), looks("Ada").isdisjoint(looks("Eda"))
    (False, True)
    """
    plain = plain_name(name) or name
    letters = [each for each in unicodedata.normalize("NFKD", plain) if unicodedata.category(each)[0] not in "MZP"]
    bare = "".join(letters) or plain
    folded = bare.casefold()
    return frozenset((folded, _prototype(bare).casefold(), _prototype(folded).casefold()))


def _prototype(text: str) -> str:
    return text.translate(_PROTOTYPES)


@public
def nickname_error(nickname: str | None, taken: Collection[str] = (), language: str = "en") -> str | None:
    """Why a participant cannot take a nickname, as a sentence for a page's ``error_message``; None if they can.

    Refused are names without a visible character, names that look like one that is taken (``Аda`` with a Cyrillic А, or
    with an invisible character, is Ada), and those that would be taken for the experimenter's, such as *Moderator*.

    Arguments:
        nickname: what the participant has written.
        taken: the names of all others in the chat, of humans and of AIs.
        language: of the sentence, such as `language_of` returns it.

    >>> nickname_error("Moderator")
    'This name could be mistaken for somebody else’s. Please choose another one.'
    >>> nickname_error("Kim", ["Ada", "Lou"])
    """
    texts = texts_in("nicknames", TEXTS, language)
    name = plain_name(nickname or "")
    if not name:
        return texts["no_name"]
    if any(not looks(name).isdisjoint(looks(other)) for other in taken if other):
        return texts["taken"]
    without_number = re.sub(r"[\W\d_]+\Z|\A[\W\d_]+", "", name)
    reserved = any(
        not looks(each).isdisjoint(looks(word)) for word in _SPOKEN_FOR for each in (name, without_number) if each
    )
    return texts["reserved"] if reserved else None
