"""What the players of a run, or the models on seats of a session, have seen and done: a diary, page after page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...experiment.otree_sessions import SESSION
from ...experiment.player_diary import (
    ANSWER,
    ANSWERED,
    LEFT_OUT,
    NOTE,
    QUESTION,
    REFUSED,
    SAID,
    SERVED,
    WHY,
    DiaryPage,
    diary,
)
from ...experiment.thread_states import read_state
from ...players.ai_marks import COLUMN, LABEL
from ...stores import Run
from .terminal import columns, line, painted, sign
from .transcript import RecordedReplication, Writer

COLOURS = {
    SERVED: "", ANSWERED: "green", SAID: "green", REFUSED: "yellow", WHY: "cyan", LEFT_OUT: "yellow", NOTE: "yellow",
    QUESTION: "cyan", ANSWER: "green",
}  # fmt: skip


class DiaryWriter(Writer):
    """Makes the lines of diaries; of whoever is no player, those of a transcript.

    Arguments:
        run: whose replications they are. visits: by player, as `visits_in` gives them. threads: players with a Thread.
        full: whether long texts are shown to their ends, and a page's text each time.
    """

    def __init__(
        self, run: Run, visits: Mapping[str, Sequence[Mapping[str, Any]]], threads: Collection[str], full: bool = False
    ) -> None:
        super().__init__(run, full)
        self.left = dict(visits)
        self._scripted = [label for label in visits if label not in threads]
        self.has_more = bool(visits)

    def lines(self, replication: RecordedReplication) -> Iterator[str]:
        states = {seat.thread.uid: read_state(seat.thread.state) for seat in replication.seats}
        players = {uid: state for uid, state in states.items() if state.get(COLUMN)}
        label = self._label(replication, list(players.values()))
        if label not in self.left:
            yield from super().lines(replication)
            return
        others = [seat for seat in replication.seats if seat.thread.uid not in players]
        if others:
            yield from super().lines(replace(replication, seats=others))
            yield ""
        yield from self.player(label, next(iter(players.values()), {}))

    def player(self, label: str, about: Mapping[str, Any]) -> Iterator[str]:
        """The diary of a player.

        Arguments:
            label: the player's. about: the attributes of its Thread.
        """
        persona = line(str(about.get("persona") or ""), 80)
        text = line(", ".join(filter(None, [label, str(about.get("model") or ""), persona])), self.width - 6)
        rule = sign("─", "-")
        rest = rule * max(2, self.width - columns(text) - 4)
        yield f"{painted(rule * 2, 'dim')} {painted(text, 'bold')} {painted(rest, 'dim')}"
        for page in diary(self.left.pop(label), self.full):
            yield ""
            yield from self._page(page)

    def others(self) -> Iterator[str]:
        """The diaries of players that have no Thread: a script has played."""
        for label in self._scripted:
            yield ""
            yield from self.player(label, {})

    def _page(self, page: DiaryPage) -> Iterator[str]:
        yield f"  {painted(line(page.heading), 'bold')}  {painted(line(page.facts), 'dim')}"
        rows = [("" if kind == SERVED else kind, COLOURS.get(kind, "dim"), text) for kind, text in page.lines]
        served = [row for row, (kind, _) in zip(rows, page.lines, strict=True) if kind == SERVED]
        yield from self.pairs(served, bar=True, room=len(ANSWERED))
        yield from self.pairs([row for row in rows if row not in served], room=len(ANSWERED))

    def _label(self, replication: RecordedReplication, states: Sequence[Mapping[str, Any]]) -> str:
        """Under which name the visits of a replication's player are kept."""
        if self.run.kind == SESSION:
            return str(replication.ended.levels.get("participant", "")) if replication.ended else ""
        return next((str(state.get(LABEL) or "") for state in states), "")
