"""Pages that do not tell who is an AI: what they are sent, and what tells it nevertheless, said once in the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from ...chat_rules.nicknames import plain_name
from ...chat_rules.pacing import Pace
from ...chat_rules.personas import Persona
from ...chat_rules.pictures import picture_address
from ...chat_rules.settings import ChatSettings
from ...display import logger
from ...messages import Message
from .frames import MessageView, Status


def check_hidden(
    session_code: str, personas: Sequence[Persona], people: Collection[str], names: Mapping[str, str]
) -> None:
    """Warn of AIs that are hidden and can be told by their speed or by their names.

    Arguments:
        session_code: of the oTree session. personas: the AIs. people: the participants' codes. names: as the page gives
            them, by code.
    """
    quick = [one.name for one in personas if one.pace == Pace()]
    if quick:
        _warn(session_code, f"{', '.join(quick)} would answer faster than people type; give each Persona a pace")
    if personas and any(not plain_name(str(names.get(code) or "")) for code in people):
        _warn(session_code, "participants without a name are numbered, and AIs are not; give them all names=…")


@lru_cache(maxsize=10_000)
def _warn(session_code: str, what: str) -> None:
    logger.warning("Session %s: reveal_ais=False does not hide all: %s.", session_code, what)


# --- a chat with one AI -----------------------------------------------------------------------------------------------


def says_something(message: Message) -> bool:
    """Whether a message is there to be read: one that is to come, or has failed, would tell of a machine."""
    return message.role != "assistant" or (message.status in ("complete", "partial") and bool(message.text.strip()))


def seen(view: MessageView, settings: ChatSettings, hidden: bool | None) -> MessageView:
    """A message's view; as any person's, where it is hidden who is an AI."""
    if view["role"] == "notice":
        return view
    is_partner = view["role"] == "assistant"
    if not hidden:
        return {**view, "author": settings.partner_name} if is_partner and settings.partner_name else view
    author = partner_shown(settings, True) if is_partner else view["author"]
    return {**view, "role": "user", "author": author, "status": "complete", "why": ""}


def partner_shown(settings: ChatSettings, hidden: bool) -> str:
    """What participants read as the AI's name, in a chat with one AI; empty for none."""
    return settings.partner_name or (settings.study["disclosure_other"] if hidden else "")


def pictures(settings: ChatSettings, hidden: bool) -> dict[str, str]:
    """The picture beside the AI's messages, by the name that they have there."""
    address = picture_address(settings.partner_picture)
    return {partner_shown(settings, hidden): address} if address else {}


def told(found: Status, settings: ChatSettings, hidden: bool | None) -> Status:
    """A status; without money and *Try again*, where it is hidden who is an AI."""
    if not hidden:
        return found
    if found["why"].startswith("limit_cost"):
        found = {**found, "why": "closed", "note": settings.words["closed"]}
    return {**found, "again": False}


def words_for(settings: ChatSettings, hidden: bool) -> dict[str, str]:
    """The chat's words for a page; without those that tell of a machine, where that is hidden."""
    if not hidden:
        return settings.words
    other = partner_shown(settings, True)
    return {**settings.words, **dict.fromkeys(_OF_A_MACHINE, ""), "reply": other, "other": other}


_OF_A_MACHINE = ("model_label", "stop", "stopped", "retry", "failed", "interrupted", "context", "partial", "thinking")
