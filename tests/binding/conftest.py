"""What the binding's tests share: a fake service for each module, and a server whose chats ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK, TALK_FILES

from otree_ego.testing import FakeService

KEY = "sk-fake-0123456789abcdefghij"
SECRET_PROMPT = "You are Marvin, and the secret word is quokka-7351."
CONFIG: dict[str, Any] = {
    "num_demo_participants": 1,
    "ego_model": "gpt-4o",
    "ego_temperature": 0.5,
    "ego_system_prompt": SECRET_PROMPT,
    "ego_max_tokens": "",
    "ego_deadline": 20.0,
    "ego_retries": 0,
    "ego_fallback_model": "",
    "ego_fallback_text": "",
    "ego_min_messages": 0,
    "ego_max_messages": "",
    "ego_max_messages_session": "",
    "ego_max_length": 4000,
    "ego_max_characters": "",
    "ego_max_characters_session": "",
    "ego_max_cost": "",
    "ego_max_cost_session": "",
    "ego_show_model": True,
    "ego_language": "en",
}
TABLE = (
    TALK.replace('"talk"', '"table"')
    .replace("chat_error(player)", "chat_error(player, ai(player.group))")
    .replace(
        "    live_method = chat\n",
        "    @staticmethod\n    async def live_method(player, data):\n"
        "        async for update in chat(player, data, link=ai(player.group)):\n            yield update\n",
    )
    .replace("for player in subsession.get_players():", "for group in subsession.get_groups():")
    .replace("ai(player).from_config()", "ai(group).from_config()")
)


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
    """Starts a server with the apps `talk` (a chat of one's own) and `table` (the group shares one), and what is given."""

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


def rows(server: Server, code: str, app: str = "talk") -> list[dict[str, str]]:
    """The messages of one session, as the analyst gets them."""
    return server.custom_export(app, session=code)
