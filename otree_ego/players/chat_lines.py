"""Chats as a player has them: oTree's own, and those of this package, in one form."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from .served_page import Page
from .transports import PlayerStopped, Socket, Transport

ANSWER_PATIENCE = 60.0
"""Seconds in which a chat of ours answers, or a connection to it is made anew."""


@dataclass(frozen=True)
class Line:
    """What somebody has said."""

    name: str
    text: str
    mine: bool = False


class Chat(Protocol):
    """A chat that is open."""

    @property
    def may_write(self) -> bool:
        """Whether the player may say something."""

    @property
    def may_leave(self) -> str:
        """Why the player may not leave yet; empty if it may."""

    async def open(self) -> list[Line]:
        """What has been said so far."""

    async def say(self, text: str) -> str:
        """Say something; why it was refused, empty if it was not."""

    async def listen(self, quiet: float) -> list[Line]:
        """Wait for what others say: until nobody writes any more, or nothing comes for so many seconds."""


def chats_on(page: Page) -> list[str]:
    """The chats of a page: of one of oTree's what it tells its script, an empty text for one of this package."""
    return [""] * page.own_chat + list(page.chats)


@dataclass
class OtreeChat:
    """oTree's own chat.

    Fields:
        variables: what the page tells its script.
    """

    socket: Socket
    variables: Mapping[str, Any]
    may_write: bool = True
    may_leave: str = ""

    async def open(self) -> list[Line]:
        """See `Chat`."""
        return self._lines(await self.socket.receive())

    async def say(self, text: str) -> str:
        """See `Chat`."""
        await self.socket.send({"body": text, "nickname_signed": self.variables["nickname_signed"]})
        return ""

    async def listen(self, quiet: float) -> list[Line]:
        """See `Chat`."""
        end = asyncio.get_running_loop().time() + quiet
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                found = self._lines(await asyncio.wait_for(self.socket.receive(), left))
            except asyncio.TimeoutError:
                break
            if others := [line for line in found if not line.mine]:
                return others
        return []

    def _lines(self, messages: Any) -> list[Line]:
        mine = self.variables.get("participant_id")
        found = [each for each in messages if isinstance(each, dict)] if isinstance(messages, list) else []
        return [
            Line(str(each.get("nickname", "")), str(each.get("body", "")), each.get("participant_id") == mine)
            for each in found
        ]


@dataclass
class OwnChat:
    """A chat of this package; see binding/chats/PROTOCOL.md."""

    socket: Socket
    status: dict[str, Any] = field(default_factory=dict)
    busy: bool = False
    told: dict[str, str] = field(default_factory=dict)
    news: list[Line] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    saying: tuple[str, str] = ("", "")
    is_open: bool = False
    over: bool = False

    @property
    def may_write(self) -> bool:
        """See `Chat`."""
        return bool(self.status.get("open", True)) and not self.over

    @property
    def may_leave(self) -> str:
        """See `Chat`."""
        if self.status.get("next", True) or self.over:
            return ""
        return f"You have to write {self.status.get('missing') or 'some'} more before you can leave."

    async def open(self) -> list[Line]:
        """See `Chat`."""
        await self._do(do="open")
        await self._until(lambda: self.is_open, ANSWER_PATIENCE)
        if self.busy:
            await self._until(lambda: not self.busy, ANSWER_PATIENCE)
        found, self.news = self.news, []
        return found

    async def say(self, text: str) -> str:
        """See `Chat`."""
        name = uuid4().hex
        self.saying = (name, text.strip())
        await self._do(do="say", text=text, id=name)
        if not await self._until(lambda: name in self.taken or name in self.refused or self.over, ANSWER_PATIENCE):
            raise PlayerStopped("The chat did not answer.")
        return self.refused.get(name, "")

    async def listen(self, quiet: float) -> list[Line]:
        """See `Chat`."""
        await self._until(lambda: (bool(self.news) and not self.busy) or self.over, quiet)
        if self.busy:
            await self._until(lambda: not self.busy or self.over, ANSWER_PATIENCE)
        found, self.news = [line for line in self.news if not line.mine], []
        return found

    async def _do(self, **command: Any) -> None:
        await self.socket.send({"ego": command})

    async def _until(self, done: Any, seconds: float) -> bool:
        """Hear frames until something has happened; whether it has, in that time."""
        end = asyncio.get_running_loop().time() + seconds
        while not done():
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            try:
                found = await asyncio.wait_for(self.socket.receive(), left)
            except asyncio.TimeoutError:
                return False
            payload = found.get("live_method_payload") if isinstance(found, dict) else None
            frame = payload.get("ego") if isinstance(payload, dict) else None
            if isinstance(frame, dict):
                self._hear(frame)
        return True

    def _hear(self, frame: Mapping[str, Any]) -> None:
        kind = frame.get("t")
        if kind == "over":
            self.over = True
        if isinstance(frame.get("status"), dict):
            self.status = dict(frame["status"])
        if "busy" in frame:
            self.busy = bool(frame["busy"])
        if kind == "state":
            self.is_open = True
            for each in frame.get("messages", ()):
                if each.get("mine") and str(each.get("id")) not in self.told and each.get("text") == self.saying[1]:
                    self.taken.add(self.saying[0])  # a bot's live method tells it in this way only
                self._add(each)
        elif kind in ("add", "end"):
            self.taken.add(str(frame.get("client_id") or ""))
            self._add(frame.get("message"))
        elif kind == "no":
            self.refused[str(frame.get("client_id") or "")] = str(frame.get("text") or frame.get("why"))

    def _add(self, message: Any) -> None:
        """Take a message in, once it is whole."""
        if not isinstance(message, dict) or message.get("status") not in ("complete", "partial"):
            return
        name, text = str(message.get("id")), str(message.get("text") or "")
        if name not in self.told and text:
            self.told[name] = text
            mine = bool(message.get("mine"))
            self.news.append(Line(str(message.get("author") or ("You" if mine else "The other")), text, mine))


async def opened(transport: Transport, page: Page, which: str) -> tuple[Socket, Chat]:
    """A chat on a page, and its connection.

    Arguments:
        which: one of `chats_on`.

    Raises:
        PlayerStopped: it cannot be opened.
    """
    variables = json.loads(which) if which else {}
    try:
        socket = await transport.open(str(variables["socket_path"]) if which else page.live)
    except ConnectionError as error:
        raise PlayerStopped(f"The chat on page {page.name!r} cannot be opened: {error}", page.name) from error
    return socket, OtreeChat(socket, variables) if which else OwnChat(socket)
