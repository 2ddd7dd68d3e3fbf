"""What was previewed before, for the next keystroke: as much as the memory has room for."""

from __future__ import annotations

from typing import Any

MOST_CHARACTERS = 20_000_000
"""Of all that is kept together."""
A_MESSAGE = 300
"""Characters that a message needs besides its text."""


class KeptPreviews:
    """Previews, and texts of prompts, by what they depend on; the oldest go when there are too many characters.

    Arguments:
        most: characters that all may have together.

    >>> kept = KeptPreviews(most=10)
    >>> for n in range(3): kept.put(n, "text", 4)
    >>> [kept.get(n) for n in range(3)], kept.characters
    ([None, 'text', 'text'], 8)
    """

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self.most, self.characters = most, 0
        self._found: dict[Any, tuple[Any, int]] = {}  # the latest last

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, key: Any) -> bool:
        return key in self._found

    def copy(self) -> KeptPreviews:
        """The same, for a request of its own."""
        made = KeptPreviews(self.most)
        made.characters, made._found = self.characters, dict(self._found)
        return made

    def get(self, key: Any) -> Any:
        """What is kept; None if there is nothing."""
        found = self._found.get(key)
        return None if found is None else found[0]

    def use(self, key: Any) -> Any:
        """The same, which is then the latest."""
        found = self._found.pop(key, None)
        if found is None:
            return None
        self._found[key] = found
        return found[0]

    def put(self, key: Any, value: Any, characters: int) -> None:
        """Keep it as the latest, unless it needs more than all may have."""
        self.drop(key)
        if characters > self.most:
            return
        self._found[key] = value, characters
        self.characters += characters
        while self.characters > self.most:
            self.drop(next(iter(self._found)))

    def drop(self, key: Any) -> None:
        """Keep it no longer."""
        _, characters = self._found.pop(key, (None, 0))
        self.characters -= characters
