"""What was said in oTree's own chats, `{{ chat }}`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from otree.database import dbq
from otree.models_concrete import ChatMessage


@dataclass(frozen=True)
class Said:
    """A message.

    Fields:
        channel: of the chat. number: the participant's who wrote it. nickname: under which they did. text: what they
            wrote. time: when, in seconds.
    """

    channel: str
    number: int
    nickname: str
    text: str
    time: float


def said_in(channels: Collection[str]) -> list[Said]:
    """What was said in some channels, oldest first; in the database session of this code."""
    if not channels:
        return []
    rows = dbq(ChatMessage).filter(ChatMessage.channel.in_(list(channels))).order_by(ChatMessage.timestamp)
    return [
        Said(row.channel, row.participant_id or 0, row.nickname or "", row.body or "", row.timestamp or 0.0)
        for row in rows
    ]
