"""Players with a script go through every app of this repository, and through all that oTree's pages can have."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Server
from harness.scripted_players import play, player, simple, with_answers
from harness.walks import ANSWERS, APPS

from otree_ego.players.http_transport import HttpTransport
from otree_ego.players.player import Player
from otree_ego.players.player_limits import Limits
from otree_ego.players.transports import PlayerStopped

pytestmark = pytest.mark.any_database
RIGHT = {**ANSWERS["trust"], **ANSWERS["ultimatum"]}


@pytest.mark.parametrize("app", APPS)
def test_each_app_is_played_to_its_end(server: Server, app: str) -> None:
    session = server.create_session(app, 1)
    one = player(session, script=with_answers(ANSWERS.get(app, {})))
    assert play(one) == [None]
    assert (one.visits[-1].page, one.visits[-1].outcome) == ("End", "end")
    assert not any(visit.errors for visit in one.visits)


def test_every_kind_of_field_is_filled_in(server: Server) -> None:
    session = server.create_session("fields", 1)
    answers: dict[str, Any] = {"answer": "41", "age": 30}

    def script(page: Any) -> dict[str, Any]:
        return {**with_answers(answers)(page), **({"answer": "42"} if page.errors else {}), "button": "I am not"}

    one = player(session, script=script)
    assert play(one) == [None]
    (row,) = server.wide_export(session.code)
    values = {
        name: row[f"fields.1.player.{name}"] for name in ("share", "colour", "likert_kind", "day", "plea", "answer")
    }
    assert values == {
        "share": "0.0", "colour": "red", "likert_kind": "1", "day": "2026-03-01", "plea": "not", "answer": "42",
    }  # fmt: skip
    strict = next(visit for visit in one.visits if visit.page == "Strict")
    assert strict.errors == [{"": "Please fix the errors.", "answer": "Please think again."}]
    assert [answer["answer"] for answer in strict.answers] == ["41", "42"]


def test_two_players_meet_talk_and_bid(server: Server) -> None:
    session = server.create_session("talk_live", 2)

    async def live(view: Any, messages: Any) -> dict[str, Any]:
        await view.send({"bid": 7})
        async for message in messages:
            if message["bid"] == 7:
                return {"bid": 7}
        return {}

    def script(page: Any) -> dict[str, Any]:
        return {**simple(page), "chat": ["Hello!", "How are you?"]}

    two = [player(session, place, script, live=live) for place in (0, 1)]
    assert play(*two) == [None, None]
    assert any((visit.page, visit.outcome) == ("Meet", "waited") for one in two for visit in one.visits)
    for one in two:
        assert next(visit for visit in one.visits if visit.page == "Talk").said == ["Hello!", "How are you?"]
        assert one.visits[-1].page == "End"
    assert {row["talk_live.1.player.heard"] for row in server.wide_export(session.code)} == {"7"}


def test_a_page_that_refuses_every_answer_is_given_up(server: Server) -> None:
    session = server.create_session("talk_live", 2, endless=True)
    two = [player(session, place) for place in (0, 1)]
    for one in two:
        one.limits = Limits(corrections=2, quiet=1)
    for stopped, one in zip(play(*two), two, strict=True):
        assert isinstance(stopped, PlayerStopped) and (stopped.page, stopped.field) == ("Endless", "endless")
        assert "3 answers were refused. The last time:" in str(stopped) and "No." in str(stopped)
        assert len(one.visits[-1].errors) == 3 and one.visits[-1].outcome == "stopped"


def test_a_button_of_scripts_is_named(server: Server) -> None:
    session = server.create_session("talk_live", 2, scripted=True)
    for stopped in play(*(player(session, place) for place in (0, 1))):
        assert "'Scripted'" in str(stopped) and "'Go on' only works in a browser" in str(stopped)


def test_who_comes_back_goes_on_where_it_stood(server: Server) -> None:
    session = server.create_session("fields", 1)

    def stops(page: Any) -> dict[str, Any]:
        if page.name == "Handwritten":
            raise PlayerStopped("Enough.", page.name)
        return simple(page)

    first = player(session, script=stops)
    assert [str(each) for each in play(first)] == ["Enough."]
    second = player(session, script=with_answers({"answer": "42", "age": 30}))
    assert play(second) == [None]
    assert second.visits[0].page == "Handwritten"


@pytest.mark.parametrize("link", ["/join/nosuchcode", "/InitializeParticipant/nosuch", "/room/none", "/p/x/fields/A/1"])
def test_a_link_that_leads_nowhere(server: Server, link: str) -> None:
    (stopped,) = play(Player("bot", HttpTransport(server.url + link), script=simple))
    assert isinstance(stopped, PlayerStopped) and "404" in str(stopped)
