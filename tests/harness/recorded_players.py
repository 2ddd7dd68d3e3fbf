"""A run of players on a study of three pages, as `ego play` records it, made without a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from otree_ego import ScriptedThread
from otree_ego.experiment.player_runs import VisitRecord
from otree_ego.experiment.recordings import recording
from otree_ego.players.ai_marks import COLUMN, LABEL, PLAYER
from otree_ego.players.player import Player
from otree_ego.players.player_memory import instructions_stay, rules
from otree_ego.players.player_personas import PlayerPersona
from otree_ego.players.served_page import Page, Served
from otree_ego.players.side_by_side import play_all
from otree_ego.stores import RunStore

INSTRUCTIONS = "<p>You have 9 points.</p><button>Next</button>"
OFFER = """
<div class="_formfield"><label for=a>Your offer</label><input id=a name=offer type=number max=9 required>{}</div>
<div class="_formfield"><label>Do you trust them?</label><div class="controls">
<input type=radio name=trust value=yes id=y><label for=y>yes</label>
<input type=radio name=trust value=no id=n><label for=n>no</label></div></div><button>Next</button>
"""
REFUSED = '<div class="form-control-errors">At most 9 points.</div>'
END = "<p>Thanks.</p>"


class ThreePages:
    """A participant's pages: instructions, an offer that must not be 99, and the end.

    Arguments:
        code: the participant's.
    """

    def __init__(self, code: str) -> None:
        self.code, self.place = code, 0

    async def start(self) -> Served:
        return self._served()

    async def load(self) -> Served:
        return self._served()

    async def send(self, page: Page, fields: list[tuple[str, str]]) -> Served:
        if dict(fields).get("offer") == "8":
            return self._served(REFUSED)
        self.place += 1
        return self._served()

    async def wait(self, page: Page) -> None:
        pass

    async def open(self, address: str) -> Any:
        raise ConnectionError("none")

    async def close(self) -> None:
        pass

    def _served(self, error: str = "") -> Served:
        name, text = (("Instructions", INSTRUCTIONS), ("Offer", OFFER), ("End", END))[self.place]
        source = f"<h2 id='_otree-title'>{name}</h2><form id=form>{text.replace('{}', error)}</form>"
        return Served(f"http://localhost/p/{self.code}/bargain/{name}/{self.place + 1}", source, 200, bool(error))


def answers(*offers: int, trust: str = "yes", why: str = "It is fair.") -> list[str]:
    """What a player's model says: offers until one is accepted, with reasons, and something at the end."""
    found = [json.dumps({"reasoning": why, "answer": {"q1": offer, "q2": trust}}) for offer in offers]
    return [*found, f"I offered {offers[-1]}."]


def players_run(
    store: str, replies: Mapping[str, Sequence[str]], personas: Mapping[str, str] = {}, name: str = "play lab"
) -> str:
    """Let players play, and record them; the run's id.

    Arguments:
        store: the file. replies: of the models, by the players' labels. personas: by label. name: of the run.
    """

    async def play(record: recording) -> None:
        opened = RunStore(store)
        made = []
        for place, (label, said) in enumerate(replies.items()):
            who = PlayerPersona(personas.get(label, ""), place=place + 1, seed=5)
            memory = ScriptedThread(
                list(said), system_prompt=rules(who.text), context=instructions_stay,
                **{LABEL: label, COLUMN: PLAYER, **who.attributes()},
            )  # fmt: skip
            pages = ThreePages(f"code{place + 1}")
            made.append(Player(label, pages, memory, reasons=True, afterwards="How did you decide?"))
        visits = VisitRecord(opened, record.begin())
        for one in made:
            one.on_visit = partial(VisitRecord.changed, visits)
        await play_all(made)
        visits.write()
        opened.close()

    with recording(name, store=store) as record:
        asyncio.run(play(record))
    return record.id
