"""The word with which a model ends a chat: `ego_end_word`. Participants never see it, the record has it."""

from __future__ import annotations


def without_end_word(text: str, word: str) -> str:
    """A reply as participants read it.

    >>> without_end_word("Goodbye! [END]", "[END]")
    'Goodbye!'
    """
    return text.replace(word, "").rstrip() if word and word in text else text


def shown_so_far(text: str, word: str) -> str:
    """The beginning of a reply as participants may read it: what may become the word is held back.

    >>> [shown_so_far(text, "[END]") for text in ("Bye [", "Bye [EN", "Bye [EN]", "Bye [END] now [E")]
    ['Bye ', 'Bye ', 'Bye [EN]', 'Bye  now ']
    """
    if not word:
        return text
    before, _, rest = text.rpartition(word)
    most = min(len(word) - 1, len(rest))
    held = next((n for n in range(most, 0, -1) if rest.endswith(word[:n])), 0)
    return before.replace(word, "") + rest[: len(rest) - held]
