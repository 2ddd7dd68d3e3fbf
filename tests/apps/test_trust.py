"""The app `trust`: bots with a service and with the embedded model, and people at a real server."""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from harness import Participant, PostgreSQL, Project, Refused, Server, Session
from harness.bots import otree_test
from harness.chat import KEY
from harness.database import attempts
from harness.project import REPO

from otree_ego.testing import FakeService

SETTINGS: dict[str, Any] = {
    "name": "trust",
    "app_sequence": ["trust"],
    "num_demo_participants": 2,
    "trust_partner": "ai",
    "trust_role": "trustor",
    "trust_method": "direct",
    "trust_endowment": 10,
    "trust_multiplier": 3,
    "trust_rounds": 2,
    "trust_timeout": 0,
    "trust_delay": "0",
    "trust_reasoning": False,
    "ego_model": "gpt-6-luna",
    "ego_retries": 0,
    "ego_language": "en",
}
OVER = {"timeout_happened": "1"}  # what a page's script sends when the time is over
RIGHT = {"check1": 15, "check2": 12, "check3": 8}  # 5 are sent, 7 of 15 come back


def generous(body: Mapping[str, Any]) -> str:
    """Seven points, in the form that is asked for; 40 percent."""
    number = 40 if "percent" in question(body) or "Prozent" in question(body) else 7
    wrapped = "response_format" in body or '"reasoning"' in question(body)
    return json.dumps({"reasoning": "It is fair.", "answer": number}) if wrapped else str(number)


def question(body: Mapping[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def asked(service: FakeService) -> list[str]:
    """The last words of each request, oldest first."""
    return [question(one.body) for one in service.requests]


# --- bots -------------------------------------------------------------------------------------------------------------


def bots(folder: Path, service: FakeService | None, *configs: Mapping[str, Any]) -> None:
    """All bots of all session configs."""
    rows = [{**SETTINGS, **config, "name": f"game{number}"} for number, config in enumerate(configs)]
    made = Project(folder / "project", repo_apps=["trust"], session_configs=rows, played_rounds=True)
    env = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": KEY} if service else {}
    done = otree_test(made, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("Bots completed session") == 3 * len(configs), done.stderr
    assert "never awaited" not in done.stderr


@pytest.mark.full
def test_bots_play_both_roles_with_a_program(tmp_path: Path, service: FakeService) -> None:
    service.reply = generous
    bots(tmp_path, service, {"trust_role": "trustor,trustee"})
    # as trustee the program is not asked where nothing has arrived; as trustor it moves before the other one leaves
    assert Counter("How many of them do you send" in text for text in asked(service)) == {True: 6, False: 2}


def test_bots_play_both_roles_by_the_strategy_method(tmp_path: Path, service: FakeService) -> None:
    service.reply = generous
    more = {"trust_method": "strategy", "trust_reasoning": True, "ego_language": "de"}
    bots(tmp_path, service, {**more, "trust_role": "trustee,trustor"})
    # the trustee's share is asked for whatever was sent, until the other one has left
    assert Counter("Wie viele davon sendest du" in text for text in asked(service)) == {True: 6, False: 5}
    assert all("angekommen" not in text for text in asked(service))
    assert all('"reasoning"' in text for text in asked(service))


@pytest.mark.full
def test_bots_play_in_pairs_and_no_program_is_asked(tmp_path: Path, service: FakeService) -> None:
    pairs = {"trust_partner": "human", "num_demo_participants": 4}
    bots(tmp_path, service, pairs, {**pairs, "trust_method": "strategy"})
    assert not service.requests


@pytest.mark.full
@pytest.mark.model
def test_bots_play_with_the_embedded_model(tmp_path: Path) -> None:
    more = {"ego_model": "local/smollm2", "ego_deadline": 120.0, "ego_retries": 2, "trust_rounds": 1}
    bots(tmp_path, None, {**more, "trust_role": "trustor,trustee"})


# --- people at a server -----------------------------------------------------------------------------------------------


USUAL = generous


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], pg: PostgreSQL, model: FakeService) -> Server:
    # on PostgreSQL, as the other apps' tests are on SQLite
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(database=pg, repo_apps=["trust"], session_configs=[SETTINGS], env=env, page_timeouts=True)


def started(session: Session) -> list[Participant]:
    """All people of a session, past the instructions and the comprehension check."""
    return [person.start().submit().submit(**RIGHT) for person in session.participants()]


def rounds_of(lab: Server, session: Session, place: int = 0) -> list[dict[str, str]]:
    """One participant's rounds that can be played, from the export."""
    rows = lab.app_export("trust", session.code)
    mine = [row for row in rows if row["participant.code"] == session.codes[place] and row["player.seat"]]
    return sorted(mine, key=lambda row: int(row["subsession.round_number"]))


def recomputed(row: Mapping[str, str]) -> float:
    """What somebody's payoff must be, from what was sent and returned alone."""
    sent, returned = float(row["group.sent"]), float(row["group.returned"])
    return 10 - sent + returned if row["player.seat"] == "trustor" else 3 * sent - returned


def numbers(row: Mapping[str, str], *names: str) -> list[float]:
    return [float(row[name]) for name in names]


def shown(page: str) -> list[list[str]]:
    """The rows of the history on a page."""
    table = page.rpartition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<t[dh][^>]*>\s*(\w+)\s*<", row) for row in table.split("</tr>") if "<td" in row]


def test_a_participant_trusts_a_program(lab: Server, model: FakeService) -> None:
    session = lab.create_session("trust", 1)
    person = session.participant().start()
    assert "You are the sender, and the AI is the receiver." in person.html
    assert "a computer program (a language model)" in person.html
    with pytest.raises(AssertionError, match=r"3 × 5 arrive.*5 are sent, and 7 come back.*15 points arrive, and 7"):
        person.submit().submit(check1=5, check2=5, check3=5)
    person.submit(**RIGHT).until("Send")
    for wrong in (11, -1, "", "all"):
        with pytest.raises(AssertionError, match="Send did not take"):
            person.submit(sent=wrong)
    person.submit(sent=4).until("Results")
    assert re.findall(r"<td>(?:<strong>)?(\d+)", person.html)[:5] == ["4", "12", "7", "13", "5"]
    person.submit().until("Send").submit(sent=0).until("Results").submit()
    assert person.page == "End" and "You have 23 points in all." in person.html
    assert shown(person.html) == [["1", "4", "7", "13", "5"], ["2", "0", "0", "10", "0"]]
    rows = rounds_of(lab, session)
    assert [numbers(row, "group.sent", "group.returned") for row in rows] == [[4, 7], [0, 0]]
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows] == [13, 10]
    assert [float(row["group.trustee_points"]) for row in rows] == [5, 0]
    assert (rows[0]["player.check_errors"], {row["player.dropout"] for row in rows}) == ("3", {"0"})
    (wide,) = lab.wide_export(session.code)
    assert float(wide["participant.payoff"]) == 23
    (text,) = asked(model)  # with nothing to return the program is not asked
    assert "The human has sent 4 points; 12 points have arrived." in text
    (reply,) = [row for row in lab.custom_export("trust", session=session.code) if row["role"] == "assistant"]
    assert (reply["answer"], reply["status"]) == ("7", "complete")


def test_a_program_trusts_a_participant(lab: Server, model: FakeService) -> None:
    session = lab.create_session("trust", 1, trust_role="trustee", trust_reasoning=True)
    (person,) = started(session)
    person.until("Return")
    assert "The AI has sent 7 points; 21 points have arrived." in person.html
    with pytest.raises(AssertionError, match="Return did not take"):
        person.submit(returned=22)
    person.submit(returned=21).until("Results").submit().until("Return").submit(returned=0).until("Results").submit()
    assert "You have 21 points in all." in person.html
    rows = rounds_of(lab, session)
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows] == [0, 21]
    assert [float(row["group.trustor_points"]) for row in rows] == [24, 3]
    decisions = lab.custom_export("trust", "custom_export_decisions", session.code)
    assert [(row["round"], row["page"], row["status"], row["asked_ahead"]) for row in decisions] == [
        ("1", "AISend", "stored", "1"),
        ("2", "AISend", "stored", "1"),
    ]
    assert "In round 1, 7 points were sent, 21 arrived, and 21 were returned. The sender got 24" in asked(model)[1]
    replies = [row for row in lab.custom_export("trust", session=session.code) if row["role"] == "assistant"]
    assert [(row["answer"], row["answer_reasoning"]) for row in replies] == [("7", "It is fair.")] * 2


@pytest.mark.parametrize("role", ["trustor", "trustee"])
def test_by_the_strategy_method_the_trustee_does_not_know_what_was_sent(
    lab: Server, model: FakeService, role: str
) -> None:
    session = lab.create_session("trust", 1, trust_role=role, trust_method="strategy", trust_rounds=1)
    (person,) = started(session)
    if role == "trustor":
        person.until("Send").submit(sent=9).until("Results")
        assert "have arrived" not in question(model.requests[0].body)
    else:
        person.until("Return")
        body = re.sub(r"<[^>]*>", "", person.html[person.html.index('id="form"') :])
        assert "From 0 to 30 points will arrive." in body and not re.search(r"\b(7|21)\b", body)
        with pytest.raises(AssertionError, match="Return did not take"):
            person.submit(share=101)
        person.submit(share=50).until("Results")
    (row,) = rounds_of(lab, session)
    # 40 % of 27 are 10.8, half of 21 are 10.5: rounded to whole points
    wanted = [9, 40, 11] if role == "trustor" else [7, 50, 11]
    assert numbers(row, "group.sent", "group.share", "group.returned") == wanted
    assert float(row["player.payoff"]) == recomputed(row)


def test_two_people_trust_each_other_without_a_program(lab: Server, model: FakeService) -> None:
    session = lab.create_session("trust", 2, trust_partner="human", trust_rounds=1)
    sender, receiver = started(session)
    assert receiver.waiting and "The other participant is deciding." in receiver.html
    sender.until("Send").submit(sent=6)
    assert sender.waiting
    receiver.until("Return")
    assert "The other participant has sent 6 points; 18 points have arrived." in receiver.html
    receiver.submit(returned=9).until("Results")
    sender.until("Results")
    rows = [rounds_of(lab, session, place)[0] for place in (0, 1)]
    assert [row["player.seat"] for row in rows] == ["trustor", "trustee"]
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows] == [13, 9]
    assert not model.requests


LEAVES = [
    ("direct", 0),
    pytest.param("direct", 1, marks=pytest.mark.full),
    pytest.param("strategy", 0, marks=pytest.mark.full),
    ("strategy", 1),
]


@pytest.mark.parametrize(("method", "leaves"), LEAVES)
def test_who_does_not_decide_in_time_does_not_hold_up_the_other(
    lab: Server, model: FakeService, method: str, leaves: int
) -> None:
    session = lab.create_session("trust", 2, trust_partner="human", trust_method=method, trust_timeout=1)
    people = started(session)
    returns = {"share": 50} if method == "strategy" else {"returned": 6}
    for place, (person, page, values) in enumerate(
        zip(people, ("Send", "Return"), ({"sent": 4}, returns), strict=True)
    ):
        if place == 1 and leaves == 0 and method == "direct":
            continue  # nothing was sent, and nothing is asked
        person.until(page).submit(**(OVER if place == leaves else values))
    here, away = people[1 - leaves].until("Results"), people[leaves].until("End")
    rows = [rounds_of(lab, session, place) for place in (0, 1)]
    assert [row["player.dropout"] for row in rows[leaves]] == ["1", "1"]
    assert [row["player.dropout"] for row in rows[1 - leaves]] == ["0", "0"]
    # a trustor sends nothing, a trustee returns what was sent
    assert numbers(rows[0][0], "group.sent", "group.returned") == ([4, 4] if leaves else [0, 0])
    assert [float(each[0]["player.payoff"]) for each in rows] == [recomputed(each[0]) for each in rows]
    assert "The other participant did not decide in time" in here.submit().until("End").html
    assert "You did not decide in time in round 1" in away.html
    assert not model.requests


@pytest.mark.parametrize(("method", "leaves"), LEAVES)
def test_who_leaves_while_reading_does_not_hold_up_the_other(
    lab: Server, model: FakeService, method: str, leaves: int
) -> None:
    session = lab.create_session("trust", 2, trust_partner="human", trust_method=method, trust_timeout=1)
    people = session.participants()
    away, here = people[leaves].start(), people[1 - leaves]
    assert "For reading, too, your time is limited" in away.html and "Time left:" in away.html
    lab.time_is_over(away)
    for _ in attempts():  # oTree sends the page off
        if away.reload().page != "Introduction":
            break
    assert away.page == ("WaitForReturned" if leaves == 0 or method == "strategy" else "WaitForSent")
    here.start().submit().submit(**RIGHT)
    if here.page in ("Send", "Return"):
        here.submit(sent=4, share=50)
    here.until("Results", meanwhile=lambda: lab.time_is_over(away)).submit()
    assert "The other participant did not decide in time" in here.until("End").html
    assert "You did not decide in time in round 1" in away.until("End").html
    rows = [rounds_of(lab, session, place) for place in (0, 1)]
    assert numbers(rows[0][0], "group.sent", "group.returned") == ([4, 4] if leaves else [0, 0])
    assert [float(each[0]["player.payoff"]) for each in rows] == [recomputed(each[0]) for each in rows]
    assert [row["player.dropout"] for row in rows[leaves]] == ["1", "1"]


def test_one_point_is_a_point_and_the_rules_can_be_read_again(lab: Server, model: FakeService) -> None:
    model.reply = '{"answer": 1}'
    session = lab.create_session("trust", 1, trust_role="trustee", trust_rounds=1)
    (person,) = started(session)
    page = person.until("Return").html
    assert "The AI has sent 1 point; 3 points have arrived." in page
    assert "Read the instructions again" in page and "The points that it gets are not paid to anybody." in page
    assert "You have 1 point in all." in person.submit(returned=2).until("Results").submit().html


def test_a_program_is_not_asked_for_who_has_left(lab: Server, model: FakeService) -> None:
    more = {"trust_timeout": 1, "trust_role": "trustor,trustee"}
    session = lab.create_session("trust", 2, **more)
    people = [person.until("Send" if person.page == "Send" else "Return") for person in started(session)]
    assert {person.page for person in people} == {"Send", "Return"}
    for person in people:
        person.submit(**OVER)
        assert person.page == "End" and "there the game ended" in person.html
    assert len(model.requests) == 1  # as trustor, in the first round
    rows = {row["player.seat"]: row for place in (0, 1) for row in rounds_of(lab, session, place)[:1]}
    assert numbers(rows["trustor"], "group.sent", "group.returned", "player.payoff") == [0, 0, 10]
    assert numbers(rows["trustee"], "group.sent", "group.returned", "player.payoff") == [7, 7, 14]
    assert {row["player.dropout"] for row in rows.values()} == {"1"}


def test_roles_are_balanced_and_exported(lab: Server) -> None:
    session = lab.create_session("trust", 6, trust_role="trustee, trustor")
    rows = [row for row in lab.app_export("trust", session.code) if row["player.seat"]]
    assert Counter(row["player.seat"] for row in rows) == {"trustor": 6, "trustee": 6}
    given = lab.custom_export("trust", "custom_export_assignments", session.code)
    assert {row["participant"]: row["seat"] for row in given} == {
        row["participant.code"]: row["player.seat"] for row in rows
    }


def test_a_program_that_never_decides_is_asked_again_by_the_participant(lab: Server, model: FakeService) -> None:
    model.reply = "As much as is fair."
    session = lab.create_session("trust", 1)
    (person,) = started(session)
    person.until("Send").submit(sent=5)
    for _ in attempts():
        if "again=1" in person.reload().html:
            break
    assert len(model.requests) == 3
    model.reply = generous
    person.http.get(f"{person.url}?again=1", timeout=60)
    person.start().until("Results")
    assert numbers(rounds_of(lab, session)[0], "group.sent", "group.returned") == [5, 7]


def test_the_experimenter_moves_somebody_on_past_a_program_that_never_decides(lab: Server, model: FakeService) -> None:
    model.reply = "As much as is fair."
    session = lab.create_session("trust", 1, trust_role="trustee")
    (person,) = started(session)
    for _ in attempts():
        if "again=1" in person.reload().html:
            break
    model.reply = generous
    lab.advance_slowest(session.code)
    person.start().until("Return")
    assert "Round 2 of 2" in person.html and "has sent 7 points" in person.html and "In round 1" not in asked(model)[-1]
    person.submit(returned=1).until("Results")
    assert shown(person.html) == [["2", "7", "1", "20", "4"]]


@pytest.mark.parametrize(("role", "method"), [("trustor", "direct"), ("trustee", "direct"), ("trustee", "strategy")])
def test_everything_is_told_in_german(lab: Server, model: FakeService, role: str, method: str) -> None:
    more = {"ego_language": "de", "trust_rounds": 2, "trust_role": role, "trust_timeout": 60, "trust_method": method}
    person = lab.create_session("trust", 1, **more).participant().start()
    pages = [person.html, person.submit().html]
    with pytest.raises(Refused, match=r"Noch sind nicht alle Antworten richtig.*Nicht ganz"):
        person.submit(**{**RIGHT, "check1": 1})
    assert "Please fix" not in person.html
    person.submit(**RIGHT).until("Send" if role == "trustor" else "Return")
    pages.append(person.html)
    values = {"sent": 5} if role == "trustor" else {"share": 5} if method == "strategy" else {"returned": 5}
    pages.append(person.submit(**values).until("Results").html)
    words = ["Die andere Seite ist eine KI", "Wie viele Punkte kommen an?", "davon", "Punkte der KI"]
    for page, word in zip(pages, words, strict=True):
        assert word in page
        body = re.sub(r"<[^>]*>", "", page[page.index('id="form"') :])
        assert not re.search(r"\b(round|sent|returned|sender|receiver|you|next)\b", body, re.I), body
    assert "Verbleibende Zeit:" in pages[2] and "Time left" not in pages[2]
    assert "Du nimmst an einem Experiment teil" in model.requests[0].body["messages"][0]["content"]


@pytest.mark.parametrize(
    ("settings", "people", "sentence"),
    [
        ({"trust_partner": "human"}, 3, "3 participants cannot be put into groups of 2"),
        ({"trust_partner": "nobody"}, 1, "trust_partner = 'nobody': this setting takes one of ai, human"),
        ({"trust_role": "sender"}, 1, "trust_role = 'sender': .* trustor, trustee"),
        ({"trust_role": "trustor,trustor"}, 1, "trust_role"),
        ({"trust_method": "table"}, 1, "trust_method = 'table': .* direct, strategy"),
        ({"trust_endowment": 0}, 1, "trust_endowment = 0"),
        ({"trust_multiplier": 2.5}, 1, "trust_multiplier = 2.5: this setting takes a whole number"),
        ({"trust_rounds": 11}, 1, "trust_rounds = 11: .* at most 10"),
        ({"trust_timeout": "soon"}, 1, "trust_timeout = 'soon'"),
        ({"trust_delay": "slowly"}, 1, "trust_delay = 'slowly'"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(
    lab: Server, settings: dict[str, Any], people: int, sentence: str
) -> None:
    with pytest.raises(AssertionError, match=f"HTTP 400.*{sentence}"):
        lab.create_session("trust", people, **settings)


# --- without oTree ----------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things_with_the_same_numbers() -> None:
    spec = spec_from_file_location("trust_texts", REPO / "apps/trust/texts.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    english, german = (dict(module.TEXTS[language]) for language in ("en", "de"))
    assert english.keys() == german.keys()
    # "to the AI", "an die KI": the same word, in the case that the language wants
    same = {"other_dative": "other", "Other": "other"}
    for key in english:
        fields = [
            {same.get(n, n) for _, n, _, _ in string.Formatter().parse(each[key]) if n} for each in (english, german)
        ]
        assert fields[0] == fields[1], key
