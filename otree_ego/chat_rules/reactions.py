"""Reactions beside messages: which there are, and what a model is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..errors import ConfigError
from ..languages.packs import texts_in
from ..messages import Message, clean, new_id

MOST, LONGEST = 12, 20
_TAKES = f"up to {MOST} different signs or words with spaces between them, each of at most {LONGEST} characters"
TEXTS = {
    "en": {
        "reacted": "({name} reacted to this message with {reaction})",
        "one": "(The participant reacted to this message with {reaction})",
    },
    "de": {
        "reacted": "({name} hat auf diese Nachricht so reagiert: {reaction})",
        "one": "(Die Versuchsperson hat auf diese Nachricht so reagiert: {reaction})",
    },
}


def reactions_from(value: Any, where: str) -> tuple[str, ...]:
    """The reactions that a session config or a page names.

    Arguments:
        value: a text, ``"👍 👎"``, or a list of texts. where: says so, for an error's sentence.

    Raises:
        ConfigError: it is neither, or one of them cannot be.

    >>> reactions_from("👍  👎 so-so", "ego_reactions")
    ('👍', '👎', 'so-so')
    """
    listed = value.split() if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(one, str) for one in listed):
        raise ConfigError(f"{where} = {value!r:.60}: this takes {_TAKES}.")
    found = tuple(one.strip() for one in listed)
    wrong = next(
        (one for one in found if not 0 < len(one) <= LONGEST or clean(one) != one or len(one.split()) > 1), None
    )
    if wrong is not None or len(found) > MOST or len(set(found)) < len(found):
        raise ConfigError(f"{where} = {value!r:.60}: this takes {_TAKES}.")
    return found


@lru_cache(maxsize=1000)
def reactions_of_setting(text: str) -> tuple[str, ...]:
    """The same of a setting's text that was checked before."""
    return reactions_from(text, "ego_reactions")


def told_of(
    record: Sequence[Message], reactions: Mapping[str, Mapping[str, str]], names: Mapping[str, str], language: str
) -> Sequence[Message]:
    """A record in which reactions stand behind the messages that they are about, as a model is told of them.

    Arguments:
        reactions: by message and participant code. names: of the participants, by code; none where there is only one.
        language: of the sentences, e.g. ``"de"``.

    >>> said = [Message("assistant", "Hi!", id="a", seq=1)]
    >>> told_of(said, {"a": {"abc": "👍"}}, {"abc": "Kim"}, "en")[-1].text
    '(Kim reacted to this message with 👍)'
    """
    if not reactions:
        return record
    texts, found = texts_in("reactions", TEXTS, language), []
    for message in record:
        found.append(message)
        for code, reaction in reactions.get(message.id, {}).items() if message.sendable else ():
            text = texts["reacted" if names else "one"].format(name=names.get(code, "?"), reaction=reaction)
            params = {"only_for": message.params["only_for"]} if "only_for" in message.params else {}
            found.append(replace(Message("user", text, params=params), id=new_id(), seq=message.seq))
    return found
