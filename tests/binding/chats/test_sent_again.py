"""A page sends again what was not confirmed: it is recorded once. And a page that is over is told so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import LiveMethodFailed, Server
from harness.broken_writes import CODE, fail
from harness.chat import CHAT_PAGE, END_PAGE, TALK, Chat, rows
from harness.outages import disk_full

from otree_ego.testing import FakeService

TWICE = TALK.replace('"talk"', '"twice"').replace("NUM_ROUNDS = 1", "NUM_ROUNDS = 2").replace("[Chat, End]", "[Chat]")


@pytest.fixture(scope="module")
def server(chat_server: Callable[..., Server]) -> Server:
    broken = TALK.replace('"talk"', '"broken"') + CODE
    pages = {"Chat.html": CHAT_PAGE, "End.html": END_PAGE}
    return chat_server(apps={"twice": {"__init__.py": TWICE, **pages}, "broken": {"__init__.py": broken, **pages}})


@pytest.fixture
def breaks(server: Server) -> Iterator[Callable[[str], None]]:
    yield lambda how: fail(server, how)
    fail(server, "")


def recorded(server: Server, session: Any, app: str) -> Counter[str]:
    return Counter(row["text"] for row in rows(server, session.code, app) if row["role"] == "user")


def answer(chat: Chat) -> dict[str, Any]:
    """The next frame, whatever it is."""
    frame: dict[str, Any] = chat.live.receive()["ego"]
    return frame


def test_once_however_often_and_over_however_many_connections(server: Server, model: FakeService) -> None:
    session = server.create_session("talk")
    person = session.participant().start()
    with Chat(person) as dead, Chat(person) as first, Chat(person) as second:
        for _ in range(3):
            for chat in (dead, first, second):
                chat.say("Once", "the same")
        dead.live.drop()
        for chat in (first, second):
            for text in ("Once", "Twice"):
                chat.say(text, text if text == "Twice" else "the same")
            chat.until(lambda frame: frame.get("client_id") == "Twice")
            assert [text for role, text in chat.texts if role == "user"] == ["Once", "Twice"]
        first.quiet()
    assert recorded(server, session, "talk") == {"Once": 1, "Twice": 1}
    assert len(model.requests) == 2


@pytest.mark.parametrize("how", ["away", "lost"])
def test_what_the_database_did_not_take_or_took_without_a_word(
    server: Server, model: FakeService, breaks: Callable[[str], None], how: str
) -> None:
    session = server.create_session("broken")
    with Chat(session.participant().start()) as chat:
        chat.ask("Before")
        breaks(how)
        chat.say("Hello?", "again")
        with pytest.raises(LiveMethodFailed):
            chat.next()
        breaks("")
        chat.open()
        chat.say("Hello?", "again")
        chat.until(lambda frame: frame.get("client_id") == "again")
        chat.quiet()
        assert [text for role, text in chat.texts if role == "user"] == ["Before", "Hello?"]
        assert chat.texts[-1] == ("assistant", FakeService.DEFAULT_REPLY)
    assert recorded(server, session, "broken") == {"Before": 1, "Hello?": 1}
    assert len(model.requests) == 2
    assert "Traceback" not in server.log


def test_a_reply_is_under_way_until_it_is_recorded(
    server: Server, model: FakeService, breaks: Callable[[str], None]
) -> None:
    session = server.create_session("broken")
    with Chat(session.participant().start()) as chat:
        model.hold()
        chat.say("Hello?")
        chat.until(lambda frame: frame["t"] == "text")
        breaks("unsettled")
        with disk_full(server):  # nor does the spool take it
            model.release()
            chat.until(lambda frame: frame["t"] == "text" and frame["text"].endswith(FakeService.DEFAULT_REPLY[-5:]))
            model.wait_until(lambda fake: fake.standing == 0)
            reply = chat.open()["messages"][-1]
            assert (reply["status"], reply["why"], chat.busy) == ("pending", "", True)
        breaks("")
        assert chat.quiet()[-1]["text"] == FakeService.DEFAULT_REPLY
    assert rows(server, session.code, "broken")[-1]["status"] == "complete"


def test_a_tab_of_the_round_before_does_not_write_into_this_one(server: Server, model: FakeService) -> None:
    session = server.create_session("twice")
    person = session.participant().start()
    with Chat(person) as old, Chat(person) as tab:
        tab.ask("In the first round")
        old.until(lambda frame: frame["t"] == "end")
        person.submit()
        assert person.page == "Chat"
        with Chat(person) as new:
            for sent in ({"do": "say", "text": "Too late", "id": "late"}, {"do": "open"}, {"do": "ping"}, {}, 7):
                old.live.send({"ego": sent})
                assert answer(old) == {"t": "over"}
            new.do(do="ping")
            assert answer(new) == {"t": "pong"}
            new.ask("In the second round")
            new.do(do="ping")
            assert answer(new) == {"t": "pong"}
    server.kill()
    server.start()
    with Chat(person) as new:  # which is the first that the server hears of this participant
        new.do(do="ping")
        assert answer(new) == {"t": "pong"}
        person.submit()
        for sent in ({"do": "ping"}, {"do": "say", "text": "Too late", "id": "late"}):
            new.live.send({"ego": sent})
            assert answer(new) == {"t": "over"}
    assert recorded(server, session, "twice") == {"In the first round": 1, "In the second round": 1}


def test_pings_wait_for_no_database(server: Server, model: FakeService, breaks: Callable[[str], None]) -> None:
    with Chat(server.create_session("broken").participant().start()) as chat:
        breaks("away")
        for _ in range(3):
            chat.do(do="ping")
            assert answer(chat) == {"t": "pong"}
