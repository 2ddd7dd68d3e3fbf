"""Comprehension checks: tries are counted and limited; who does not pass is marked, or screened out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from harness import Participant, Refused, Server
from harness.walks import ANSWERS, configs

WRONG = {**ANSWERS, "dictator": {"check1": "rest", "check2": "nothing", "check3": "me"}}
OWN = """\
from otree.api import *

from otree_ego import CheckPage, EndPage, ScreenedOutPage, screened_out


class C(BaseConstants):
    NAME_IN_URL, PLAYERS_PER_GROUP, NUM_ROUNDS = "own", None, 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    sum = models.IntegerField(label="1 + 1?")
    who = models.StringField(label="Who?", choices=["me", "you"])
    check_tries = models.IntegerField()
    check_passed = models.BooleanField()
    who_tries = models.IntegerField()


class Check(CheckPage):
    form_fields = ["sum", "who"]

    @staticmethod
    def right_answers(player):
        return dict(sum=2, who="you")


class Out(ScreenedOutPage):
    pass


class End(EndPage):
    pass


page_sequence = [Check, Out, End]
"""
AFTER = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL, PLAYERS_PER_GROUP, NUM_ROUNDS = "after", None, 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Last(Page):
    pass


page_sequence = [Last]
"""
FORM = (
    "{{ block content }}{{ formfields }}{{ include 'otree_ego/check.html' }}{{ include 'otree_ego/next.html' }}"
    "{{ endblock }}"
)
LAST = "{{ block content }}outcome: {{ participant.vars|json }}{{ endblock }}"


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    rows = [row for row in configs() if row["name"] in ("dictator", "public_goods")]
    rows = [{**row, "ego_model": "constant/30", "ego_check_tries": "", "ego_check_failed": "flag"} for row in rows]
    rows += [
        {**rows[0], "name": name, "app_sequence": apps, "ego_check_tries": 2, "ego_check_failed": "screen out"}
        for name, apps in (("own", ["own"]), ("followed", ["own", "dictator", "after"]), ("games", ["own", "dictator"]))
    ]
    apps = {
        "own": {"__init__.py": OWN, "Check.html": FORM, "End.html": "{{ block content }}end{{ endblock }}"},
        "after": {"__init__.py": AFTER, "Last.html": LAST},
    }
    return server_factory(repo_apps=["dictator", "public_goods"], apps=apps, session_configs=rows)


def at_check(server: Server, config: str, **fields: Any) -> tuple[Any, Participant]:
    session = server.create_session(config, 1, **fields)
    person = session.participant().start()
    return session, person if person.page == "Check" else person.submit()


def checks(server: Server, session: Any) -> list[dict[str, Any]]:
    rows = server.custom_export("otree_ego", "events", session=session.code)
    return [json.loads(row["details"]) for row in rows if row["event"] == "comprehension check"]


def test_without_a_limit_it_is_asked_until_all_is_right(server: Server) -> None:
    session, person = at_check(server, "dictator")
    assert "left" not in person.html.partition("form")[2].partition("Next")[0]
    for _ in range(3):
        with pytest.raises(Refused, match="A keeps the rest, 70 points"):
            person.submit(**WRONG["dictator"])
    assert person.submit(**ANSWERS["dictator"]).page != "Check"
    (row,) = server.app_export("dictator", session.code)
    found = {name: row[f"player.{name}"] for name in ("check_tries", "check_errors", "check_passed")}
    assert found == {"check_tries": "4", "check_errors": "6", "check_passed": "1"}
    assert [row[f"player.check{number}_tries"] for number in (1, 2, 3)] == ["4", "1", "4"]
    assert [(one["try"], one["wrong"]) for one in checks(server, session)] == [
        *((number, ["check1", "check3"]) for number in (1, 2, 3)), (4, [])
    ]  # fmt: skip


def test_who_has_used_all_tries_goes_on_and_is_marked(server: Server) -> None:
    session, person = at_check(server, "dictator", ego_check_tries=2)
    assert "You have 2 tries left." in person.html
    with pytest.raises(Refused):
        person.submit(**WRONG["dictator"])
    assert "You have one try left." in person.html
    assert person.submit(**WRONG["dictator"]).page == "AIDecides"
    (row,) = server.app_export("dictator", session.code)
    assert (row["player.check_passed"], row["player.check_tries"], row["player.check1_tries"]) == ("0", "2", "")
    assert row["player.check1"] == "rest"


def test_the_last_try_may_be_right(server: Server) -> None:
    session, person = at_check(server, "dictator", ego_check_tries=1, ego_check_failed="screen out")
    person.submit(**ANSWERS["dictator"])
    assert person.page != "ScreenedOut"
    assert server.app_export("dictator", session.code)[0]["player.check_passed"] == "1"


@pytest.mark.parametrize(("language", "text"), [("en", "you cannot take part"), ("de", "nicht teilnehmen")])
def test_screened_out_and_there_they_stay(server: Server, language: str, text: str) -> None:
    session, person = at_check(
        server, "dictator", ego_check_tries=1, ego_check_failed="screen out", ego_language=language
    )
    assert person.submit(**WRONG["dictator"]).page == "ScreenedOut"
    for stay in (person.submit, person.start):
        assert text in stay().html and person.page == "ScreenedOut" and "otree-btn-next" not in person.html
    assert server.app_export("dictator", session.code)[0]["player.payoff"] == "0.0"


def test_questions_of_a_projects_own(server: Server) -> None:
    session, person = at_check(server, "own")
    with pytest.raises(Refused, match=r"Not all answers are right yet.*This answer is not right"):
        person.submit(sum=3, who="you")
    assert person.submit(sum=3, who="you").page == "Out"
    (row,) = server.app_export("own", session.code)
    assert [row[f"player.{name}"] for name in ("check_tries", "check_passed", "who_tries")] == ["2", "0", "1"]
    _, person = at_check(server, "own")
    assert person.submit(sum=2, who="you").page == "End"


def test_who_is_screened_out_comes_to_the_last_app_with_the_outcome(server: Server) -> None:
    _, person = at_check(server, "followed", ego_check_tries=1)
    assert person.submit(sum=3, who="me").page == "Out"
    assert "otree-btn-next" in person.html and "close this page" not in person.html
    person.submit()
    assert person.page == "Last" and "screened_out" in person.html


def test_screening_out_is_refused_where_somebody_would_be_left_or_led_astray(server: Server) -> None:
    for config, fields, sentence in (
        ("dictator", {"dictator_partner": "human"}, "left alone"),
        ("public_goods", {"public_goods_humans": 2}, "left alone"),
        ("games", {}, "put an app last that ends the study for all"),
    ):
        with pytest.raises(AssertionError, match="HTTP 400") as refused:
            server.create_session(config, 2, ego_check_failed="screen out", **fields)
        assert sentence in str(refused.value)
