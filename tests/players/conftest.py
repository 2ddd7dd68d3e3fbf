"""What the players' tests share: a service, and one server that has every app of this repository and the test apps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import harness
import pytest
from harness import PostgreSQL, Server
from harness.chat import KEY
from harness.walks import APPS, configs, spoken

from otree_ego.testing import FakeService

OWN = Path(harness.__file__).with_name("player_apps")


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    """The service that the apps, and players with a model, ask."""
    with FakeService() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _answers(request: pytest.FixtureRequest) -> None:
    if "model" in request.fixturenames:
        request.getfixturevalue("model").reply = spoken


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    """The server."""
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    mine = {each.name: each for each in OWN.iterdir() if (each / "__init__.py").is_file()}
    rows = configs()
    recruit = {"recruit_check_tries": 2, "ego_completion_code_completed": "DONE1"}
    rows += [{"name": name, "app_sequence": [name], "num_demo_participants": 2} for name in mine]
    rows.append({"name": "recruit", "app_sequence": ["recruit", "recruit_end"], "num_demo_participants": 1, **recruit})
    rows.append({"name": "whole", "app_sequence": ["controls", "talk_live", "meeting"], "num_demo_participants": 4})
    rows.append({**next(row for row in rows if row["name"] == "group_chat"), "name": "pair", "group_chat_size": 2})
    rooms = 'ROOMS = [dict(name="lab", display_name="Lab")]'
    return server_factory(
        repo_apps=[*APPS, "recruit", "recruit_end"], apps=mine, session_configs=rows, env=env, settings_extra=rooms,
        database=database,
    )  # fmt: skip
