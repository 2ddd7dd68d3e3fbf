"""The text of the reply that is under way: sent to the pages a few times a second, and written down once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...chat_rules.end_word import shown_so_far, without_end_word
from ...errors import ContextExceeded
from ...messages import Message, Request
from ...questions.partial_json import text_so_far
from ...stores.reply_rows import Progress
from ...threads.driving import StreamedText
from ...threads.memory import shown_text
from ...threads.notices import is_notice
from ...threads.thread import Thread
from ..otree_internals.writer import writer
from .sent_so_far import SentSoFar
from .viewers import Viewers

FIRST_UPDATE, NEXT_UPDATE = 0.05, 0.1
"""Seconds from the first character to the first frame, and between frames."""
_WHY = {"Interrupted": "interrupted", ContextExceeded.__name__: "context"}


@dataclass
class PartOfText(StreamedText):
    """The text of a reply that comes as JSON: the one field that is shown.

    Arguments:
        part: its name; empty for all that comes.
    """

    part: str = ""

    @property
    def text(self) -> str:
        return text_so_far(self.raw, self.part) if self.part else self.raw


class ReplyText:
    """What has come of one reply, and how much of it the pages have been sent.

    Arguments:
        viewers: who is sent it.
        streamed: whether it is sent as it comes; a group chat shows a message when it is whole.
        shown_id: the reply's name on the pages. pending: its place. thread: in which it comes.
        end_word: what participants never see of it; see `end_word`.

    Attributes:
        delivered: how many characters of it have reached a page that is open.
        part: the field that is shown, of a reply that comes as JSON; else empty.
    """

    part = ""

    def __init__(
        self,
        viewers: Viewers,
        streamed: bool,
        shown_id: str = "",
        pending: Message | None = None,
        thread: Thread | None = None,
        end_word: str = "",
    ) -> None:
        self._end_word = end_word
        self._viewers = viewers
        self._streamed = streamed
        self._id = "" if pending is None else pending.id
        self._shown_id = shown_id
        self._received = StreamedText()
        self._sent = 0
        self._requests = None if pending is None or thread is None else SentSoFar(thread, pending)
        self._timer: asyncio.TimerHandle | None = None
        self.delivered = 0

    @property
    def received(self) -> str:
        """All that has come in this attempt."""
        return self._received.text

    @property
    def shown(self) -> str:
        """As much as the pages have been sent."""
        return shown_so_far(self._received.text, self._end_word)[: self._sent]

    def attempt(self, request: Request) -> StreamedText:
        """A model is asked: what collects the text of its reply."""
        self._received = PartOfText(self._came, on_restart=self.restart, part=self.part)
        if self._requests is not None:
            self._requests.begin(request)
            if self._requests.attempts > 1:  # the row has the first one
                writer().progress.note(self._id, self._progress)
        return self._received

    def failed(self, error: BaseException) -> None:
        """The model's answer was an error."""
        if self._requests is not None:
            self._requests.failed(error)

    def restart(self) -> None:
        """Another attempt follows, or what came is no part of the text: the pages forget what they have been sent."""
        self.delivered = 0
        if self._sent:
            self._sent = 0
            self._viewers.send_soon({"t": "text", "id": self._shown_id, "at": 0, "text": ""})

    def end(self) -> None:
        """Nothing more is sent, or written down."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._id:
            writer().progress.forget(self._id, self._progress)

    def state_sent(self) -> None:
        """A page that was opened has been sent what the others have."""
        self.delivered = max(self.delivered, self._sent)

    def delivered_of(self, message: Message) -> int:
        """How much of the reply has reached a browser, or is about to: a page that is open is sent the whole next."""
        if message.status != "failed" and self._viewers.anybody_there():
            return len(message.text)
        return self.delivered if message.text.startswith(self.received[: self.delivered]) else 0

    def _came(self, piece: str) -> None:
        if self._timer is None:
            wait = NEXT_UPDATE if self._sent or not self._streamed else FIRST_UPDATE
            self._timer = asyncio.get_running_loop().call_later(wait, self._send)

    def _send(self) -> None:
        self._timer = None
        writer().progress.note(self._id, self._progress)
        if not self._streamed:
            return
        text, received = shown_so_far(self._received.text, self._end_word), self._received
        at, self._sent = self._sent, len(text)

        def delivered() -> None:
            if received is self._received and len(text) <= self._sent:  # no attempt has begun anew
                self.delivered = max(self.delivered, len(text))

        if len(text) > at:
            self._viewers.send_soon({"t": "text", "id": self._shown_id, "at": at, "text": text[at:]}, None, delivered)

    def _progress(self) -> Progress:
        attempts, sent = (self._requests.attempts, self._requests.news) if self._requests is not None else (0, None)
        return Progress(self._id, self.delivered, self._received.text, attempts, request=sent)


def note_delivered(reply: Message) -> None:
    """Note that a page which is open has been sent all of a reply."""
    delivered = Progress(reply.id, reply.characters_delivered, time=time.time())
    writer().progress.note(reply.id, lambda: delivered)


def note_shown(messages: list[Message], visible: Callable[[Message], bool]) -> None:
    """Note in a record that a page has been sent all that is visible of it."""
    for place, message in enumerate(messages):
        some, length = message.characters_delivered, len(message.text)
        if some is not None and some < length and message.status != "failed" and visible(message):
            messages[place] = replace(message, characters_delivered=length)
            note_delivered(messages[place])


def why_cut(message: Message) -> str:
    """Why a reply is not whole, for `MessageView`; empty if it is, or failed for another reason."""
    if message.error in _WHY:
        return _WHY[message.error]
    return "stopped" if message.finish_reason == "stopped" else ""


def says_only(message: Message, end_word: str) -> bool:
    """Whether a reply has nothing but the word with which the model ends the chat."""
    return message.role == "assistant" and message.sendable and not without_end_word(message.text, end_word).strip()


def as_shown(message: Message, under_way: str | None, end_word: str = "") -> tuple[str, str, str]:
    """Text, status and why, for `MessageView`; `under_way` is what the pages have of a reply that is still to come."""
    if under_way is not None:
        return under_way, "pending", ""
    text = without_end_word(shown_text(message), end_word) if message.role == "assistant" else shown_text(message)
    return "" if message.status == "failed" else text, message.status, why_cut(message)


def spoken_by(message: Message) -> tuple[str, str]:
    """The role and the author of a message, as pages get them; a model's name is not an author."""
    if is_notice(message):
        return "notice", message.author
    by_code = message.role == "assistant" and not message.model
    return message.role, message.author if by_code else ""
