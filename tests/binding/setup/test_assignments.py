"""`assign(…)` in real sessions: balanced, in the data, one for a participant everywhere, undone by a rollback."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from harness import PostgreSQL, Project, Server
from harness.admin import Session
from harness.bots import otree_test
from harness.lab import LAB, LAB_CONFIG, LAB_FILES, at, fails, run
from harness.participant import Participant

from otree_ego.blocks import Design

pytestmark = pytest.mark.any_database

FIELDS = """\
    frame = models.StringField()
    bonus = models.IntegerField()
    talk = models.BooleanField()
    rate = models.FloatField()
    endowment = models.CurrencyField()
    short = models.StringField(max_length=4)
    note = models.LongStringField(initial="")"""
APP = (
    LAB.replace('    note = models.LongStringField(initial="")', FIELDS)
    .replace("class Group(BaseGroup):\n    pass", "class Group(BaseGroup):\n    stake = models.IntegerField()")
    .replace("NUM_ROUNDS = 1", "NUM_ROUNDS = 2")
    .replace("page_sequence = [Plain, Meet, Flow, Talk]", "page_sequence = [Plain, Flow, Meet, Talk]")
    .replace("ai, chat, custom_export", "ai, assign, chat, custom_export, custom_export_assignments, Treatment")
)
FRAMES = {"frame": ["give", "take"]}
CELLS = {"frame": ["give", "take"], "bonus": [5, 10]}
ONE = "assign(player, frame=['give', 'take'])"
SHOWN = "result = assign(player, frame=['give', 'take'], bonus=[5, 10])"


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], database: PostgreSQL | None) -> Server:
    later = {**LAB_FILES, "__init__.py": APP.replace('"lab"', '"later"')}
    config = {**LAB_CONFIG, "app_sequence": ["lab", "later"]}
    apps = {"lab": {**LAB_FILES, "__init__.py": APP}, "later": later}
    return server_factory(apps=apps, session_configs=[config], database=database)


def export(server: Server, session: Session, app: str = "lab") -> list[dict[str, str]]:
    return server.custom_export(app, "custom_export_assignments", session.code)


def taken(server: Server) -> list[dict[str, Any]]:
    server.get("/sessions")  # a live method answers before it commits; this waits until it has
    return server.database.query("SELECT * FROM otree_ego_assignment ORDER BY id")


def arrive(session: Session, index: int = 0) -> Participant:
    return session.participant(index).start().until("Flow")


def mine(server: Server, session: Session) -> list[dict[str, Any]]:
    return [row for row in taken(server) if row["owner"].partition(":")[2] in session.codes]


def test_creating_session_is_balanced_and_sets_fields_in_all_rounds_and_apps(lab: Server) -> None:
    code = "told = assign(subsession, frame=['give', 'take'], bonus=[5, 10], persona=['Ada', None])\n"
    code += (
        "for p, got in zip(subsession.get_players(), told): assert (p.frame, p.bonus) == (got['frame'], got['bonus'])"
    )
    session = lab.create_session("lab", 20, creating=code)
    rows = export(lab, session)
    assert list(rows[0]) == [
        "session", "participant", "participant_label", "participant_ai", "id_in_session", "round", "group",
        "assignment", "assignment_place", "assignment_seed", "bonus", "frame", "persona",
    ]  # fmt: skip
    assert [row["participant"] for row in rows] == list(session.codes)
    assert [(int(row["id_in_session"]), int(row["assignment_place"])) for row in rows] == [(n, n) for n in range(1, 21)]
    counts = Counter((row["frame"], row["bonus"], row["persona"]) for row in rows)
    assert sorted(counts.values()) == [2, 2, 2, 2, 3, 3, 3, 3]
    assert export(lab, session, "later") == rows
    wide = {row["participant.code"]: row for row in lab.wide_export(session.code)}
    for row in rows:
        for place in ("lab.1", "lab.2", "later.1", "later.2"):
            person = wide[row["participant"]]
            assert (person[f"{place}.player.frame"], person[f"{place}.player.bonus"]) == (row["frame"], row["bonus"])


def test_the_data_alone_are_enough_to_draw_again(lab: Server) -> None:
    session = lab.create_session("lab", 9, creating=f"assign(subsession, name='own', **{CELLS})")
    design = Design(CELLS)
    for row in export(lab, session):
        key = f"{row['assignment_seed']}/participant:{row['assignment']}:bonus,frame"
        levels = {name: str(value) for name, value in design.levels(int(row["assignment_place"]) - 1, key).items()}
        assert levels == {"bonus": row["bonus"], "frame": row["frame"]}


def test_they_get_the_next_place_as_they_arrive_and_keep_it(lab: Server) -> None:
    session = lab.create_session("lab", 10, shown=SHOWN)
    assert mine(lab, session) == []
    order = [7, 2, 9, 0, 4, 1]  # the others never come, and take no place
    shown = {}
    for index in order:
        shown[index] = arrive(session, index)
    before = mine(lab, session)
    assert [row["owner"] for row in before] == [f"participant:{session.codes[index]}" for index in order]
    assert [row["place"] for row in before] == [1, 2, 3, 4, 5, 6]
    counts = Counter(row["levels"] for row in before)
    assert (len(counts), max(counts.values())) == (4, 2)
    for person in shown.values():
        first = person.html
        for _ in range(2):
            person.reload()
            assert re.findall("shown: .*", person.html) == re.findall("shown: .*", first)
    assert mine(lab, session) == before
    for (index, person), row in zip(shown.items(), before, strict=True):
        levels = json.loads(row["levels"])
        assert json.loads(row["levels"])["frame"] in person.html, index
        wide = next(one for one in lab.wide_export(session.code) if one["participant.code"] == session.codes[index])
        assert (wide["lab.1.player.frame"], wide["lab.1.player.bonus"]) == (levels["frame"], str(levels["bonus"]))


def test_twelve_at_once_get_twelve_places(lab: Server) -> None:
    session = lab.create_session("lab", 12, before="assign(player, frame=['give', 'take', 'split'])")
    people = [person.start() for person in session.participants()]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda person: person.submit(), people))
    rows = mine(lab, session)
    assert sorted(row["place"] for row in rows) == [*range(1, 13)]
    assert set(Counter(row["levels"] for row in rows).values()) == {4}


def test_creating_session_and_arrival_share_one_line(lab: Server) -> None:
    code = f"assign(subsession.get_players()[:3], **{CELLS}) if subsession.round_number == 1 else None"
    session = lab.create_session("lab", 8, creating=code, shown=SHOWN)
    for index in (5, 1, 3):
        arrive(session, index)
    assert [(row["owner"][12:], row["place"]) for row in mine(lab, session)] == [
        (session.codes[index], place) for index, place in ((0, 1), (1, 2), (2, 3), (5, 4), (3, 5))
    ]


def test_many_players_take_as_few_statements_as_some(lab: Server) -> None:
    code = (
        "from sqlalchemy import event\nfrom otree.database import engine\nseen = []\n"
        "count = lambda *about: seen.append(about[2])\nevent.listen(engine, 'before_cursor_execute', count)\n"
        "assign(subsession, x=['a', 'b'], y=[1, 2, 3])\nevent.remove(engine, 'before_cursor_execute', count)\n"
        "subsession.session.label = subsession.session.label or str(len(seen))"  # of round 1, where all are new
    )
    sessions = [lab.create_session("lab", number, creating=code).code for number in (20, 300)]
    where = f"WHERE code IN ('{sessions[0]}', '{sessions[1]}')"
    counts = {row["label"] for row in lab.database.query(f"SELECT label FROM otree_session {where}")}
    assert len(counts) == 1, counts
    assert 3 <= int(counts.pop()) <= 12


def test_each_session_has_a_line_of_its_own(lab: Server) -> None:
    code = "assign(subsession, frame=['give', 'take'])"
    one, two = lab.create_session("lab", 40, creating=code), lab.create_session_by_form("lab", 40, creating=code)
    first, second = export(lab, one), export(lab, two)
    assert (
        {row["assignment_place"] for row in first}
        == {row["assignment_place"] for row in second}
        == {str(n) for n in range(1, 41)}
    )
    assert len({row["assignment_seed"] for row in (*first, *second)}) == 2
    assert [row["frame"] for row in first] != [row["frame"] for row in second]
    both = lab.custom_export("lab", "custom_export_assignments")
    assert [row for row in both if row["session"] == two.code] == [{**dict.fromkeys(both[0], ""), **r} for r in second]


def test_a_seed_repeats_and_tells_lines_apart(lab: Server) -> None:
    code = f"assign(subsession, seed=7, **{FRAMES})\nassign(subsession, seed=7, name='b', **{FRAMES})"
    one, two = (export(lab, lab.create_session("lab", 40, creating=code)) for _ in range(2))
    assert [(row["assignment"], row["frame"], row["assignment_seed"]) for row in one] == [
        (r["assignment"], r["frame"], "7") for r in two
    ]
    plain, named = ([row["frame"] for row in one if row["assignment"] == name] for name in ("", "b"))
    assert (len(plain), len(named)) == (40, 40)
    assert plain != named


def test_groups_have_assignments_of_their_own(lab: Server) -> None:
    code = "players = subsession.get_players()\nsubsession.set_group_matrix([players[:2], players[2:4], players[4:]])\n"
    code += (
        "groups = subsession.get_groups()\nassert assign(groups, stake=[1, 100]) == assign(groups, stake=[1, 100])\n"
    )
    code += "assert all(assign(g, stake=[1, 100]) == {'stake': g.stake} for g in groups)"
    session = lab.create_session("lab", 6, creating=code)
    rows = export(lab, session)
    where = [(str(r), str(g)) for r in (1, 2) for g in (1, 2, 3)]
    assert [(row["round"], row["group"]) for row in rows] == where
    assert [row["assignment_place"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {row["participant"] for row in rows} == {""}
    assert Counter(row["stake"] for row in rows) == {"1": 3, "100": 3}
    assert len(export(lab, session, "later")) == 6
    wide = lab.wide_export(session.code)
    assert [row["lab.1.group.stake"] for row in wide[::2]] == [row["stake"] for row in rows[:3]]


def test_a_participant_and_a_player_are_one(lab: Server) -> None:
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    first = run(ann, f"result = assign(player.participant, **{CELLS})")
    assert run(ann, "result = [player.field_maybe_none('frame'), player.field_maybe_none('bonus')]") == [None, None]
    assert run(ann, f"result = assign(player, **{CELLS})") == first
    assert run(ann, "result = {'frame': player.frame, 'bonus': player.bonus}") == first
    code = f"result = assign(session.get_participants(), **{CELLS})"
    everyone = run(bob, code)
    assert (everyone[0], everyone[1] != first) == (first, True)
    assert run(bob, "result = assign([], frame=['a'])") == []
    assert [row["place"] for row in mine(lab, session)] == [1, 2]
    assert run(bob, f"result = assign([player, player], **{CELLS})") == [everyone[1]] * 2


def test_options_come_back_as_they_were_given(lab: Server) -> None:
    ann = at(lab.create_session("lab"))
    code = (
        "low = Treatment('low', reward=1)\ngot = assign(player, treatment=[low], pair=[(1, 'a')], deep=[{'x': [1]}])\n"
    )
    code += "result = [got['treatment'] is low, got['pair'] == (1, 'a'), got['deep'], list(got)]"
    expected = [True, True, {"x": [1]}, ["treatment", "pair", "deep"]]
    assert run(ann, code) == run(ann, code) == expected
    row = export(lab, lab.session(lab.custom_export("lab", "custom_export_assignments")[-1]["session"]))[-1]
    assert (row["treatment"], row["pair"], row["deep"]) == ("low", '[1, "a"]', '{"x": [1]}')


def test_fields_get_what_they_take(lab: Server) -> None:
    ann = at(lab.create_session("lab"))
    code = "assign(player, endowment=[5], talk=[True], rate=[0.5], bonus=[3], short=['four'])\n"
    code += "result = [type(player.endowment).__name__, int(player.endowment), player.talk, player.rate, player.short]"
    assert run(ann, code) == ["Currency", 5, True, 0.5, "four"]
    assert run(ann, "result = assign(player, bonus=[None], name='none')") == {"bonus": None}
    assert run(ann, "result = player.field_maybe_none('bonus')") is None
    assert run(ann, "result = [assign(player, payoff=[99]), int(player.payoff), player.id_in_group]") == [
        {"payoff": 99}, 0, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("factor", "says"),
    [
        ("bonus=['high']", "'high' does not fit the field Player.bonus, which takes a whole number."),
        ("bonus=[1, 2.5]", "2.5 does not fit the field Player.bonus, which takes a whole number."),
        ("bonus=[True]", "True does not fit the field Player.bonus"),
        ("bonus=[2**31]", "2147483648 does not fit the field Player.bonus"),
        ("frame=[1, 2]", "1 does not fit the field Player.frame, which takes a text."),
        ("frame=[['a']]", "['a'] does not fit the field Player.frame"),
        ("talk=['yes', 'no']", "'yes' does not fit the field Player.talk, which takes True or False."),
        ("rate=['1']", "'1' does not fit the field Player.rate, which takes a number."),
        ("endowment=['1']", "'1' does not fit the field Player.endowment, which takes a number."),
        (
            "short=['longer']",
            "'longer' does not fit the field Player.short, which takes a text of at most 4 characters",
        ),
        ("note=[{'a': 1}]", "{'a': 1} does not fit the field Player.note, which takes a text."),
    ],
)
def test_an_option_that_does_not_fit_its_field_is_named(lab: Server, factor: str, says: str) -> None:
    session = lab.create_session("lab")
    kind, text = fails(at(session), f"assign(player, {factor})")
    assert (kind, says in text) == ("ConfigError", True), text
    assert mine(lab, session) == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("assign(session, frame=['a'])", "not Session. For all of a session: session.get_participants()."),
        ("assign(7, frame=['a'])", "takes a subsession, a player, a group, a participant, or a list of players"),
        ("assign([player, 'x'], frame=['a'])", "not str"),
        ("assign([player, group], frame=['a'])", "once for the groups, once for the others"),
        ("assign(player)", "no factor"),
        ("assign(player, frame='give')", "takes a list of options"),
        ("assign(player, seed='7', frame=['a'])", "seed='7'): a seed is a whole number"),
        ("assign(player, seed=True, frame=['a'])", "a seed is a whole number"),
        ("assign(player, seed=1.0, frame=['a'])", "a seed is a whole number"),
        ("assign(player, seed=10**30, frame=['a'])", "a seed is a whole number"),
        ("assign(player, name='a:b', frame=['a'])", "name='a:b'): a name is a text of letters"),
        ("assign(player, name=3, frame=['a'])", "a name is a text"),
        ("assign(player, name='x' * 81, frame=['a'])", "at most 80"),
        ("assign(player, **{'f' * 400: ['a']})", "names are too long together"),
        ("assign(player, endowment=[cu(5)])", "(Currency) cannot be kept in the data"),
    ],
)
def test_bad_calls_are_refused_and_write_nothing(lab: Server, call: str, says: str) -> None:
    session = lab.create_session("lab")
    kind, text = fails(at(session), call)
    assert (kind, says in text) == ("ConfigError", True), text
    assert mine(lab, session) == []


def test_a_line_that_was_changed_after_it_began_is_refused(lab: Server) -> None:
    session = lab.create_session("lab", 2)
    ann, bob = (at(session, index=index) for index in (0, 1))
    got = run(ann, f"result = {ONE}")
    for person in (ann, bob):  # who has an assignment, and who would be next
        kind, text = fails(person, "assign(player, frame=['give', 'take', 'split'])")
        assert kind == "ConfigError"
        assert "frame was ['give', 'take'] and is ['give', 'take', 'split']. A line stays as it began" in text
        kind, text = fails(person, "assign(player, seed=3, frame=['give', 'take'])")
        assert re.search(r"began otherwise: the seed was \d+ and is 3\. ", text), text
    assert run(bob, "result = assign(player, name='second', frame=['give', 'take', 'split'])")["frame"]
    assert run(ann, f"result = {ONE}") == got
    assert run(bob, f"result = {ONE}") != got


def test_a_group_that_has_met_gets_the_next_place(lab: Server) -> None:
    session = lab.create_session("lab", arrive="assign(group, stake=[1, 2])\nassign(group.get_players(), bonus=[3, 4])")
    arrive(session).submit()
    group, player = export(lab, session)
    assert (group["group"], group["stake"] in "12", group["assignment_place"]) == ("1", True, "1")
    assert (player["participant"], player["bonus"] in "34", player["assignment_place"]) == (session.codes[0], True, "1")


def test_async_code_is_sent_to_a_page_function(lab: Server) -> None:
    session = lab.create_session("lab")
    flow = arrive(session)
    kind, text = fails(flow, "return assign(player, frame=['a'])")
    assert (kind, "Call it in a page function" in text) == ("LinkError", True)
    code = "import asyncio\nasync def inner():\n    return assign(player, frame=['a'])\n"
    kind, text = fails(flow, code + "return await asyncio.ensure_future(inner())")
    assert (kind, "Call it in a page function" in text) == ("LinkError", True)
    assert mine(lab, session) == []


def test_what_a_failed_request_took_is_given_back(lab: Server) -> None:
    code = f"result = {ONE}\nimport os\nif not os.path.exists(player.session.code): raise RuntimeError('on purpose')"
    session = lab.create_session("lab", 4, before=code)
    people = [person.start() for person in session.participants()]
    for person in people[:2]:
        assert person.http.post(person.url, data={}, timeout=60).status_code == 500
    assert mine(lab, session) == []
    lab.project.write(session.code, "")
    for person in (people[3], people[1], people[0], people[2]):
        person.submit()
    rows = mine(lab, session)
    assert [(row["owner"][12:], row["place"]) for row in rows] == [
        (session.codes[index], place) for index, place in ((3, 1), (1, 2), (0, 3), (2, 4))
    ]
    assert Counter(row["levels"] for row in rows) == {'{"frame": "give"}': 2, '{"frame": "take"}': 2}


def test_the_line_goes_on_after_a_restart_and_goes_with_its_session(lab: Server) -> None:
    session = lab.create_session("lab", 4)
    first = [run(at(session, index=index), f"result = {ONE}") for index in (0, 1, 2)]
    assert len(mine(lab, session)) == 3
    lab.kill()
    lab.start()
    assert [run(at(session, index=index), f"result = {ONE}") for index in (2, 1, 0)] == first[::-1]
    last = run(at(session, index=3), f"result = {ONE}")
    assert Counter(each["frame"] for each in (*first, last)) == {"give": 2, "take": 2}
    assert [row["place"] for row in mine(lab, session)] == [1, 2, 3, 4]
    others = len(taken(lab)) - 4
    lab.delete_session(session.code)
    assert len(taken(lab)) == others


def test_an_export_without_assignments_has_its_header(lab: Server) -> None:
    session = lab.create_session("lab")
    found = lab.get(
        "/api/export_app_custom", app="lab", function_name="custom_export_assignments", session_code=session.code
    )
    assert found.content.decode("utf-8-sig").split() == [
        "session,participant,participant_label,participant_ai,id_in_session,round,group,assignment,assignment_place,"
        "assignment_seed"
    ]


BOTS = """\
from otree.api import Bot, expect

from . import Plain, custom_export_assignments


class PlayerBot(Bot):
    def play_round(self):
        yield Plain
        rows = list(custom_export_assignments(self.player.subsession.get_players()))
        frames = {row[1]: str(row[rows[0].index("frame")]) for row in rows if row[8] and row[-1]}
        print("ROWS", len(rows) - 1, "SAME", frames[self.participant.code] == self.player.frame)
"""


def test_bots_get_assignments_as_people_do(tmp_path: Path) -> None:
    app = APP.replace("page_sequence = [Plain, Flow, Meet, Talk]", "page_sequence = [Plain]")
    config = {**LAB_CONFIG, "num_demo_participants": 4, "creating": "assign(subsession, bonus=[1, 2])", "before": ONE}
    files = {**LAB_FILES, "__init__.py": app, "tests.py": BOTS}
    done = otree_test(Project(tmp_path / "project", apps={"lab": files}, session_configs=[config]), "lab")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ROWS 8 SAME True") == 8, done.stdout
