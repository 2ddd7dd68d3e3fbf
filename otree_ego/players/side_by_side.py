"""Players side by side: each goes its own way, and one that stops does not stop the others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from ..errors import EgoError
from .player import Player
from .transports import PlayerStopped

STAGGER = 0.02
"""Seconds between the first requests of two players."""
LONGEST_WAIT = 600.0
"""Seconds for which players wait for others, once one of them has stopped: it may be the one that they wait for."""
LOOKED_AT = 1.0


async def play_all(
    players: Sequence[Player], longest_wait: float = LONGEST_WAIT, alone: bool = False
) -> dict[str, EgoError]:
    """Let players play until each has come to its end, or cannot go on.

    Arguments:
        players: with a name each. longest_wait: seconds for which all that are left may sit on wait pages, once a
            player has stopped; then they stop, too. alone: whether nobody else takes part: then it is so in any case.

    Returns:
        the errors of those that stopped, by label.
    """
    stopped: dict[str, EgoError] = {}
    given_up: set[str] = set()

    async def one(player: Player, place: int) -> None:
        try:
            await asyncio.sleep(place * STAGGER)
            await player.play()
        except EgoError as error:
            stopped[player.name] = error
        except Exception as error:  # whatever it is, the others go on
            stopped[player.name] = PlayerStopped(f"{player.name} stopped: {type(error).__name__}: {error}")
        except asyncio.CancelledError:
            if player.name not in given_up:
                raise
            page, others = player.visits[-1].page, sorted(set(stopped) - given_up)
            why = f", and {', '.join(others)} had stopped" if others else ": all players wait"
            stopped[player.name] = PlayerStopped(
                f"page {page!r}: it was not over in {longest_wait:g} seconds{why}.", page
            )
        finally:
            await player.transport.close()

    tasks = {asyncio.ensure_future(one(player, place)): player for place, player in enumerate(players)}
    left = set(tasks)
    try:
        while left:
            _, left = await asyncio.wait(
                left, timeout=LOOKED_AT if stopped or alone else None, return_when=asyncio.FIRST_COMPLETED
            )
            if (stopped or alone) and left and _is_stalled([tasks[each] for each in left], longest_wait):
                given_up.update(tasks[each].name for each in left)
                for task in left:
                    task.cancel()
        for task in tasks:
            task.result()
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return _in_order(stopped, players)


def _is_stalled(players: Sequence[Player], longest_wait: float) -> bool:
    now = asyncio.get_running_loop().time()
    return all(each.waits_since is not None and now - each.waits_since >= longest_wait for each in players)


def _in_order(stopped: Mapping[str, EgoError], players: Sequence[Player]) -> dict[str, EgoError]:
    return {player.name: stopped[player.name] for player in players if player.name in stopped}
