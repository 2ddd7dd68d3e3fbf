"""The embedded model, kept to each page's form, plays two apps to their end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.scripted_players import play, player
from harness.walks import configs

from otree_ego.players.player_limits import Limits
from otree_ego.players.player_memory import new_memory

APPS = ("dictator", "ego_chat")


@pytest.fixture(scope="module")
def calm(server_factory: Callable[..., Server]) -> Server:
    """Two apps whose own AIs cost nothing."""
    rows = [row for row in configs(ego_model="constant/5") if row["name"] in APPS]
    return server_factory(repo_apps=APPS, session_configs=rows)


@pytest.mark.full
@pytest.mark.model
@pytest.mark.parametrize("app", APPS)
def test_the_embedded_model_plays_an_app(calm: Server, app: str) -> None:
    session = calm.create_session(app, 1)
    memory = new_memory("local/smollm2", player="bot1", seed=1, deadline=600)
    one = player(session, script=lambda page: None, memory=memory)
    one.limits = Limits(corrections=20, messages=3, quiet=1)
    assert play(one) == [None]
    assert one.visits[-1].outcome == "end"
    assert sum(visit.replies for visit in one.visits) > 0
    asked = [visit for visit in one.visits if visit.answers and visit.fields]
    assert all(
        set(answer) >= {field["name"] for field in visit.fields.values()} for visit in asked for answer in visit.answers
    )
