"""The table that `ego play` shows while players play: where each is, what it did last, and what it has cost."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

from ...display import say
from ...players.player import Player
from ...players.visits import ENDED, STOPPED, Visit
from .terminal import line, table

PAUSE = 0.25
"""Seconds between two pictures of the table."""


class PlayerTable:
    """Shows players as they go: as a table where there is a terminal, elsewhere a line for each page that is left.

    Arguments:
        players: in their order.
    """

    def __init__(self, players: Sequence[Player]) -> None:
        self.players = players
        self._live = sys.stderr.isatty()
        self._shown = 0
        self._last = 0.0

    def changed(self, visit: Visit) -> None:
        """A visit has begun, changed or ended."""
        if self._live:
            if time.monotonic() - self._last >= PAUSE:
                self.draw()
        elif visit.outcome:
            say(f"{line(visit.player, 20)}  {_where(visit)}  {_state(visit)}  {_answer(visit)}".rstrip(), sys.stderr)

    def draw(self) -> None:
        """Show all as they are now."""
        if not self._live:
            return
        self._last = time.monotonic()
        lines = self.lines()
        up = f"\x1b[{self._shown}A" if self._shown else ""
        sys.stderr.write(up + "".join(f"\r\x1b[2K{each}\n" for each in lines))
        sys.stderr.flush()
        self._shown = len(lines)

    def lines(self) -> list[str]:
        """The table."""
        heads = ["player", "page", "last answer", "pages", "tokens", "cost", "errors", ""]
        return table(heads, [self._row(each) for each in self.players], right=(3, 4, 5, 6), shrink=2)

    def _row(self, player: Player) -> list[str]:
        visits = player.visits
        last = visits[-1] if visits else None
        answer = next((found for each in reversed(visits) if (found := _answer(each))), "")
        tokens = sum(each.tokens_in + each.tokens_out for each in visits)
        costs = [each.cost for each in visits if each.cost is not None]
        errors = sum(len(each.errors) for each in visits)
        return [
            line(player.name, 20), _where(last) if last else "", line(answer, 40), str(len(visits)),
            f"{tokens:,}" if tokens else "", f"${sum(costs):.4f}" if costs else "", str(errors) if errors else "",
            _state(last) if last else "",
        ]  # fmt: skip


def _where(visit: Visit) -> str:
    return line(f"{visit.app} {visit.page}".strip() or "(a page without a name)", 40)


def _state(visit: Visit) -> str:
    words = {ENDED: "finished", STOPPED: "stopped", "": "…"}
    return words.get(visit.outcome, visit.outcome)


def _answer(visit: Visit) -> str:
    if visit.said and not visit.answers:
        return line(visit.said[-1], 60)
    return line(json.dumps(visit.answers[-1], ensure_ascii=False, default=str), 60) if visit.answers else ""
