"""What the binding's tests share: a fake service for each module, and a server whose chats ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import CHAT_PAGE, CONFIG, END_PAGE, KEY, TABLE, TALK_FILES

from otree_ego.testing import FakeService


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    """The service that the module's chats ask."""
    with FakeService() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> None:
    if "model" in request.fixturenames:
        fake: FakeService = request.getfixturevalue("model")
        fake.heal()
        fake.release()
        fake.clear()
        fake.reply, fake.delay, fake.pace, fake.key, fake.answers_as = FakeService.DEFAULT_REPLY, 0.0, 0.0, None, ""


@pytest.fixture(scope="module")
def chat_server(server_factory: Callable[..., Server], model: FakeService) -> Callable[..., Server]:
    """Starts a server with the apps `talk` (a chat of one's own), `table` (the group shares one), and what is given."""

    def start(apps: Any = None, configs: Any = (), env: Any = None, **more: Any) -> Server:
        table = {"__init__.py": TABLE, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}
        mine = {"talk": TALK_FILES, "table": table, **(apps or {})}
        names = [{"name": app, "app_sequence": [app], **CONFIG} for app in mine]
        environment = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY, **(env or {})}
        return server_factory(apps=mine, session_configs=[*names, *configs], env=environment, **more)

    return start


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server], database: PostgreSQL | None) -> Server:
    """Such a server, on both databases."""
    return chat_server(database=database)
