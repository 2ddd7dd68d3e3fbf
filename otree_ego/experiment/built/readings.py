"""What is seen in the previews of all treatments, of which only digests are kept: the texts may be very long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...parsing import has_token
from .notation import Filter
from .places import some
from .preview import Preview
from .reader import Built
from .seat_answers import field_names

_ONE_OF_TWO = re.compile(r"\b[A-ZÄÖÜ]{2,}\b[,;]? (?:or|oder) \b[A-ZÄÖÜ]{2,}\b")
_HOW_MUCH = re.compile(r"number|how m(?:uch|any)|zahl|wie ?viel", re.IGNORECASE)
MOST_COMPARED = 5_000_000
"""Characters that are searched for what filters read, once for each token: what is beyond is not held against them."""
Digest = tuple[int, int, int, int]
_JSON = re.compile(r"\bJSON\b", re.IGNORECASE)
_NUMBERED_TOKEN = re.compile(r"Token \d+", re.IGNORECASE)


class Readings:
    """What each seat reads in each treatment, to be compared.

    Arguments:
        built: the scenario.
    """

    def __init__(self, built: Built) -> None:
        self.built = built
        self.treatments: list[str] = []
        self.characters = self._compared = 0
        self.whole = True  # where a preview ends early, what is alike so far may differ later
        self._digests: dict[str | int, list[Digest]] = {}  # of everybody, a seat, a role; one for each treatment
        self._misfits: dict[int, dict[str, list[str]]] = {seat.number: {} for seat in built.seats}

    def add(self, each: Preview) -> None:
        """See a treatment's messages.

        Arguments:
            each: its preview, which may be let go of then.
        """
        self.treatments.append(each.treatment)
        self.whole = self.whole and not each.stopped
        texts: dict[str | int, list[str]] = {"": [], "system": [], "user": []}
        for message in each.messages:
            self.characters += len(message.text)
            for whose in ("", message.role, message.seat):
                texts.setdefault(whose, []).append(message.text)
        for seat in self.built.seats:
            own = texts.setdefault(seat.number, [])
            self._compared += sum(map(len, own)) * max(1, len(seat.filter.tokens))
            if self._compared > MOST_COMPARED:
                continue
            words = _misfit(seat.filter, "\n".join(own))
            self._misfits[seat.number].setdefault(words, []).append(each.treatment)
        for whose, found in texts.items():
            self._digests.setdefault(whose, []).append(_digest(found))

    def alike(self, whose: str | int) -> list[list[str]]:
        """Groups of treatments in which the same is read.

        Arguments:
            whose: a seat's number, a role, or empty for all messages.
        """
        groups: dict[Digest, list[str]] = {}
        for name, digest in zip(self.treatments, self._digests.get(whose, ()), strict=True):
            groups.setdefault(digest, []).append(name)
        return [names for names in groups.values() if len(names) > 1]

    def misfits(self, seat: int) -> Iterator[tuple[str, list[str]]]:
        """What a seat's filter cannot read, and in which treatments; none of these if it is so in all."""
        found = self._misfits[seat]
        for words, names in found.items():
            if words:
                yield words, names if len(found) > 1 else []


def _digest(texts: list[str]) -> Digest:
    """Two hashes that texts remember, so that those of before are not read again."""
    return len(texts), sum(map(len, texts)), hash(tuple(texts)), hash(tuple(reversed(texts)))


def _asks_for(prompt: str, token: str) -> bool:
    """Whether a prompt has a token, as an answer would; beside a negation, too."""
    if token in prompt and re.search(rf"(?<!\w){re.escape(token)}(?!\w)", prompt):
        return True  # which is soon found; all other ways to write it take longer
    return has_token(prompt, token)


def _misfit(by: Filter, asked: str) -> str:
    json_wanted = by.name in ("JSON", "extract_number") and _JSON.search(asked)
    if missing := [name for name in (field_names(by.answer) if by.answer else ()) if name not in asked]:
        return f"the prompts never name the field{'s' * (len(missing) > 1)} {some(missing)}, which the answer must have"
    if by.name == "exclusive_response":
        if len({token.casefold() for token in by.tokens}) < len(by.tokens):
            return f"{some(by.tokens)} differ in capitals only, which the filter does not see"
        missing = [token for token in by.tokens if not _asks_for(asked, token)]
        if missing and all(map(_NUMBERED_TOKEN.fullmatch, by.tokens)):
            return f"{some(by.tokens)} are the words that a new filter comes with; give the words that may be answered"
        if missing:
            return f"the prompts never name {some(missing)}, which the filter waits for"
    elif by.name == "JSON" and not json_wanted and "{" not in asked:
        return "the filter reads JSON, and the prompts never ask for it"
    elif by.name == "extract_number" and json_wanted:
        return "the prompts ask for JSON, and the filter reads a number"
    elif by.name == "extract_number" and (words := _ONE_OF_TWO.search(asked)) and not _HOW_MUCH.search(asked):
        return f"the prompts ask for {words[0]}, and the filter reads a number"
    return ""
