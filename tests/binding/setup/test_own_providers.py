"""A provider that a project's settings.py declares answers in its chats."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import TALK_FILES, Chat

PROVIDER = '''\
from otree_ego import Reply
from otree_ego.errors import Overloaded


class Parrot:
    """Says what was said; a deaf one never answers."""

    def __init__(self, model):
        self.model = model

    async def stream(self, request):
        if self.model == "deaf":
            raise Overloaded("it hears nothing", service="parrot", model=request.model)
        words = request.messages[-1][1].split()
        for word in words:
            yield f"{word} "
        yield Reply(f"{' '.join(words)} ", model=f"{self.model}-parrot")
'''
SETTINGS = 'EGO_PROVIDERS = {"parrot": "talk.parrots.Parrot"}'


def test_it_chats_is_a_fallback_model_and_a_wrong_name_refuses_the_session(
    chat_server: Callable[..., Server],
) -> None:
    server = chat_server(apps={"talk": {**TALK_FILES, "parrots.py": PROVIDER}}, settings_extra=SETTINGS)
    for config in ({"ego_model": "parrot/grey"}, {"ego_model": "parrot/deaf", "ego_fallback_model": "parrot/grey"}):
        with Chat(server.create_session("talk", **config).participant().start()) as chat:
            assert chat.ask("Hello, Polly!")["text"] == "Hello, Polly! "
    query = "select model, model_answered, attempts from otree_ego_message where role = 'assistant' order by id"
    assert [tuple(row.values()) for row in server.database.query(query)] == [
        ("parrot/grey", "grey-parrot", 1),
        ("parrot/deaf", "grey-parrot", 2),
    ]
    with pytest.raises(AssertionError, match="did you mean parrot"):
        server.create_session("talk", ego_model="parot/grey")
