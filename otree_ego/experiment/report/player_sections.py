"""What a report says of players: who they are, how far they came, what they said at the end, and their diaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...players.player_personas import PlayerPersona, kept_persona
from ...stores import Run, RunStore
from ..otree_sessions import OTreeStore
from ..player_diary import DiaryPage, diary, visits_in
from ..player_runs import players_of
from .compared_decisions import compared_decisions
from .compared_figures import compared_figures
from .parts import Figure, Table
from .values import short

MOST_DIARIES, MOST_PAGES, MOST_ANSWERS = 6, 60, 200


@dataclass
class PlayersPart:
    """What a report has of players.

    Fields:
        table: a row for each of them. number: of them. question: what all were asked afterwards.
        answers: who answered what.
        diaries: of the first of them, by name. left_out: how many others there are.
        figures: people's decisions beside those of AIs. note: on what is not shown in them.
    """

    table: Table | None = None
    number: int = 0
    question: str = ""
    answers: list[tuple[str, str]] = field(default_factory=list)
    diaries: list[tuple[str, list[DiaryPage]]] = field(default_factory=list)
    left_out: int = 0
    figures: list[Figure] = field(default_factory=list)
    note: str = ""


def players_part(store: RunStore, run: Run, people: str | None = None) -> PlayersPart:
    """What a report has of the players of a run, or of the AIs in an oTree session.

    Arguments:
        store, run: where and which. people: of a run of players, oTree's table with decisions of people.

    Raises:
        ConfigError: the table cannot be read.
    """
    visits = visits_in(store, run.uid)
    made = PlayersPart()
    if not visits and not isinstance(store, OTreeStore):
        return made
    made.figures, made.note = compared_figures(compared_decisions(store, run.uid, people))
    if not visits:
        return made
    states = {player: state for player, (_, state) in players_of(store, run.uid).items()}
    made.table, made.number = _table(visits, states), len(visits)
    given = {player: visit for player, several in visits.items() for visit in several if visit.get("question")}
    made.question = " / ".join(dict.fromkeys(short(str(visit["question"]), 400) for visit in given.values()))
    made.answers = [(player, str(v.get("answer") or "(no answer)")) for player, v in given.items()][:MOST_ANSWERS]
    for player, several in list(visits.items())[:MOST_DIARIES]:
        made.diaries.append((player, diary(several[:MOST_PAGES], zone="UTC")))
    made.left_out = len(visits) - len(made.diaries)
    return made


def _table(visits: Mapping[str, Sequence[Mapping[str, Any]]], states: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = []
    for player, several in visits.items():
        state = states.get(player, {})
        persona = kept_persona(state) if state else PlayerPersona()
        refused = sum(len(each["errors"]) for each in several if isinstance(each.get("errors"), list))
        costs = [each["cost"] for each in several if isinstance(each.get("cost"), float)]
        seconds = sum(each["ended"] - each["begun"] for each in several if each.get("ended") is not None)
        last = several[-1]
        rows.append([
            player, short(str(state.get("model") or ""), 60), short(persona.text, 200), len(several),
            short(f"{last.get('app')} {last.get('page')}", 60), str(last.get("outcome") or "under way"), refused,
            sum(int(each.get("tokens_in") or 0) for each in several),
            sum(int(each.get("tokens_out") or 0) for each in several), sum(costs) if costs else None, float(seconds),
        ])  # fmt: skip
    return Table(
        "Players",
        ["player", "model", "persona", "pages", "last page", "ended", "answers refused", "tokens in", "tokens out",
         "cost in US dollars", "seconds"],
        rows,
        "Answers refused: by the study's pages, with an error message; the player then corrects them.",
    )  # fmt: skip
