"""The app `dictator`: bots with a service and with the embedded model, and people at a real server."""

from __future__ import annotations

import html
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

from otree_ego.testing import FakeService, fitting

SETTINGS: dict[str, Any] = {
    "name": "dictator",
    "app_sequence": ["dictator"],
    "num_demo_participants": 2,
    "dictator_role": "recipient",
    "dictator_partner": "ai",
    "dictator_frame": "give",
    "dictator_rounds": 1,
    "dictator_endowment": 100,
    "dictator_delay": "0",
    "dictator_timeout": 0,
    "dictator_reasoning": False,
    "dictator_fallback": "",
    "ego_model": "gpt-6-luna",
    "ego_retries": 0,
    "ego_language": "en",
}
EVERYTHING = {"dictator_role": "dictator, recipient", "dictator_frame": "give,take", "num_demo_participants": 4}


def load_texts() -> Any:
    """The app's texts; the app itself can be imported only in an oTree project."""
    spec = spec_from_file_location("dictator_texts", REPO / "apps/dictator/texts.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TEXTS


TEXTS = load_texts()


def rules(request: Any) -> str:
    return str(request.body["messages"][0]["content"])


def test_the_languages_have_the_same_texts_with_the_same_numbers() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, german = TEXTS["en"], TEXTS["de"]
    assert english.keys() == german.keys()
    assert {key: names(text) for key, text in english.items()} == {key: names(text) for key, text in german.items()}


# --- bots -------------------------------------------------------------------------------------------------------------


def bots(folder: Path, service: FakeService | None, **config: Any) -> None:
    """All three cases of bots with this session config."""
    made = Project(
        folder / "project", repo_apps=["dictator"], session_configs=[{**SETTINGS, **config}], played_rounds=True
    )
    env = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": KEY} if service else {}
    done = otree_test(made, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("Bots completed session") == 3, done.stderr
    assert "never awaited" not in done.stderr


@pytest.mark.parametrize("frames", [["take"], pytest.param(["give", "take"], marks=pytest.mark.full)])
def test_bots_play_every_role_and_frame_with_a_model_that_remembers(
    tmp_path: Path, service: FakeService, frames: list[str]
) -> None:
    service.reply = fitting
    number = {"num_demo_participants": 2 * len(frames), "dictator_frame": ",".join(frames)}
    config = {**EVERYTHING, **number, "dictator_reasoning": True}
    bots(tmp_path, service, **config, dictator_rounds=2, dictator_timeout=60)
    assert len(service.requests) == 6 * len(frames)  # three cases of a recipient in two rounds; dictators need no model
    for frame in frames:
        rule = TEXTS["en"][f"rule_{frame}"].format(endowment="100 points")
        assert sum(rule in rules(one) for one in service.requests) == 6
    for one in service.requests:
        texts = [message["content"] for message in one.body["messages"]]
        assert any(text.startswith("Result of round 1:") for text in texts) == ("Round 2 of 2" in texts[-1])
        assert "reasoning" in texts[-1]


@pytest.mark.full
def test_bots_play_in_pairs_without_any_model_in_german(tmp_path: Path, service: FakeService) -> None:
    bots(tmp_path, service, **EVERYTHING, dictator_partner="human", dictator_timeout=60, ego_language="de")
    assert service.requests == []


@pytest.mark.full
@pytest.mark.model
def test_bots_play_with_the_embedded_model(tmp_path: Path) -> None:
    config = {**EVERYTHING, "ego_model": "local/smollm2", "ego_retries": 2, "ego_language": "de"}
    bots(tmp_path, None, **config)


# --- people at a server -----------------------------------------------------------------------------------------------


USUAL = '{"answer": 30}'


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(repo_apps=["dictator"], session_configs=[SETTINGS], env=env)


@pytest.fixture(scope="module")
def pairs(server_factory: Callable[..., Server], pg: PostgreSQL) -> Server:
    """A server for games of two people. On SQLite oTree's own process for timeouts can hold the database against it."""
    config = {**SETTINGS, "dictator_partner": "human", "ego_model": "constant/nobody asks"}
    return server_factory(repo_apps=["dictator"], session_configs=[config], database=pg)


def ready(session: Session, place: int, third: str, frame: str = "give") -> Participant:
    """Somebody past the instructions and the comprehension check."""
    person = session.participant(place).start().submit()
    return person.submit(check1="rest" if frame == "take" else "some", check2="nothing", check3=third)


def seconds(person: Participant) -> float:
    """How much time the page gave when it was loaded."""
    found = re.search(r"remainingTimeoutSeconds = ([0-9.]+)", person.html)
    assert found, person.html
    return float(found[1])


def rows_of(lab: Server, session: Session) -> list[dict[str, str]]:
    """The rounds that are played, from the app's export."""
    rows = [row for row in lab.app_export("dictator", session.code) if row["group.frame"]]
    return sorted(rows, key=lambda row: (row["participant.code"], int(row["subsession.round_number"])))


def recomputed(row: Mapping[str, str]) -> float:
    """The payoff that the decision in a row of the export gives; everything else there must fit it."""
    endowment, given = float(row["subsession.endowment"]), float(row["group.given"])
    assert float(row["group.decision"]) == (endowment - given if row["group.frame"] == "take" else given)
    shares = {"dictator": endowment - given, "recipient": given}
    assert {seat: float(row[f"group.{seat}_points"]) for seat in shares} == shares
    return shares[row["player.seat"]]


def test_a_walk_through_the_server_and_all_exports(lab: Server, model: FakeService) -> None:
    wanted = {name: value for name, value in EVERYTHING.items() if name.startswith("dictator_")}
    session = lab.create_session("dictator", 8, **wanted, dictator_rounds=2)
    cells = {row["participant.code"]: row for row in rows_of(lab, session)}
    for place, code in enumerate(session.codes):
        seat, frame = cells[code]["player.seat"], cells[code]["group.frame"]
        person = ready(session, place, "nobody" if seat == "dictator" else "program", frame)
        for amount in (20, 50):
            if seat == "dictator":
                assert person.page == "Decide"
                person.submit(decision=amount)
            person.until("Results").submit()
        assert person.page == "End"
    rows = rows_of(lab, session)
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows]
    assert Counter((row["player.seat"], row["group.frame"], row["group.decided_by"]) for row in rows) == {
        (seat, frame, by): 4
        for seat, by in (("dictator", "human"), ("recipient", "model"))
        for frame in ("give", "take")
    }
    assert len(model.requests) == 8 and not any("dictator" in rules(one).lower() for one in model.requests)
    given = lab.custom_export("dictator", "custom_export_assignments", session=session.code)
    assert Counter((row["seat"], row["frame"]) for row in given) == {
        (seat, frame): 2 for seat in ("dictator", "recipient") for frame in ("give", "take")
    }
    decisions = lab.custom_export("dictator", "custom_export_decisions", session=session.code)
    assert [(row["page"], row["status"], row["asked_ahead"]) for row in decisions] == [("AIDecides", "stored", "1")] * 8
    messages = lab.custom_export("dictator", session=session.code)
    assert [row["answer"] for row in messages if row["role"] == "assistant"] == ["30"] * 8


def test_a_program_that_gets_points_is_said_to_decide_nothing(lab: Server, model: FakeService) -> None:
    session = lab.create_session("dictator", 1, dictator_role="dictator")
    person = session.participant().start()
    assert TEXTS["en"]["partner_ai_dictator"] in html.unescape(person.html)
    person.submit()
    with pytest.raises(Refused, match="B is a computer program, and its points are not paid to anybody"):
        person.submit(check1="some", check2="nothing", check3="participant")
    person.submit(check1="some", check2="nothing", check3="nobody")
    for wrong in ("101", "-1", ""):
        with pytest.raises(Refused):
            person.submit(decision=wrong)
    person.submit(decision=0)
    assert person.page == "Results" and model.requests == []
    (row,) = rows_of(lab, session)
    assert (row["player.check_errors"], row["player.payoff"], recomputed(row)) == ("1", "100.0", 100.0)


def test_what_people_and_models_read_is_the_same_in_german_too(lab: Server, model: FakeService) -> None:
    for language, endowment in (("en", "100 points"), ("de", "100 Punkte")):
        for frame in ("give", "take"):
            model.clear()
            session = lab.create_session("dictator", 1, dictator_frame=frame, ego_language=language)
            said = TEXTS[language]
            page = html.unescape(session.participant().start().html)
            assert said["partner_ai_recipient"] in page and said["seat_recipient"] in page
            ready(session, 0, "program", frame).until("Results")
            told = rules(model.requests[0]).splitlines()
            assert told[0] == said["model_intro"] and told[3] == said["seat_dictator"]
            assert all(f"<p>{line}</p>" in page for line in told[1:3])
            asked = model.requests[0].body["messages"][-1]["content"]
            assert asked.startswith(said[f"ask_{frame}"].format(endowment=endowment))


def test_a_pair_and_who_leaves(pairs: Server) -> None:
    session = pairs.create_session("dictator", 2, dictator_timeout=2, dictator_rounds=2, dictator_frame="take")
    dictator, recipient = ready(session, 0, "participant", "take"), ready(session, 1, "participant", "take")
    assert (dictator.page, recipient.page) == ("Decide", "WaitForDecision")
    dictator.submit(decision=80)
    assert "A took 80 points from B" in recipient.until("Results").html
    dictator.until("Results").submit().submit(timeout_happened="1")
    late = recipient.submit().until("Results").html
    assert TEXTS["en"]["by_timeout"] not in late and TEXTS["en"]["other_by_timeout"] in late
    assert TEXTS["en"]["by_timeout"] in dictator.until("Results").html
    assert seconds(dictator) > 1  # nobody waits any longer: there is time to read it
    assert TEXTS["en"]["end_timeout"] in dictator.submit().html
    assert TEXTS["en"]["end_timeout"] not in recipient.submit().html
    rows = rows_of(pairs, session)
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows]
    mine = [row for row in rows if row["participant.code"] == dictator.code]
    told = [(row["group.decided_by"], row["group.given"], row["player.dropout"]) for row in mine]
    assert told == [("human", "20.0", "0"), ("timeout", "50.0", "1")]


def test_a_decision_that_is_to_take_its_time_begins_when_somebody_waits(lab: Server, model: FakeService) -> None:
    session = lab.create_session("dictator", 1, dictator_role="recipient", dictator_delay="0.5", ego_language="de")
    person = session.participant().start().submit()
    assert "Weiter" in person.html and ">Next<" not in person.html
    with pytest.raises(Refused, match="Noch sind nicht alle Antworten richtig"):
        person.submit(check1="zero", check2="nothing", check3="program")
    assert model.requests == [] and "Please fix" not in person.html
    person.submit(check1="some", check2="nothing", check3="program")
    assert person.page == "AIDecides"
    person.until("Results")
    (decision,) = lab.custom_export("dictator", "custom_export_decisions", session=session.code)
    assert (decision["asked_ahead"], decision["status"]) == ("0", "stored")


def test_nonsense_is_no_decision_and_can_be_tried_again(lab: Server, model: FakeService) -> None:
    model.reply = "Ask me later."
    session = lab.create_session("dictator", 1)
    person = ready(session, 0, "program")
    for _ in attempts(pause=0.1):
        if "Try again" in person.reload().html:
            break
    assert person.page == "AIDecides" and "Try again" in person.html
    (row,) = rows_of(lab, session)
    assert (row["group.given"], row["group.decided_by"]) == ("", "")
    model.reply = json.dumps({"answer": 5})
    person.url += "?again=1"
    person.reload().until("Results")
    (row,) = rows_of(lab, session)
    assert (row["group.given"], row["group.decided_by"], recomputed(row)) == ("5.0", "model", 5.0)


def test_the_declared_fallback_is_taken_and_marked(lab: Server, model: FakeService) -> None:
    model.reply = "Ask me later."
    session = lab.create_session("dictator", 1, dictator_fallback="40", dictator_frame="take")
    ready(session, 0, "program", "take").until("Results")
    (row,) = rows_of(lab, session)
    assert (row["group.given"], row["group.decision"], row["group.decided_by"]) == ("40.0", "60", "fallback")
    (decision,) = lab.custom_export("dictator", "custom_export_decisions", session=session.code)
    assert (decision["status"], decision["error_type"]) == ("fallback", "InvalidAnswer")


@pytest.mark.parametrize(
    ("participants", "fields", "sentence"),
    [
        (3, {"dictator_partner": "human"}, "3 participants cannot be paired"),
        (2, {"dictator_partner": "robot"}, "dictator_partner = 'robot': this setting takes one of ai, human"),
        (2, {"dictator_role": "proposer"}, "dictator_role = 'proposer'"),
        (2, {"dictator_frame": "split"}, "dictator_frame = 'split': this setting takes one or more of give, take"),
        (2, {"dictator_rounds": 0}, "dictator_rounds = 0: this setting takes a whole number"),
        (2, {"dictator_endowment": 2.5}, "dictator_endowment = 2.5"),
        (2, {"dictator_delay": "soon"}, "dictator_delay"),
        (2, {"dictator_timeout": "long"}, "dictator_timeout"),
        (2, {"dictator_fallback": "101"}, "dictator_fallback = '101'"),
    ],
)
def test_a_wrong_setting_refuses_the_session_with_a_sentence(
    lab: Server, participants: int, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AssertionError, match="HTTP 400") as refused:
        lab.create_session("dictator", participants, **fields)
    assert sentence in str(refused.value)
