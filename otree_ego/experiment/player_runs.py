"""Runs of players: what each has seen and done is written down, and who comes back goes on with what it remembers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..messages import Message
from ..players.ai_marks import COLUMN, LABEL, PLAYER
from ..players.player_personas import PlayerPersona, kept_persona
from ..players.visits import Visit
from ..stores import RunStore
from ..stores.owner_keys import parse_owner
from ..stores.table_cells import utc
from ..stores.visit_tables import add_visits
from ..threads.thread import Thread
from .otree_sessions import OTreeStore
from .player_diary import visits_in
from .thread_states import read_state


@dataclass(frozen=True)
class Before:
    """A player as an earlier run has left it: what it said and was shown, and who it was; nothing of a new one.

    `runs` has the ids of all runs in which it took part, the latest first.
    """

    said: Sequence[Message] = ()
    persona: PlayerPersona | None = None
    runs: tuple[str, ...] = ()


def before(store: RunStore, name: str, labels: Collection[str]) -> dict[str, Before]:
    """What players bring along from the latest run of this name in which each took part.

    A question without an answer is left out: it is asked again.

    Arguments:
        store: of runs. name: of the run. labels: of the players.
    """
    found = {label: Before() for label in labels}
    runs = sorted((run for run in store.runs() if run.name == name), key=lambda run: run.created, reverse=True)
    for run in runs:
        for label, (uid, state) in players_of(store, run.uid).items():
            if label not in found:
                continue
            known = found[label]
            if not known.runs:
                said = [each for each in store.messages([uid])[uid] if each.sendable]
                while said and said[-1].role == "user" and said[-1].hidden:
                    said.pop()
                known = Before(said, kept_persona(state))
            found[label] = replace(known, runs=(*known.runs, run.uid))
    return found


async def recall(thread: Thread, messages: Sequence[Message]) -> None:
    """Let a new Thread remember what an earlier one did."""
    for each in messages:
        if each.role != "system":
            await thread.aio.memorize(each.role, each.text, hidden=each.hidden)


class VisitRecord:
    """Writes the visits of a run's players down, some at a time.

    Arguments:
        store, run: where.
    """

    def __init__(self, store: RunStore, run: str) -> None:
        self._store, self._run = store, run
        self._waiting: list[dict[str, Any]] = []
        self._known: set[str] = set()

    def changed(self, visit: Visit) -> None:
        """Take a visit in, once it has ended."""
        if visit.outcome and visit.ended is not None:
            self._waiting.append(visit.row())

    def write(self) -> None:
        """Write what is waiting.

        Raises:
            StoreError: it could not be written; it still waits.
        """
        waiting = list(self._waiting)
        if waiting:
            with self._store.transaction() as c:
                add_visits(c, self._run, waiting, self._known)
            del self._waiting[: len(waiting)]


def visit_rows(store: RunStore, run: str) -> Iterator[dict[str, Any]]:
    """The visits of a run's players, or of an oTree session's AIs, as rows for an export; see docs/data.md.

    Arguments:
        store: of runs, or an oTree database. run: the run's id, or the session's code.
    """
    found = [each for several in visits_in(store, run).values() for each in several]
    marks = store.marks(run) if isinstance(store, OTreeStore) else {}
    states = {player: state for player, (_, state) in players_of(store, run).items()}
    for each in found:
        if isinstance(store, OTreeStore):
            each |= {"run": run, "participant": each["player"]}
        state = states.get(each["player"], {})
        persona = kept_persona(state)
        each |= {"persona": persona.text, "persona_facts": dict(persona.facts) or None}
        each |= {"assignment_place": persona.place, "assignment_seed": persona.seed}
        begun, ended = each.pop("begun"), each.pop("ended")
        each["cost_usd"] = each.pop("cost")
        each["session"], each[COLUMN] = each.pop("run"), marks.get(each["participant"]) or state.get(COLUMN, PLAYER)
        each["begun_utc"] = utc(begun)
        each["seconds"] = None if ended is None else round(ended - begun, 3)
        yield {name: each[name] for name in VISIT_COLUMNS}


def players_of(store: RunStore, run: str) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The Threads of a run's players, by label and by the participant's code: their ids and attributes.

    Arguments:
        store: of runs. run: the run's id.
    """
    found = {}
    for seat in store.seats(run):
        state = read_state(seat.thread.state)
        mine = bool(state.get(COLUMN)) or seat.thread.owner.startswith("run:")  # runs of before say only the label
        if mine and isinstance(state.get(LABEL), str) and state[LABEL]:
            found[str(state[LABEL])] = found[parse_owner(seat.thread.owner)["participant"]] = (seat.thread.uid, state)
    found.pop("", None)
    return found


VISIT_COLUMNS = (
    "session", "player", "participant", "participant_ai", "number", "app", "page", "page_index", "title", "text",
    "digest", "fields", "answers", "errors", "said", "outcome", "note", "reason", "question", "answer", "left_out",
    "replies", "tokens_in", "tokens_out", "cost_usd", "begun_utc", "seconds", "persona", "persona_facts",
    "assignment_place", "assignment_seed",
)  # fmt: skip
