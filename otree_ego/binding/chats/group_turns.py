"""The turns of a group chat: whose it is by the record, who is seen typing, and what comes after a silence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from ...chat_rules.members import Members
from ...chat_rules.openings import next_opening
from ...chat_rules.personas import Persona
from ...chat_rules.settings import ChatSettings
from ...chat_rules.turn_taking import is_human, next_after_silence, next_speaker, wants_to_speak
from ...display import logger
from ...messages import Message
from ...stores.rows import ThreadRow
from ...threads.notices import has_ended
from .limits import spent
from .open_rooms import known_room
from .room import Room

RETRY = "retry"
"""Why a message came that was tried again."""


def own_verdict(owner: str, persona: Persona, said: Sequence[Message]) -> bool:
    """What a persona's own function says; if it stops with an error the log says so, and the persona says nothing."""
    try:
        return wants_to_speak(persona, said)
    except Exception as error:
        function: Any = persona.speaks
        code = getattr(function, "__code__", None)
        where = f" ({code.co_filename}, line {code.co_firstlineno})" if code is not None else ""
        logger.exception(
            "%s: Persona %r: the function for speaks%s stopped with %s: %s. %s says nothing to message %s.",
            owner, persona.name, where, type(error).__name__, error, persona.name, said[-1].seq,
        )  # fmt: skip
        return False


class TurnsRoom(Room):
    """A room in which AIs take turns.

    Attributes:
        members: who is there, as the page said it last.
    """

    def __init__(self, row: ThreadRow, messages: list[Message], settings: ChatSettings, session_code: str) -> None:
        super().__init__(row, messages, settings, session_code)
        self.members = Members()
        self._as_seen: dict[bool, Members] = {True: self.members}  # by whether people see who is an AI
        self._reveals: dict[str, bool] = {}  # whether a participant's page shows it, by code
        self._places: dict[bool, dict[str, int]] = {}  # of the messages among those that are shown, once counted
        self._most_in_a_row = 3
        self._speaker: Persona | None = None
        self._writing = False  # whether people may see that the speaker writes
        self._typing_sent = ""
        self._out_of_turn: tuple[Persona, str] | None = None  # tried again, or after a silence
        self._turn_found: list[tuple[Persona, str] | None] = []  # whose turn it is by the record, once looked up
        self._verdicts: dict[tuple[str, str], bool] = {}  # of personas' own functions, by persona and message
        self._silence_timer: asyncio.TimerHandle | None = None

    def _members_for(self, code: str) -> Members:
        # without a code: as whoever sees the most
        reveals = self._reveals.get(code, self.members.reveal_ais) if code else True in self._as_seen
        return self._as_seen.get(reveals, self.members)

    @property
    def typing(self) -> str:
        """Who is being waited for: the name of an AI that writes, or is about to."""
        if self._current is not None or self.placing:
            return self._speaker.name if self._speaker is not None and self._writing else ""
        persona, _ = self._turn() or (None, "")
        return "" if persona is None or persona.may_pass else persona.name

    def _go_on(self) -> None:
        """Let whoever is to speak speak; else wait for a silence."""
        if self._turn() is not None:
            self._start_answering()
        self._wait_for_silence()
        self._send_typing()

    # --- whose turn it is -------------------------------------------------------------------------------------------

    def _turn(self) -> tuple[Persona, str] | None:
        """Whose turn it is, and why."""
        if self.courses.all_over or spent(self.messages, self.settings, self.tally):
            return None
        if self._out_of_turn is not None:
            return None if has_ended(self.messages) else self._out_of_turn
        if not self._turn_found:
            found = None
            if not has_ended(self.messages):
                opens = next_opening(self.messages, self.members.personas, self.settings)
                answers = self._who_may_answer()
                found = opens or next_speaker(self.messages, answers, self._most_in_a_row, self._asks)
            self._turn_found = [None if found is None else (found[0], str(found[1]))]
        return self._turn_found[0]

    def _asks(self, persona: Persona, said: Sequence[Message]) -> bool:
        """Ask a persona's own function about a message, once."""
        key = persona.name, said[-1].id
        if key not in self._verdicts:
            self._verdicts[key] = own_verdict(self.owner, persona, tuple(said))
        return self._verdicts[key]

    def _who_may_answer(self) -> Sequence[Persona]:
        """The AIs that nobody has to write to before they speak again."""
        return self.members.personas

    def _silence_counts(self) -> bool:
        """Whether an AI may speak because nobody does."""
        return True

    def _changed(self) -> None:
        """Whose turn it is has to be looked up anew."""
        self._turn_found = []

    def _load(self, row: ThreadRow, messages: list[Message]) -> None:
        super()._load(row, messages)
        self._places = {}
        self._changed()

    def _place(self, recorded: Sequence[Message]) -> None:
        super()._place(recorded)
        self._places = {}
        if self._out_of_turn is not None and self._out_of_turn[1] != RETRY and any(map(is_human, recorded)):
            self._out_of_turn = None  # somebody has written: there is no silence to break any more
        self._changed()

    # --- typing, and silence ----------------------------------------------------------------------------------------

    def _send_typing(self) -> None:
        typing = self.typing
        if typing != self._typing_sent:
            self._typing_sent = typing
            seen = [code for code in self.viewers.pages if self._members_for(code).reveal_ais]
            self.viewers.send_soon({"t": "typing", "typing": typing, "busy": bool(typing)}, seen)

    def _wait_for_silence(self) -> None:
        if self._silence_timer is not None:
            self._silence_timer.cancel()
            self._silence_timer = None
        following = next_after_silence(self.messages, self.members.personas, self._most_in_a_row)
        if following is not None and not self.gone and self._silence_counts():
            self._silence_timer = asyncio.get_running_loop().call_later(following[1], self._break_silence)

    def _break_silence(self) -> None:
        self._silence_timer = None
        following = next_after_silence(self.messages, self.members.personas, self._most_in_a_row)
        if self.busy or following is None or self._turn() is not None or known_room(self.owner) is not self:
            return  # whoever speaks now ends the silence, and then the next one is waited for
        if not self.viewers.anybody_there():
            return  # nobody would read it; opening the page begins anew
        self._out_of_turn = following[0], f"after {following[1]:g} s"
        self._go_on()
