"""How a player talks in a chat: it is asked what it writes, hears the others, and is asked again until it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..questions import Text, YesNo
from ..threads.thread import Thread
from .chat_lines import Chat, Line, chats_on, opened
from .form_question import FormQuestion, Part
from .player_limits import Limits, Script, by_script
from .player_memory import page_as_text
from .quotation import quoted
from .served_page import Page
from .transports import PlayerStopped, Transport
from .visits import Visit

CHAT = "chat"
"""Under this name a script says what is written in a chat, a list of texts; in the second of a page, `chat_2`."""
MOST_CHARACTERS = 2000
TURN = FormQuestion(
    parts=(
        Part("message", "message", Text(1, MOST_CHARACTERS), "what you write now", required=False),
        Part("leave", "leave", YesNo(), "whether you then leave the chat, and go on in the study"),
    ),
    name=CHAT,
)


class Speaker(Protocol):
    """What a player is while it talks; see `Player`."""

    transport: Transport
    memory: Thread | None
    script: Script | None
    reasons: bool
    limits: Limits

    def on_visit(self, visit: Visit, /) -> None:
        """Told of each change of a visit."""


async def talk(player: Speaker, page: Page, visit: Visit) -> None:
    """Take part in the chats of a page, one after the other, each until the player leaves it.

    Raises:
        PlayerStopped: a chat cannot be opened, or does not answer.
    """
    chats = chats_on(page)
    for number, which in enumerate(chats, 1):
        told = "There is a chat on this page."
        if len(chats) > 1:
            told = f"There are {len(chats)} chats on this page, one after the other. This is chat {number}."
        await _talk_in(player, page, visit, which, told, number)


async def _talk_in(player: Speaker, page: Page, visit: Visit, which: str, told: str, number: int) -> None:
    socket, chat = await opened(player.transport, page, which)
    try:
        said = await chat.open()
        scripted = await by_script(player.script, page)
        if scripted is not None or player.memory is None:
            texts = (scripted or {}).get(CHAT if number == 1 else f"{CHAT}_{number}", ())
            await _by_script(player, chat, [str(each) for each in texts], visit)
        else:
            first = [page_as_text(page)] if number == 1 else []
            await _by_model(player, chat, "\n\n".join([*first, told, _as_text(said)]), visit)
    except ConnectionError as error:
        raise PlayerStopped(f"The chat on page {page.name!r} broke off: {error}", page.name) from error
    finally:
        await socket.close()


async def _by_script(player: Speaker, chat: Chat, texts: Sequence[str], visit: Visit) -> None:
    for text in texts:
        if not chat.may_write:
            return
        if refused := await chat.say(text):
            visit.errors.append({CHAT: refused})
            continue
        visit.said.append(text)
        player.on_visit(visit)
        await chat.listen(player.limits.quiet)


async def _by_model(player: Speaker, chat: Chat, text: str, visit: Visit) -> None:
    assert player.memory is not None
    for _ in range(player.limits.messages):
        turn = await player.memory.aio.ask(TURN, text, tries=player.limits.tries, reasoning=player.reasons)
        refused = ""
        if turn["message"] and chat.may_write:
            refused = await chat.say(turn["message"])
            if refused:
                visit.errors.append({CHAT: refused})
            else:
                visit.said.append(turn["message"])
                player.on_visit(visit)
        if not chat.may_write or (turn["leave"] and not refused and not chat.may_leave):
            return
        heard = [] if refused else await chat.listen(player.limits.quiet)
        stay = chat.may_leave if turn["leave"] else ""
        told = f"The chat did not take this: {quoted(refused)}" if refused else ""
        text = "\n\n".join(filter(None, [told, stay, _as_text(heard)]))


def _as_text(lines: Sequence[Line]) -> str:
    if not lines:
        return "Nobody has written anything new."
    return quoted("\n".join(f"{'You' if line.mine else line.name}: {line.text}" for line in lines), CHAT)
