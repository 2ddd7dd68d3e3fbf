"""Players side by side: each goes its own way, and one that stops does not stop the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..errors import EgoError
from .player import Player

STAGGER = 0.02
"""Seconds between the first requests of two players."""


async def play_all(players: Sequence[Player]) -> dict[str, EgoError]:
    """Let players play until each has come to its end, or cannot go on.

    Returns:
        the errors of those that stopped, by label.
    """

    async def one(player: Player, place: int) -> EgoError | None:
        try:
            await asyncio.sleep(place * STAGGER)
            await player.play()
        except EgoError as error:
            return error
        finally:
            await player.transport.close()
        return None

    tasks = [asyncio.ensure_future(one(player, place)) for place, player in enumerate(players)]
    try:
        ends = await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return {player.name: end for player, end in zip(players, ends, strict=True) if end is not None}
