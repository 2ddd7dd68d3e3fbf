"""A session has as many rounds as are played, ends on a page of its own, and says there what is paid."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Server
from harness.chat import KEY
from harness.walks import APPS, GAMES, configs, some, spoken, walk

from otree_ego.testing import FakeService

ARRIVAL = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL, PLAYERS_PER_GROUP, NUM_ROUNDS = "arrival", 2, 4


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def number_of_rounds(session):
    return session.config["rounds"]


class Meet(WaitPage):
    group_by_arrival_time = True

    @staticmethod
    def is_displayed(player):
        return player.round_number == 1


class Play(Page):
    pass


page_sequence = [Meet, Play]
"""
ROUNDS = ARRIVAL.replace('"arrival", 2, 4', '"rounds", None, 3').replace(
    "import *", "import *\nfrom otree_ego import EndPage"
)
ROUNDS = (
    ROUNDS.partition("def number_of_rounds")[0]
    + """class Play(Page):
    pass


class End(EndPage):
    pass


page_sequence = [Play, End]
"""
)
PLAY = "{{ block content }}round {{ player.round_number }} group {{ group.id_in_subsession }}{{ endblock }}"


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _answers(model: FakeService) -> None:
    model.reply = spoken


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    paid = {"real_world_currency_per_point": 0.02, "participation_fee": 1.5}
    rows = configs(**paid)
    rows.append({**rows[0], **rows[2], "name": "two", "app_sequence": ["dictator", "trust"]})
    rows.append({"name": "arrival", "app_sequence": ["arrival"], "num_demo_participants": 2, "rounds": 2})
    rows.append({"name": "rounds", "app_sequence": ["rounds"], "num_demo_participants": 1})
    end = "{{ block content }}the end{{ endblock }}"
    apps = {
        "arrival": {"__init__.py": ARRIVAL, "Play.html": PLAY},
        "rounds": {"__init__.py": ROUNDS, "Play.html": PLAY, "End.html": end},
    }
    return server_factory(repo_apps=list(APPS), apps=apps, session_configs=rows, env=env)


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.mark.parametrize("app", some("prisoner", "ego_chat", "public_goods"))
def test_monitor_shows_the_last_of_all_pages_and_there_everybody_stays(server: Server, app: str) -> None:
    session = server.create_session(app, 1)
    person = walk(session, app).person
    (row,) = server.monitor(session.code)
    here, total = row["_current_page_of_total"]
    assert here == total and row["_current_page_name"] == "End"
    assert row["_round_number"] == GAMES.get(app, {}).get(f"{app}_rounds", 1)
    assert "otree-btn-next" not in person.html and "No more pages" not in person.html
    for stay in (person.submit, person.reload, person.start):
        assert stay().page == "End"
    server.advance_slowest(session.code)
    assert person.start().page == "End" and server.monitor(session.code)[0]["_current_page_of_total"] == [total, total]


def test_only_rounds_that_are_played_are_there(server: Server) -> None:
    session = server.create_session("ultimatum", 2, ultimatum_rounds=3)
    assert len(server.app_export("ultimatum", session.code)) == 2 * 3
    assert len(server.data(session.code)) == 3
    short = server.create_session("ultimatum", 2, ultimatum_rounds=1)
    assert len(server.app_export("ultimatum", short.code)) == 2


@pytest.mark.parametrize(("rounds", "sentence"), [(11, "at most 10"), (0, "at least 1"), ("many", "a whole number")])
def test_a_number_of_rounds_that_cannot_be_is_refused_and_leaves_no_session(
    server: Server, rounds: Any, sentence: str
) -> None:
    before = len(server.http.get(f"{server.url}/api/sessions").json())
    with pytest.raises(AssertionError, match=sentence):
        server.create_session("ultimatum", 2, ultimatum_rounds=rounds)
    assert len(server.http.get(f"{server.url}/api/sessions").json()) == before


def test_groups_by_arrival_time_in_fewer_rounds(server: Server) -> None:
    session = server.create_session("arrival", 2)
    first, second = session.participant(0).start(), session.participant(1).start()
    for person in (first, second):
        assert "round 1 group" in person.until("Play").html
        assert "round 2 group" in person.submit().html and person.page == "Play"
        assert person.submit().page == ""  # oTree's own last page, where an app has none


def test_an_end_page_comes_after_all_rounds(server: Server) -> None:
    person = server.create_session("rounds").participant().start()
    for number in (1, 2, 3):
        assert person.page == "Play" and f"round {number} " in person.html
        person.submit()
    assert person.page == "End" and person.submit().page == "End"


def test_an_app_that_declares_too_many_rounds_is_told(server: Server) -> None:
    with pytest.raises(AssertionError, match="HTTP") as refused:
        server.create_session("arrival", 2, rounds=5)
    assert "arrival.number_of_rounds has returned 5: it must return a whole number from 1 to C.NUM_ROUNDS" in str(
        refused.value
    )


def test_pay_is_points_their_value_the_fee_and_the_sum(server: Server) -> None:
    session = server.create_session("dictator", 1, dictator_rounds=2)
    shown = text_of(walk(session, "dictator").person.html)
    (pay,) = server.payments(session.code)
    points = sum(float(row["player.payoff"]) for row in server.app_export("dictator", session.code))
    worth = f"€{points * 0.02:.2f}"
    assert f"Your points {points:g} Their value in money {worth} For taking part €1.50" in shown
    total = f"€{points * 0.02 + 1.5:.2f}"
    assert f"Your payment in total {total}" in shown and total in pay.values()


def test_pay_of_two_apps(server: Server) -> None:
    session = server.create_session("two", 1)
    first = walk(session, "dictator").person
    assert "Your payment so far" in text_of(first.html) and "otree-btn-next" in first.html
    assert first.submit().page == "Introduction"
    shown = text_of(walk(session, "trust").person.html)
    rows = {app: float(server.app_export(app, session.code)[0]["player.payoff"]) for app in ("dictator", "trust")}
    assert f"Your points {rows['trust']:g} Their value in money €{rows['trust'] * 0.02:.2f}" in shown
    if rows["dictator"]:
        assert f"From other parts of this study €{rows['dictator'] * 0.02:.2f}" in shown
    assert f"Your payment in total €{sum(rows.values()) * 0.02 + 1.5:.2f}" in shown


def test_pay_in_german(server: Server) -> None:
    session = server.create_session("trust", 1, ego_language="de")
    assert "Ihre Auszahlung insgesamt" in text_of(walk(session, "trust").person.html)
