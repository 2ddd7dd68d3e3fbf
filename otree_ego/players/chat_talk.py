"""How a player talks in a chat: it is asked what it writes, hears the others, and is asked again until it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..questions import Text, YesNo
from ..threads.thread import Thread
from .chat_lines import Chat, Line, opened
from .form_question import FormQuestion, Part
from .player_limits import Limits, Script, by_script
from .player_memory import page_as_text
from .quotation import quoted
from .served_page import Page
from .transports import PlayerStopped, Transport
from .visits import Visit

CHAT = "chat"
"""Under this name a script says what is written in a chat: a list of texts."""
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
    """Take part in the chat of a page until the player leaves it.

    Raises:
        PlayerStopped: the chat cannot be opened, or does not answer.
    """
    socket, chat = await opened(player.transport, page)
    try:
        said = await chat.open()
        scripted = await by_script(player.script, page)
        if scripted is not None or player.memory is None:
            await _by_script(player, chat, [str(each) for each in (scripted or {}).get(CHAT, ())], visit)
        else:
            await _by_model(player, chat, page, said, visit)
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


async def _by_model(player: Speaker, chat: Chat, page: Page, said: Sequence[Line], visit: Visit) -> None:
    assert player.memory is not None
    text = "\n\n".join([page_as_text(page), "There is a chat on this page.", _as_text(said)])
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
