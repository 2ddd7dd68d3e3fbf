"""Players with a script go through the whole test app: every control, every kind of wait, and what goes wrong."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import Any

import pytest
from harness import Server, SQLite
from harness.scripted_players import play, player, simple, with_answers
from harness.whole_study import ANSWERS, STORED, agree, answers

from otree_ego.players.served_page import Page
from otree_ego.players.side_by_side import play_all
from otree_ego.players.transports import PlayerStopped

pytestmark = pytest.mark.any_database


def test_four_players_go_through_all_of_it(server: Server) -> None:
    session = server.create_session("whole", 4)

    async def last_to_come(page: Page) -> dict[str, Any]:
        while page.name == "Leave" and not any(visit.page == "Everybody" for visit in four[0].visits):
            await asyncio.sleep(0.05)  # else all four may come at once, and nobody waits
        return answers(page)

    four = [player(session, place, answers, live=agree) for place in range(3)]
    four.append(player(session, 3, last_to_come, live=agree))
    assert play(*four) == [None] * 4
    for row in server.wide_export(session.code):
        assert {name: row[f"controls.1.player.{name}"] for name in STORED} == STORED
        assert row["controls.1.player.words"].split() == ANSWERS["words"].split()
        assert row["meeting.1.group.price"] == "7" and row["talk_live.1.player.bid"] == ""
    first = {visit.page: visit for visit in four[0].visits}
    assert first["Ranking"].errors == [{"": "Please fix the errors.", "ranking": "This field is required."}]
    assert first["Unsaid"].errors == [{"": "Please fix the errors."}]
    assert first["Formless"].errors == [{"": "Not yet: press it again."}]
    assert first["Pythonic"].errors[0]["from_python"] == "An even number, please."
    assert first["Pythonic"].title == "Written in Python"
    assert first["Held"].outcome == "timed out" and "| 1 | 50 |" in first["Guess"].text
    assert "Show the rules" in first["Blank"].text and "Judge fairly." in first["Blank"].text
    assert "You have seen this 1 times." in first["Counted"].text
    waits = [(visit.page, visit.title) for one in four for visit in one.visits if visit.outcome == "waited"]
    assert ("Everybody", "All come together") in waits
    assert all(one.visits[-1].text == "The price was 7." for one in four)
    assert {visit.text.split("\n")[0] for one in four for visit in one.visits if visit.page == "Talk"} == {
        "You are in group 1.", "You are in group 2.",
    }  # fmt: skip


def test_two_players_talk_in_a_chat_of_ours(server: Server) -> None:
    session = server.create_session("pair", 2)
    two = [player(session, place, with_answers({"nickname": name})) for place, name in enumerate(("Kim", "Bo"))]
    assert play(*two) == [None, None]
    assert [next(visit for visit in one.visits if visit.said).said for one in two] == [["Hello!"], ["Hello!"]]


@pytest.mark.parametrize("config", ["recruit"])
def test_an_app_that_sends_people_on_is_played_to_its_end(server: Server, config: str) -> None:
    one = player(server.create_session(config, 1))
    assert play(one) == [None]
    assert one.visits[-1].outcome == "end"


def test_an_answer_to_a_page_that_is_gone_is_lost_and_the_player_goes_on(server: Server) -> None:
    session = server.create_session("fields", 1)
    other = with_answers({"answer": "42", "age": 30})

    def late(page: Page) -> dict[str, Any]:
        if page.name == "Fields":
            server.advance_slowest(session.code)
        return other(page)

    one = player(session, script=late)
    assert play(one) == [None]
    (row,) = server.wide_export(session.code)
    assert row["fields.1.player.name"] == "" and row["fields.1.player.code"] == "ABC"


def test_a_server_that_restarts_in_the_middle(server: Server) -> None:
    session = server.create_session("fields", 1)
    starts: list[threading.Thread] = []

    def script(page: Page) -> dict[str, Any]:
        if page.name == "Buttons":
            server.kill()
            starts.append(threading.Thread(target=server.start))
            starts[0].start()
        return with_answers({"answer": "42", "age": 30})(page)

    one = player(session, script=script)
    assert play(one) == [None]
    starts[0].join()
    (row,) = server.wide_export(session.code)
    assert row["fields.1.player.plea"] == "guilty" and one.visits[-1].outcome == "end"


def test_a_session_that_is_deleted_meanwhile(server: Server) -> None:
    session = server.create_session("fields", 1)

    def script(page: Page) -> dict[str, Any]:
        if page.name == "Fields":
            server.delete_session(session.code)
        return simple(page)

    one = player(session, script=script)
    (stopped,) = play(one)
    assert isinstance(stopped, PlayerStopped) and "Was the session deleted?" in str(stopped)
    assert (one.visits[-1].page, one.visits[-1].outcome) == ("Fields", "stopped")


@pytest.mark.full  # a locked database is waited for by SQLite itself first
def test_a_database_that_is_locked_for_a_while(server: Server) -> None:
    if not isinstance(server.database, SQLite):
        pytest.skip("Only SQLite locks all of it.")
    session = server.create_session("fields", 1)
    lock = sqlite3.connect(server.project.folder / "db.sqlite3", isolation_level=None, check_same_thread=False)

    def script(page: Page) -> dict[str, Any]:
        if page.name == "Fields":
            lock.execute("BEGIN EXCLUSIVE")
        return with_answers({"answer": "42", "age": 30})(page)

    def seen(visit: Any) -> None:
        if lock.in_transaction and visit.note:
            lock.execute("ROLLBACK")

    one = player(session, script=script)
    one.on_visit = seen
    assert play(one) == [None]
    lock.close()
    assert next(visit for visit in one.visits if visit.page == "Fields").note == "error 500"


def test_nobody_waits_for_ever_for_somebody_who_has_stopped(server: Server) -> None:
    session = server.create_session("meeting", 4, endless_wait=True)

    def stops(page: Page) -> dict[str, Any]:
        if page.name == "Price":
            raise PlayerStopped("Enough.", page.name)
        return answers(page)

    four = [player(session, place, answers, live=agree) for place in range(3)] + [player(session, 3, stops)]
    stopped = asyncio.run(play_all(four, longest_wait=4))  # shorter than this must be any wait that ends
    assert "Enough." in str(stopped["bot4"])
    assert stopped["bot3"].page == "Nobody" and "bot4" in str(stopped["bot3"])
    assert {one.visits[-1].page for one in four[:2]} == {"End"}
