"""Which messages of a chat its readers see."""

from __future__ import annotations

from typing import Any

from ...messages import Message
from ...threads.memory import SHOWN
from ...threads.notices import is_notice
from .earlier_codes import earlier_codes
from .hidden_ais import says_something
from .member_settings import SettingsHere
from .reply_text import says_only


class ReadMessages(SettingsHere):
    """The messages of a room, for those who read them.

    Attributes:
        hidden: by code, who is not to know of AIs yet.
        earlier: by code, the codes that a participant had in earlier sessions, if they have written here.
    """

    hidden: dict[str, bool]
    earlier: dict[str, frozenset[str]]

    @property
    def messages(self) -> list[Message]:
        """The record, as this room last saw or wrote it."""
        raise NotImplementedError

    def note_earlier(self, player: Any, code: str) -> None:
        """Somebody opens the chat: what they wrote here in an earlier session is their own."""
        if code not in self.earlier:
            authors = {message.author for message in self.messages if message.role == "user"}
            self.earlier[code] = earlier_codes(player, authors)

    def is_mine(self, message: Message, code: str) -> bool:
        """Whether a participant has written a message."""
        return message.role == "user" and (message.author == code or message.author in self.earlier.get(code, ()))

    @property
    def record(self) -> list[Message]:
        """What was said, as people have read it: no instructions, and no replies that failed."""
        return [message for message in self.messages if message.sendable and self._visible(message)]

    def failed_reply(self, code: str = "") -> Message | None:
        """The last message that a reader sees (or any reader), if it is a reply that failed."""
        last = next((m for m in reversed(self.messages) if self._visible(m, code) and not is_notice(m)), None)
        return last if last is not None and last.role == "assistant" and last.status == "failed" else None

    def _visible(self, message: Message, code: str = "") -> bool:
        there = message.role != "system" or (is_notice(message) and message.text != "")
        there = there and not message.hidden and message.forgotten is None and message.params.get(SHOWN) != ""
        there = there and not (self.settings.end_word and says_only(message, self.settings.end_word))
        return there and (not self.hidden.get(code) or says_something(message))
