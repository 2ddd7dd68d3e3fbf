"""A chat that goes on in a later session: a participant's own words of then are their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Server
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat

from otree_ego.testing import FakeService

AGAIN = (
    TALK.replace('"talk"', '"again"')
    .replace("from otree.api import *", "from otree.api import *\nfrom otree.models import Participant")
    .replace(
        "    live_method = chat\n",
        """\
    @staticmethod
    async def live_method(player, data):
        first = Participant.objects_filter(label=player.participant.label).order_by("id").first()
        async for update in chat(player, data, link=ai(first or player)):
            yield update
""",
    )
)


@pytest.fixture(scope="module")
def chats(chat_server: Callable[..., Server]) -> Server:
    return chat_server(apps={"again": {"__init__.py": AGAIN, "Chat.html": CHAT_PAGE, "End.html": END_PAGE}})


def labelled(server: Server, label: str) -> Chat:
    person = server.create_session("again").participant().start()
    server.database.execute(f"UPDATE otree_participant SET label = '{label}' WHERE code = '{person.code}'")
    return Chat(person)


def test_whoever_comes_back_reads_you_on_their_own_messages(chats: Server, model: FakeService) -> None:
    model.reply = "Fine."
    with labelled(chats, "ann") as first:
        first.ask("I like birds.")
    with labelled(chats, "ann") as later:
        assert [(m["text"], m["mine"]) for m in later.shown] == [("I like birds.", True), ("Fine.", False)]
        later.ask("Still.")
        assert [m["mine"] for m in later.shown] == [True, False, True, False]
    chats.stop()
    chats.start()
    with labelled(chats, "ann") as third:
        assert [m["mine"] for m in third.shown] == [True, False, True, False]
    assert "I like birds." in str(model.requests[-1].body)


def test_others_do_not(chats: Server, model: FakeService) -> None:
    with labelled(chats, "bob") as first:
        first.ask("I like trees.")
        code = first.live.url.partition("participant_code=")[2].partition("&")[0]
    chats.database.execute(f"UPDATE otree_participant SET label = NULL WHERE code = '{code}'")
    with labelled(chats, "cy") as other:
        assert other.shown == []
