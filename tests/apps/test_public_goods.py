"""The app `public_goods`: bots with a service and with the embedded model, and people at a real server."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
import string
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from harness import Participant, PostgreSQL, Project, Server, Session
from harness.bots import otree_test
from harness.chat import KEY
from harness.database import attempts
from harness.project import REPO

from otree_ego.testing import FakeService
from otree_ego.testing.fitting import fitting

pytestmark = pytest.mark.any_database

APP = REPO / "apps" / "public_goods"
SETTINGS: dict[str, Any] = {
    "name": "public_goods",
    "app_sequence": ["public_goods"],
    "num_demo_participants": 1,
    "public_goods_humans": 1,
    "public_goods_ais": 3,
    "public_goods_endowment": 20,
    "public_goods_multiplier": 1.6,
    "public_goods_rounds": 2,
    "public_goods_punishment": False,
    "public_goods_punishment_cost": 1,
    "public_goods_punishment_effect": 3,
    "public_goods_talk": 0,
    "public_goods_personas": "",
    "public_goods_reveal": "who",
    "public_goods_reasoning": False,
    "public_goods_delay": "0",
    "public_goods_timeout": 0,
    "public_goods_default": 0,
    "ego_model": "gpt-6-luna",
    "ego_retries": 0,
    "ego_deadline": 30.0,
    "ego_language": "en",
}
NUMBER = re.compile(r"(?:You are Member|Sie sind Mitglied) (\d+)\.")


def module(name: str) -> ModuleType:
    """A module of the app that knows no oTree."""
    spec = importlib.util.spec_from_file_location(f"public_goods_{name}", APP / f"{name}.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


PAYOFFS, TEXTS = module("payoffs"), module("texts")


def member_of(body: Mapping[str, Any]) -> int:
    """Which member of the group a request is asked for."""
    found = NUMBER.search(body["messages"][0]["content"])
    assert found, body["messages"][0]
    return int(found[1])


def last(body: Mapping[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def answer(body: Mapping[str, Any]) -> str:
    """Contributions depend on the member's number and on what was asked before; deductions on the other's number."""
    schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
    if schema is None:
        return "I am for it."
    wanted = schema["properties"].get("answer", schema)
    if wanted["type"] == "integer":
        return json.dumps({"answer": 2 * member_of(body) + len(body["messages"]) // 2 - 1})
    return json.dumps({"answer": {name: int(name[-1]) % 3 for name in wanted["properties"]}})


# --- bots -------------------------------------------------------------------------------------------------------------


def bots(folder: Path, participants: int, service: FakeService | None, **settings: Any) -> None:
    config = {**SETTINGS, **settings}
    made = Project(folder / "project", repo_apps=["public_goods"], session_configs=[config], played_rounds=True)
    env = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": KEY} if service else {}
    done = otree_test(made, "public_goods", str(participants), **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "never awaited" not in done.stderr


@pytest.mark.full
def test_bots_play_with_three_programs(tmp_path: Path, service: FakeService) -> None:
    service.reply = fitting
    bots(tmp_path, 1, service)
    firsts = [one.body for one in service.requests if len(one.body["messages"]) == 2]
    assert len(service.requests) == 2 * 3 * 2
    assert sorted(map(member_of, firsts)) == sorted(member_of(one.body) for one in service.requests)[::2]
    assert all("Results" not in last(body) and "Round 1 of 2." in last(body) for body in firsts)
    seconds = [last(one.body) for one in service.requests if len(one.body["messages"]) == 4]
    assert all(text.startswith("Results of round 1: ") and "(person): 10" in text for text in seconds[:3])


@pytest.mark.full
def test_bots_of_two_people_punish_and_are_punished(tmp_path: Path, service: FakeService) -> None:
    service.reply = answer
    more = {"public_goods_humans": 2, "public_goods_ais": 2, "public_goods_punishment": True}
    bots(tmp_path, 4, service, **more, public_goods_reveal="who,number", public_goods_personas="free rider,altruist")
    assert len(service.requests) == 2 * 2 * 2 * 2 * 2  # cases, groups, programs, rounds, stages
    told = [one.body["messages"][0]["content"] for one in service.requests]
    for persona in ("free rider", "altruist"):
        assert sum(TEXTS.PERSONAS[persona]["en"] in text for text in told) == len(told) / 2
    assert (
        sum("(person)" in text for text in told)
        == sum("Nobody is told which" in text for text in told)
        == len(told) / 2
    )
    deducted = [last(one.body) for one in service.requests if "deduction points. " in last(one.body)]
    assert all("You got" not in text or "Your income of round 1: " in text for text in deducted)


@pytest.mark.full
def test_bots_talk_first(tmp_path: Path, service: FakeService) -> None:
    service.reply = fitting
    more = {"public_goods_humans": 2, "public_goods_ais": 1, "public_goods_rounds": 1, "public_goods_reasoning": True}
    bots(tmp_path, 2, service, **more, public_goods_talk=60, public_goods_timeout=60)
    asked = [one.body["messages"] for one in service.requests if "Round 1 of 1." in last(one.body)]
    assert len(asked) == 2
    for messages in asked:
        # a program decides as it has talked: with its rules, what the others said with their names, its own words
        assert "These are the rules" in messages[0]["content"] and "in a group chat" in messages[0]["content"]
        said = "\n".join(each["content"] for each in messages[1:] if each["role"] == "user")
        assert len(re.findall(r"^Member \d \(person\): Let us all contribute 10\.", said, re.MULTILINE)) == 2
        # a line break in a message does not make it two members' messages
        assert len(re.findall(r"^Member \d \(person\): Member 9: I contribute nothing\.", said, re.MULTILINE)) == 2
        assert not re.search(r"^Member 9", said, re.MULTILINE)
        assert {"role": "assistant", "content": "Fine."} in messages


@pytest.mark.full
def test_bots_without_programs_ask_nobody(tmp_path: Path, service: FakeService) -> None:
    more = {"public_goods_humans": 3, "public_goods_ais": 0, "public_goods_punishment": True}
    bots(tmp_path, 3, service, **more, public_goods_rounds=1)
    assert not service.requests


@pytest.mark.full
@pytest.mark.model
def test_bots_play_with_the_embedded_model(tmp_path: Path) -> None:
    more = {"public_goods_ais": 1, "public_goods_rounds": 1, "public_goods_punishment": True}
    bots(tmp_path, 1, None, **more, ego_model="local/smollm2", ego_deadline=120.0, ego_retries=2)


# --- people at a server -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(repo_apps=["public_goods"], session_configs=[SETTINGS], env=env)


@pytest.fixture(scope="module")
def both(server_factory: Callable[..., Server], model: FakeService, database: PostgreSQL | None) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(
        repo_apps=["public_goods"], session_configs=[SETTINGS], env=env, database=database, page_timeouts=True
    )


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest) -> None:
    if "model" in request.fixturenames:
        fake: FakeService = request.getfixturevalue("model")
        fake.heal()
        fake.release()
        fake.clear()
        fake.reply, fake.delay = answer, 0.0


def to_the_decision(session: Session, **check: int) -> list[Participant]:
    """All people of a session, past the instructions and the comprehension check."""
    people = [person.start() for person in session.participants()]
    for person in people:
        person.submit().submit(**check)
    return people


def the_members(lab: Server, session: Session) -> list[dict[str, str]]:
    return lab.custom_export("public_goods", "custom_export_members", session.code)


def recomputed(rows: list[dict[str, str]]) -> list[int]:
    """The incomes of one group's round, from its rows alone."""
    given = [int(float(row["contribution"])) for row in rows]
    first = rows[0]
    earned = PAYOFFS.earnings(given, int(first["endowment"]), float(first["multiplier"]))
    points = [[int(row[f"points_to_{other['member_number']}"] or 0) for other in rows] for row in rows]
    incomes: list[int] = PAYOFFS.incomes(earned, points, int(first["punishment_cost"]), int(first["punishment_effect"]))
    return incomes


def test_two_people_and_two_programs_from_start_to_end(lab: Server, model: FakeService) -> None:
    more = {"public_goods_humans": 2, "public_goods_ais": 2, "public_goods_punishment": True}
    session = lab.create_session("public_goods", 4, **more)
    people = to_the_decision(session, check_none=20, check_all=32, check_points=6, check_programs=2)
    for number in (1, 2):
        for place, person in enumerate(people):
            person.until("Contribute").submit(contribution=5 * place + number)
        for person in people:
            person.until("Punish")
            names = re.findall(r'name="(points_\d+)"', person.html)
            assert len(names) == 3 and "(computer program) contributed" in person.html
            person.submit(**dict.fromkeys(names, 2))
        for person in people:
            assert "(computer program)" in person.until("Results").html
            person.submit()
    rows = the_members(lab, session)
    assert len(rows) == 2 * 2 * 4 and Counter(row["member_type"] for row in rows) == {"person": 8, "program": 8}
    for number, group in ((number, group) for number in "12" for group in "12"):
        mine = [row for row in rows if (row["round"], row["group"]) == (number, group)]
        assert [row["member_number"] for row in mine] == ["1", "2", "3", "4"]
        assert [int(float(row["payoff"])) for row in mine] == recomputed(mine)
        programs = [row for row in mine if row["member_type"] == "program"]
        # two questions a round come before the next round's
        asked = [2 * int(row["member_number"]) + 2 * (int(number) - 1) for row in programs]
        assert [int(float(row["contribution"])) for row in programs] == asked
        assert all(int(row["points_given"]) == 6 for row in mine if row["member_type"] == "person")
    totals = Counter[str]()
    for row in rows:
        totals[row["participant"]] += int(float(row["payoff"]))
    wide = {row["participant.code"]: float(row["participant.payoff"]) for row in lab.wide_export(session.code)}
    assert {code: wide[code] for code in session.codes} == {code: totals[code] for code in session.codes}
    for person in people:
        assert person.page == "End" and f"<strong>{totals[person.code]}</strong>" in person.html
    fields = [row for row in lab.app_export("public_goods", session.code) if row["subsession.round_number"] == "1"]
    assert all(row["group.ai_1_payoff"] and row["group.ai_2_points"] and not row["group.ai_3_payoff"] for row in fields)
    decisions = lab.custom_export("public_goods", "custom_export_decisions", session.code)
    assert Counter(row["page"] for row in decisions) == {"Others": 4, "OthersPunish": 4}
    assert {(row["status"], row["asked_ahead"]) for row in decisions} == {("stored", "1")}


def test_programs_decide_before_they_could_know_what_people_contribute(lab: Server, model: FakeService) -> None:
    session = lab.create_session("public_goods", 2, public_goods_humans=2, public_goods_ais=1)
    people = to_the_decision(session, check_none=20, check_all=32, check_programs=1)
    assert people[0].until("Contribute").submit(contribution=17).waiting
    assert people[1].submit(contribution=13).until("Results")
    for person in people:
        person.until("Results").submit()
        person.until("Contribute").submit(contribution=11)
    people[0].until("Results")
    bodies = [one.body for one in model.requests]
    assert [len(body["messages"]) for body in bodies] == [2, 4]
    assert not re.search("1[137]", last(bodies[0])) and "17" in last(bodies[1]) and "13" in last(bodies[1])
    assert not re.search(r"\b11\b", last(bodies[1]))


def test_wrong_answers_are_explained_counted_and_asked_again(lab: Server) -> None:
    person = lab.create_session("public_goods").participant().start().submit()
    with pytest.raises(AssertionError, match=r"Everyone keeps the 20 points.*4 × 20 points are contributed"):
        person.submit(check_none=0, check_all=20, check_programs=3)
    with pytest.raises(AssertionError, match="who is in your group"):
        person.submit(check_none=20, check_all=32, check_programs=4)
    person.submit(check_none=20, check_all=32, check_programs=3)
    assert person.page == "Contribute"
    mine = [r for r in lab.app_export("public_goods") if r["participant.code"] == person.code]
    assert (mine[0]["player.check_errors"], mine[0]["player.check_passed"]) == ("3", "1")


@pytest.mark.parametrize("contribution", ["21", "-1", "", "all"])
def test_a_contribution_out_of_range_is_refused(lab: Server, contribution: str) -> None:
    (person,) = to_the_decision(lab.create_session("public_goods"), check_none=20, check_all=32, check_programs=3)
    with pytest.raises(AssertionError, match="Contribute did not take"):
        person.submit(contribution=contribution)


def test_who_does_not_decide_in_time_gets_the_default_and_the_group_goes_on(both: Server) -> None:
    more = {"public_goods_humans": 2, "public_goods_ais": 1, "public_goods_rounds": 1, "public_goods_punishment": True}
    session = both.create_session("public_goods", 2, **more, public_goods_timeout=1, public_goods_default=4)
    here, away = to_the_decision(session, check_none=20, check_all=32, check_points=6, check_programs=1)
    assert away.page == "Contribute"
    here.until("Contribute").submit(contribution=10)
    here.until("Punish", meanwhile=lambda: both.time_is_over(away))
    here.submit(**dict.fromkeys(re.findall(r'name="(points_\d+)"', here.html), 0))
    here.until("Results", meanwhile=lambda: both.time_is_over(away))
    left, stayed = (row for row in sorted(the_members(both, session), key=lambda row: row["dropout"], reverse=True)[:2])
    assert (left["participant"], left["dropout"], float(left["contribution"])) == (away.code, "1", 4)
    assert (stayed["participant"], stayed["dropout"], float(stayed["contribution"])) == (here.code, "0", 10)
    mine = next(row for row in both.app_export("public_goods", session.code) if row["participant.code"] == away.code)
    assert mine["player.contribution_by_default"] == mine["player.points_by_default"] == "1"
    assert "Your contribution was set to 4 points." in away.start().until("Results").html


def test_one_program_that_failed_is_asked_again_and_the_others_are_not(lab: Server, model: FakeService) -> None:
    session = lab.create_session("public_goods", public_goods_rounds=1)
    failing = set[int]()

    def moody(body: Mapping[str, Any]) -> str:
        failing.add(member_of(body)) if not failing else None
        return "no number" if member_of(body) in failing else answer(body)

    model.reply = moody
    (person,) = to_the_decision(session, check_none=20, check_all=32, check_programs=3)
    person.submit(contribution=3)
    for _ in attempts(pause=0.1):
        if "again=1" in person.reload().html:
            break
    asked = Counter(member_of(one.body) for one in model.requests)
    assert sorted(asked.values()) == [1, 1, 3]
    model.reply = answer
    person.http.get(f"{person.url}?again=1", timeout=60)
    person.start().until("Results")
    again = Counter(member_of(one.body) for one in model.requests) - asked
    assert again == Counter(failing)
    assert all(row["payoff"] for row in the_members(lab, session))


def test_the_experimenter_moves_a_group_on_past_a_program_that_never_answers(lab: Server, model: FakeService) -> None:
    model.reply = "I will not."
    session = lab.create_session("public_goods", 1, public_goods_rounds=2, public_goods_punishment=True)
    (person,) = to_the_decision(session, check_none=20, check_all=32, check_points=6, check_programs=3)
    person.submit(contribution=3)
    for _ in attempts():
        if "again=1" in person.reload().html:
            break
    model.reply = answer
    lab.advance_slowest(session.code)
    person.start().until("Results")
    assert "This round does not count" in person.html and "None" not in person.html
    person.submit(contribution=3).until("Contribute").submit(contribution=4).until("Punish")
    told = [last(one.body) for one in model.requests if "Round 2 of 2. You have 20 points" in last(one.body)]
    assert len(told) == 3 and all("Round 1 does not count" in text for text in told)
    person.submit(**{f"points_{n}": 0 for n in range(1, 5)}).until("Results").submit()
    rows = the_members(lab, session)
    assert [row["payoff"] for row in rows[:4]] == [""] * 4 and all(row["payoff"] for row in rows[4:])
    assert [int(float(row["payoff"])) for row in rows[4:]] == recomputed(rows[4:])


def test_where_all_are_people_nothing_is_said_of_programs(lab: Server) -> None:
    more = {"public_goods_humans": 2, "public_goods_ais": 0, "public_goods_punishment": True}
    session = lab.create_session("public_goods", 2, **more)
    people = [person.start() for person in session.participants()]
    pages = [person.html for person in people]
    pages += [person.submit().html for person in people]
    for person in people:
        person.submit(check_none=20, check_all=32, check_points=6)
        pages.append(person.html)
        person.submit(contribution=5)
    pages += [person.until("Punish").html for person in people]
    assert not [page for page in pages if re.search(r"program|\(person\)", page)]


def test_a_contribution_is_a_whole_number_of_points_in_a_project_that_uses_money(
    server_factory: Callable[..., Server], model: FakeService
) -> None:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    money = server_factory(
        repo_apps=["public_goods"], session_configs=[SETTINGS], env=env, settings_extra="USE_POINTS = False"
    )
    (person,) = to_the_decision(money.create_session("public_goods"), check_none=20, check_all=32, check_programs=3)
    assert "€" not in person.html
    with pytest.raises(AssertionError, match="Contribute did not take"):
        person.submit(contribution="5.5")
    person.submit(contribution=5).until("Results")


def test_who_shall_not_know_who_is_a_program_cannot_see_it_in_the_chat(lab: Server, model: FakeService) -> None:
    more = {"public_goods_humans": 2, "public_goods_ais": 2, "public_goods_reveal": "number"}
    session = lab.create_session("public_goods", 2, **more, public_goods_talk=30)
    people = to_the_decision(session, check_none=20, check_all=32, check_programs=2)
    with people[0].until("Talk").live() as tab:
        tab.send({"ego": {"do": "open"}})
        state = tab.until(lambda told: told["ego"]["t"] == "state")["ego"]
        assert [one["name"] for one in state["people"]] == [f"Member {n}" for n in range(1, 5)]
        tab.send({"ego": {"do": "say", "text": "Who are you?", "id": "1"}})
        answered = tab.until(lambda told: told["ego"]["t"] == "add" and not told["ego"]["message"]["mine"])["ego"]
    assert (answered["message"]["role"], answered["typing"]) == ("user", "")


def test_people_talk_with_the_programs_of_their_group(lab: Server, model: FakeService) -> None:
    more = {"public_goods_humans": 2, "public_goods_ais": 1, "public_goods_reveal": "number"}
    session = lab.create_session("public_goods", 2, **more, public_goods_talk=3)
    people = to_the_decision(session, check_none=20, check_all=32, check_programs=1)
    for person in people:
        person.until("Talk")
    with people[0].live() as one, people[1].live() as other:
        for tab in (one, other):
            tab.send({"ego": {"do": "open"}})
            tab.until(lambda told: told["ego"]["t"] == "state")
        one.send({"ego": {"do": "say", "text": "Who are you?", "id": "1"}})
        for tab in (one, other):
            asked, answered = (tab.until(lambda told: told["ego"]["t"] == "add")["ego"]["message"] for _ in range(2))
            assert (asked["text"], answered["text"]) == ("Who are you?", "I am for it.")
            assert re.fullmatch(r"Member \d", answered["author"])
    for person in people:
        person.submit()
    for person in people:
        person.until("Contribute")
    asked = [(each["role"], each["content"]) for each in model.requests[-1].body["messages"]]
    assert any(re.fullmatch(r"Member \d: Who are you\?", text) for _, text in asked)
    assert ("assistant", "I am for it.") in asked and "(person)" not in str(asked[1:])
    assert asked[-1][1].startswith("Round 1 of ")


def test_everything_is_told_in_german(lab: Server, model: FakeService) -> None:
    more = {"public_goods_punishment": True, "public_goods_rounds": 1, "ego_language": "de"}
    session = lab.create_session("public_goods", **more, public_goods_personas="altruist")
    person = session.participant().start()
    pages = [person.html]
    pages.append(person.submit().html)
    pages.append(person.submit(check_none=20, check_all=32, check_points=6, check_programs=3).html)
    pages.append(person.submit(contribution=10).until("Punish").html)
    points = dict.fromkeys(re.findall(r'name="(points_\d+)"', person.html), 0)
    pages.append(person.submit(**points).until("Results").html)
    pages.append(person.submit().html)
    words = ["bringt also jedem Mitglied 0,4", "Computerprogramme?", "tragen Sie zum Projekt bei", "Abzugspunkte geben"]
    words += ["Ihr Einkommen dieser Runde", "Vielen Dank"]
    for page, word in zip(pages, words, strict=True):
        assert word in page
        # the unit behind a form field is oTree's word, in the project's language
        page = re.sub(r"<script.*?</script>|<style.*?</style>", " ", page, flags=re.DOTALL)
        shown = re.sub(r"(?<=>)\s*points\s*(?=<)|<[^>]*>", " ", page)
        assert not re.search(r"\b(rounds?|points?|members?|contribut\w+|income)\b", shown, re.IGNORECASE), shown
    told = model.requests[0].body["messages"][0]["content"]
    assert TEXTS.PERSONAS["altruist"]["de"] in told and "Sie sind Mitglied" in told


@pytest.mark.parametrize(
    ("settings", "people", "sentence"),
    [
        (
            {"public_goods_ais": 6},
            1,
            "public_goods_ais = 6: this setting takes a whole number of at least 1 and at most 5",
        ),
        ({"public_goods_ais": 0}, 1, "public_goods_ais = 0"),
        ({"public_goods_humans": 8}, 8, "public_goods_ais = 3"),
        ({"public_goods_humans": 2}, 3, "3 participants cannot be put into groups of 2"),
        ({"public_goods_rounds": 11}, 1, "public_goods_rounds = 11"),
        ({"public_goods_endowment": 0}, 1, "public_goods_endowment = 0"),
        ({"public_goods_default": 21}, 1, "public_goods_default = 21: this setting takes .* at most 20"),
        ({"public_goods_multiplier": "much"}, 1, "public_goods_multiplier = 'much': this setting takes a number"),
        ({"public_goods_reveal": "nothing"}, 1, "public_goods_reveal = 'nothing': .* who, number"),
        (
            {"public_goods_personas": "grump"},
            1,
            "public_goods_personas = 'grump': .*conditional cooperator, free rider",
        ),
        ({"public_goods_personas": "altruist,altruist,altruist,altruist"}, 1, "personas of the 3 computer programs"),
        ({"public_goods_delay": "soon"}, 1, "public_goods_delay = 'soon'"),
        ({"public_goods_talk": -1}, 1, "public_goods_talk = -1"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(
    lab: Server, settings: dict[str, Any], people: int, sentence: str
) -> None:
    with pytest.raises(AssertionError, match=f"HTTP 400.*{sentence}"):
        lab.create_session("public_goods", people, **settings)


# --- without oTree ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [PAYOFFS, TEXTS])
def test_the_examples_in_the_docstrings_run(part: ModuleType) -> None:
    tried = doctest.testmod(part)
    assert tried.attempted and not tried.failed


def test_both_languages_say_the_same_things_with_the_same_numbers() -> None:
    english, german = TEXTS.TEXTS["en"], TEXTS.TEXTS["de"]
    assert english.keys() == german.keys()
    for key, text in english.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(each) if name} for each in (text, german[key])]
        assert fields[0] == fields[1], key
    assert all(set(persona) == {"en", "de"} for persona in TEXTS.PERSONAS.values())


@pytest.mark.parametrize("multiplier", [1, 1.6, 2.5])
def test_nothing_gets_lost_between_the_members(multiplier: float) -> None:
    given = [0, 7, 20, 13]
    made = sum(PAYOFFS.earnings(given, 20, multiplier))
    assert abs(made - (4 * 20 - sum(given) + multiplier * sum(given))) <= 2  # whole points
