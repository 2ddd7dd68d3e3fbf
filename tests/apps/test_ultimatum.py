"""The app `ultimatum`: bots with a service and with the embedded model, and people at a real server."""

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
    "name": "ultimatum",
    "app_sequence": ["ultimatum"],
    "num_demo_participants": 2,
    "ultimatum_role": "responder",
    "ultimatum_partner": "ai",
    "ultimatum_adviser": False,
    "ultimatum_method": "direct",
    "ultimatum_frame": "split",
    "ultimatum_rounds": 1,
    "ultimatum_endowment": 100,
    "ultimatum_delay": "0",
    "ultimatum_timeout": 0,
    "ultimatum_models": "",
    "ultimatum_reasoning": False,
    "ultimatum_fallback": "",
    "ego_model": "gpt-6-luna",
    "ego_retries": 0,
    "ego_fallback_text": "",
    "ego_language": "en",
}
FRAMES = ("split", "give", "take")
EVERYTHING = {
    "ultimatum_role": "proposer, responder",
    "ultimatum_method": "direct,strategy",
    "ultimatum_frame": "split,give,take",
    "num_demo_participants": 12,
}
RIGHT = {
    "direct": {"proposer": "other", "responder": "seen"},
    "strategy": {"proposer": "rejected", "responder": "rejected"},
}


def load_texts() -> Any:
    """The app's texts; the app itself can be imported only in an oTree project."""
    spec = spec_from_file_location("ultimatum_texts", REPO / "apps/ultimatum/texts.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TEXTS


TEXTS = load_texts()


def answers(number: int = 40, accept: bool = True, text: str = "Be fair.") -> Callable[[Mapping[str, Any]], str]:
    """A model that names this number, takes the first option (or the second), and writes this text."""

    def reply(body: Mapping[str, Any]) -> str:
        wanted = body["response_format"]["json_schema"]["schema"]["properties"]["answer"]
        if "enum" in wanted:
            return json.dumps({"answer": wanted["enum"][0 if accept else 1]})
        return json.dumps({"answer": number if wanted["type"] == "integer" else text})

    return reply


def asked(request: Any) -> str:
    return str(request.body["messages"][-1]["content"])


def rules(request: Any) -> str:
    return str(request.body["messages"][0]["content"])


# --- texts ------------------------------------------------------------------------------------------------------------


def test_the_languages_have_the_same_texts_with_the_same_numbers() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, german = TEXTS["en"], TEXTS["de"]
    assert english.keys() == german.keys()
    assert {key: names(text) for key, text in english.items()} == {key: names(text) for key, text in german.items()}


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_frame_has_words_of_its_own_and_no_other_frames(language: str) -> None:
    verbs = {"en": {"give": " give", "take": "take"}, "de": {"give": "geb", "take": "nehmen"}}[language]
    for key, text in TEXTS[language].items():
        if key.endswith("_split") and not key.startswith("rule_strategy"):
            assert verbs["give"] not in text, key
        if key.endswith("_give"):
            assert verbs["take"] not in text.replace("annehmen", ""), key
        if key.endswith("_take"):
            assert verbs["give"] not in text.replace("angegeben", "").replace("ergeben", ""), key


# --- bots -------------------------------------------------------------------------------------------------------------


def bots(folder: Path, service: FakeService | None, **config: Any) -> None:
    """All three cases of bots with this session config."""
    made = Project(
        folder / "project", repo_apps=["ultimatum"], session_configs=[{**SETTINGS, **config}], played_rounds=True
    )
    env = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": KEY} if service else {}
    done = otree_test(made, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("Bots completed session") == 3, done.stderr
    assert "never awaited" not in done.stderr


@pytest.mark.parametrize("frames", [("take",), pytest.param(FRAMES, marks=pytest.mark.full)])
def test_bots_play_every_role_method_and_frame(tmp_path: Path, service: FakeService, frames: tuple[str, ...]) -> None:
    service.reply = fitting
    number = {"num_demo_participants": 4 * len(frames), "ultimatum_frame": ",".join(frames)}
    bots(tmp_path, service, **{**EVERYTHING, **number})
    assert len(service.requests) == 12 * len(frames)
    english = TEXTS["en"]
    for frame in frames:
        rule = english[f"rule_{frame}"].format(endowment="100 points")
        told = [rules(one) for one in service.requests if rule in rules(one)]
        assert len(told) == 12  # three cases of two roles and two methods
        assert sum(english["seat_proposer"] in text for text in told) == 6
        assert sum(english[f"rule_strategy_{frame}"] in text for text in told) == 6
        assert sum(english["rule_direct"] in text for text in told) == 6


@pytest.mark.full
def test_bots_play_in_pairs_with_an_adviser_in_german(tmp_path: Path, service: FakeService) -> None:
    service.reply = answers(text="Bitte teilen Sie.")
    config = {**EVERYTHING, "ultimatum_partner": "human", "ultimatum_adviser": True, "ego_language": "de"}
    config |= {"ultimatum_frame": "give", "num_demo_participants": 4}
    bots(tmp_path, service, **config, ultimatum_rounds=2, ultimatum_timeout=60)
    german = TEXTS["de"]
    assert len(service.requests) == 8  # in one of the three cases all ask for advice: four people in two rounds
    assert all(rules(one).startswith(german["adviser_intro"]) for one in service.requests)
    second = [one for one in service.requests if "Runde 2 von 2" in asked(one)]
    assert len(second) == 4
    assert all(asked(one).startswith("Ergebnis von Runde 1:") for one in second)


@pytest.mark.full
def test_bots_play_in_pairs_without_any_model(tmp_path: Path, service: FakeService) -> None:
    config = {**EVERYTHING, "ultimatum_partner": "human", "ultimatum_method": "strategy", "num_demo_participants": 6}
    bots(tmp_path, service, **config)
    assert service.requests == []


@pytest.mark.full
def test_bots_play_rounds_with_a_model_that_remembers(tmp_path: Path, service: FakeService) -> None:
    service.reply = answers(30)
    some = {**EVERYTHING, "num_demo_participants": 4, "ultimatum_frame": "take"}
    bots(tmp_path, service, **some, ultimatum_rounds=3, ultimatum_timeout=60, ultimatum_reasoning=True)
    assert len(service.requests) == 36
    for one in service.requests:
        texts = [message["content"] for message in one.body["messages"]]
        number = next(place for place in (1, 2, 3) if f"Round {place} of 3" in asked(one))
        results = [text for text in texts if text.startswith("Result of round")]
        assert [text[:18] for text in results] == [f"Result of round {past}:"[:18] for past in range(1, number)]
        assert sum(message["role"] == "assistant" for message in one.body["messages"]) == number - 1
        assert "reasoning" in asked(one)


@pytest.mark.full
@pytest.mark.model
def test_bots_play_with_the_embedded_model(tmp_path: Path) -> None:
    config = {**EVERYTHING, "num_demo_participants": 4, "ultimatum_frame": "give"}
    bots(tmp_path, None, **config, ego_model="local/smollm2", ego_retries=2)


# --- people at a server -----------------------------------------------------------------------------------------------


USUAL = answers()


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(repo_apps=["ultimatum"], session_configs=[SETTINGS], env=env)


@pytest.fixture(scope="module")
def pairs(server_factory: Callable[..., Server], model: FakeService, pg: PostgreSQL) -> Server:
    """A server for games of two people. On SQLite oTree's own process for timeouts can hold the database against it."""
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(repo_apps=["ultimatum"], session_configs=[SETTINGS], env=env, database=pg)


def ready(
    session: Session, place: int = 0, seat: str = "responder", method: str = "direct", frame: str = "split"
) -> Participant:
    """Somebody past the instructions and the comprehension check."""
    person = session.participant(place).start()
    assert person.page == "Introduction"
    first = "rest" if frame == "take" else "some"
    return person.submit().submit(check1=first, check2="nobody", check3=RIGHT[method][seat])


def seconds(person: Participant) -> float:
    """How much time the page gave when it was loaded."""
    found = re.search(r"remainingTimeoutSeconds = ([0-9.]+)", person.html)
    assert found, person.html
    return float(found[1])


def rows_of(lab: Server, session: Session) -> list[dict[str, str]]:
    """The rounds that are played, from the app's export."""
    rows = [row for row in lab.app_export("ultimatum", session.code) if row["group.frame"]]
    return sorted(rows, key=lambda row: (row["participant.code"], int(row["subsession.round_number"])))


def recomputed(row: Mapping[str, str]) -> float:
    """The payoff that the decisions in a row of the export give; everything else there must fit them."""
    endowment, offer = float(row["subsession.endowment"]), float(row["group.offer"])
    taken = row["group.frame"] == "take"
    assert float(row["group.proposal"]) == (endowment - offer if taken else offer)
    if row["group.method"] == "strategy":
        least = float(row["group.min_offer"])
        assert float(row["group.limit"]) == (endowment - least if taken else least)
        assert row["group.accepted"] == str(int(offer >= least))
    shares = {"proposer": endowment - offer, "responder": offer}
    if row["group.accepted"] == "0":
        shares = dict.fromkeys(shares, 0.0)
    assert {seat: float(row[f"group.{seat}_points"]) for seat in shares} == shares
    return shares[row["player.seat"]]


@pytest.mark.parametrize("frames", [("split", "take"), pytest.param(FRAMES, marks=pytest.mark.full)])
def test_a_walk_through_the_server_and_all_exports(lab: Server, model: FakeService, frames: tuple[str, ...]) -> None:
    wanted = {name: value for name, value in EVERYTHING.items() if name.startswith("ultimatum_")}
    wanted["ultimatum_frame"] = ",".join(frames)
    model.reply = answers(35)
    cases, played = 4 * len(frames), 8 * len(frames)
    session = lab.create_session("ultimatum", cases, **wanted, ultimatum_rounds=2)
    cells = {row["participant.code"]: row for row in rows_of(lab, session)}
    for place, code in enumerate(session.codes):
        cell = cells[code]
        seat, method, frame = cell["player.seat"], cell["group.method"], cell["group.frame"]
        person = ready(session, place, seat, method, frame)
        for offer in (50, 20):
            if seat == "proposer":
                person.until("Propose").submit(proposal=100 - offer if frame == "take" else offer)
            elif method == "direct":
                person.until("Respond").submit(accepted=offer == 50)
            else:
                person.until("Respond").submit(limit=100 - offer if frame == "take" else offer)
            person.until("Results").submit()
        assert person.page == "End"
    rows = rows_of(lab, session)
    assert len(rows) == played
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows]
    for row in rows:
        mine, theirs = ("proposal_by", "response_by")[:: 1 if row["player.seat"] == "proposer" else -1]
        assert (row[f"group.{mine}"], row[f"group.{theirs}"], row["group.model"]) == ("human", "model", "gpt-6-luna")
    kinds = Counter((row["player.seat"], row["group.method"], row["group.frame"]) for row in rows)
    assert len(kinds) == cases and set(kinds.values()) == {2}
    paid = {code: sum(float(r["player.payoff"]) for r in rows if r["participant.code"] == code) for code in cells}
    assert {row["participant.code"]: float(row["participant.payoff"]) for row in rows} == paid

    given = lab.custom_export("ultimatum", "custom_export_assignments", session=session.code)
    assert [
        (r["seat"], r["method"], r["frame"], r["model"])
        for r in sorted(given, key=lambda r: int(r["assignment_place"]))
    ] == [
        (c["player.seat"], c["group.method"], c["group.frame"], "gpt-6-luna")
        for c in map(cells.get, session.codes)
        if c
    ]
    decisions = lab.custom_export("ultimatum", "custom_export_decisions", session=session.code)
    assert len(decisions) == played and {row["status"] for row in decisions} == {"stored"}
    stored = {(row["round"], row["group"]): json.loads(row["answer"]) for row in decisions}
    for row in rows:
        for name, value in stored[row["subsession.round_number"], row["group.id_in_subsession"]].items():
            assert row[f"group.{name}"] in (str(value), str(int(value)) if isinstance(value, bool) else f"{value}.0")
    messages = lab.custom_export("ultimatum", session=session.code)
    replies = [row for row in messages if row["role"] == "assistant"]
    assert len(replies) == played and {row["attached_to"] for row in messages} == {"participant"}
    assert {row["answer"] for row in replies} == {"35", "1"}


def test_what_people_and_models_read_is_the_same(lab: Server, model: FakeService) -> None:
    for frame in FRAMES:
        for method in ("direct", "strategy"):
            model.clear()
            fields = {"ultimatum_frame": frame, "ultimatum_method": method, "ultimatum_role": "proposer"}
            session = lab.create_session("ultimatum", 1, **fields)
            page = html.unescape(session.participant().start().html)
            assert TEXTS["en"]["partner_ai"] in page
            person = ready(session, seat="proposer", method=method, frame=frame).until("Propose")
            assert TEXTS["en"][f"ask_{frame}"].format(endowment="100 points") in html.unescape(person.html)
            person.submit(proposal=60).until("Results")
            told = rules(model.requests[0]).splitlines()
            assert told[0] == TEXTS["en"]["model_intro"] and told[1] == TEXTS["en"]["seat_responder"]
            assert all(f"<p>{line}</p>" in page for line in told[2:])


def test_the_model_decides_while_the_participant_reads(lab: Server, model: FakeService) -> None:
    session = lab.create_session("ultimatum", 1, ultimatum_role="proposer", ultimatum_method="strategy")
    model.hold()
    person = session.participant().start().submit()
    assert person.page == "Check"
    model.wait_until(lambda fake: fake.standing == 1)
    model.release()
    person.submit(check1="some", check2="nobody", check3="rejected").submit(proposal=39).until("Results")
    assert TEXTS["en"]["news_rejected"] in person.html
    (decision,) = lab.custom_export("ultimatum", "custom_export_decisions", session=session.code)
    assert (decision["page"], decision["asked_ahead"]) == ("AIResponds", "1")


def test_a_decision_that_is_to_take_its_time_begins_when_somebody_waits(lab: Server, model: FakeService) -> None:
    session = lab.create_session("ultimatum", 1, ultimatum_delay="0.5")
    person = session.participant().start().submit()
    assert person.page == "Check"
    person.submit(check1="some", check2="nobody", check3="seen")
    assert person.page == "AIProposes"
    person.until("Respond")
    (decision,) = lab.custom_export("ultimatum", "custom_export_decisions", session=session.code)
    assert (decision["asked_ahead"], decision["status"]) == ("0", "stored")


def test_a_wrong_answer_is_explained_and_counted(lab: Server) -> None:
    session = lab.create_session("ultimatum", 1, ultimatum_frame="take")
    person = session.participant().start().submit()
    with pytest.raises(Refused, match="The responder keeps the rest, 70 points"):
        person.submit(check1="some", check2="nobody", check3="seen")
    assert person.submit(check1="rest", check2="nobody", check3="seen").page != "Check"
    (row,) = rows_of(lab, session)
    assert (row["player.check_errors"], row["player.check1"]) == ("1", "rest")


def test_amounts_out_of_range_are_refused(lab: Server) -> None:
    session = lab.create_session("ultimatum", 1, ultimatum_role="proposer", ultimatum_endowment=10)
    person = ready(session, seat="proposer")
    for wrong in ("11", "-1", ""):
        with pytest.raises(Refused):
            person.submit(proposal=wrong)
    assert person.submit(proposal="10").until("Results").page == "Results"


def test_points_are_whole_numbers_in_a_project_that_uses_money(
    server_factory: Callable[..., Server], model: FakeService
) -> None:
    model.reply = answers(4)
    roles = {"ultimatum": "proposer", "dictator": "dictator", "trust": "trustor"}
    configs = [{**SETTINGS, "name": app, "app_sequence": [app], f"{app}_role": role} for app, role in roles.items()]
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    money = server_factory(repo_apps=roles, session_configs=configs, env=env, settings_extra="USE_POINTS = False")
    checks = {
        "ultimatum": dict(check1="some", check2="nobody", check3="other"),
        "dictator": dict(check1="some", check2="nothing", check3="nobody"),
        "trust": dict(check1=15, check2=12, check3=8),
    }
    for app, field in (("ultimatum", "proposal"), ("dictator", "decision"), ("trust", "sent")):
        person = money.create_session(app, 1).participant().start().submit().submit(**checks[app])
        assert "€" not in person.html
        with pytest.raises(Refused):
            person.submit(**{field: "4.5"})
        assert "€" not in person.submit(**{field: 4}).until("Results").html


def test_german_pages(lab: Server, model: FakeService) -> None:
    session = lab.create_session("ultimatum", 2, ego_language="de", ultimatum_frame="give")
    german = TEXTS["de"]
    person = session.participant().start()
    assert german["rule_give"].format(endowment="100 Punkte") in person.html and german["partner_ai"] in person.html
    assert "Weiter" in person.html and ">Next<" not in person.html
    other = session.participant(1).start().submit()
    with pytest.raises(Refused, match=german["check_again"]):
        other.submit(check1="zero", check2="nobody", check3="seen")
    assert "Please fix" not in other.html
    model.wait_until(lambda fake: len(fake.requests) == 1)  # for the other one
    model.clear()
    model.hold()
    ready(session, frame="give")
    waiting = session.participant().start()
    assert german["wait_ai"] in waiting.html and german["wait"] in waiting.html
    model.release()
    waiting.until("Respond")
    assert "vor, Ihnen 40 Punkte zu geben und 60 Punkte zu behalten." in waiting.html
    waiting.submit(accepted=True).until("Results")
    assert german["news_give"].format(offer="40 Punkte") in waiting.html
    assert rules(model.requests[0]).splitlines()[1] == german["seat_proposer"]


def test_several_models_are_assigned_in_balance_and_in_the_data(lab: Server, model: FakeService) -> None:
    session = lab.create_session("ultimatum", 4, ultimatum_models="gpt-6-luna, gpt-5.4-mini")
    for place in range(4):
        ready(session, place).until("Respond").submit(accepted=True)
    rows = rows_of(lab, session)
    assert Counter(row["group.model"] for row in rows) == {"gpt-6-luna": 2, "gpt-5.4-mini": 2}
    assert Counter(one.body["model"] for one in model.requests) == {"gpt-6-luna": 2, "gpt-5.4-mini": 2}
    by_participant = {row["participant.code"]: row["group.model"] for row in rows}
    messages = lab.custom_export("ultimatum", session=session.code)
    assert {row["participant"]: row["model"] for row in messages if row["role"] == "assistant"} == by_participant


# --- pairs and advice -------------------------------------------------------------------------------------------------


def pair(pairs: Server, **fields: Any) -> tuple[Session, Participant, Participant]:
    session = pairs.create_session("ultimatum", 2, ultimatum_partner="human", **fields)
    return session, ready(session, 0, "proposer"), ready(session, 1, "responder")


def test_a_pair_with_an_adviser_whose_words_are_only_words(pairs: Server, model: FakeService) -> None:
    model.reply = answers(text="Offer <script>alert(1)</script> & {{ half }}.")
    session, proposer, responder = pair(pairs, ultimatum_adviser=True)
    assert (proposer.page, responder.page) == ("ProposerAdvice", "WaitForProposal")
    proposer.submit(advice_wanted=True).until("Propose")
    assert "Offer &lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ half }}." in proposer.html
    assert "<script>alert" not in proposer.html
    proposer.submit(proposal=45)
    responder.until("ResponderAdvice").submit(advice_wanted=False)
    assert responder.page == "Respond" and "45 points for you and 55 points for the proposer" in responder.html
    responder.submit(accepted=True)
    assert proposer.until("Results").page == responder.until("Results").page == "Results"
    assert len(model.requests) == 1 and rules(model.requests[0]).startswith(TEXTS["en"]["adviser_intro"])
    first, second = sorted(rows_of(pairs, session), key=lambda row: row["player.seat"])
    assert (float(first["player.payoff"]), float(second["player.payoff"])) == (recomputed(first), recomputed(second))
    assert (first["player.advice_wanted"], second["player.advice_wanted"]) == ("1", "0")
    assert first["player.advice"].startswith("Offer <script>") and second["player.advice"] == ""


def test_an_adviser_who_cannot_be_reached_keeps_nobody(pairs: Server, model: FakeService) -> None:
    model.fail(500, -1)
    _, proposer, _ = pair(pairs, ultimatum_adviser=True)
    proposer.submit(advice_wanted=True).until("Propose")
    assert TEXTS["en"]["advice_none"] in proposer.html


def test_who_leaves_does_not_keep_the_other_one(pairs: Server) -> None:
    session, proposer, responder = pair(pairs, ultimatum_timeout=2, ultimatum_rounds=2)
    proposer.submit(timeout_happened="1")
    responder.until("Respond").submit(accepted=False)
    assert TEXTS["en"]["by_timeout"] in proposer.until("Results").html
    late = responder.until("Results").html
    assert TEXTS["en"]["by_timeout"] not in late and TEXTS["en"]["other_by_timeout"] in late
    proposer.submit(timeout_happened="1")
    assert "Time left" in proposer.html and proposer.page == "Propose"
    proposer.submit(timeout_happened="1")
    responder.submit().until("Respond").submit(accepted=True)
    assert seconds(proposer.until("Results")) > 1  # nobody waits any longer: there is time to read it
    assert TEXTS["en"]["end_timeout"] in proposer.submit().html
    assert TEXTS["en"]["end_timeout"] not in responder.until("Results").submit().html
    rows = rows_of(pairs, session)
    assert [float(row["player.payoff"]) for row in rows] == [recomputed(row) for row in rows]
    assert {row["group.proposal_by"] for row in rows} == {"timeout"}
    assert {row["group.response_by"] for row in rows} == {"human"}
    assert {row["group.offer"] for row in rows} == {"50.0"}
    left = {row["participant.code"] for row in rows if row["player.dropout"] == "1"}
    assert left == {proposer.code}


# --- a model that gives no decision -----------------------------------------------------------------------------------


def test_nonsense_is_no_decision_and_can_be_tried_again(lab: Server, model: FakeService) -> None:
    model.reply = "I am a teapot."
    session = lab.create_session("ultimatum", 1)
    person = ready(session)
    for _ in attempts(pause=0.1):
        if "Try again" in person.reload().html:
            break
    assert person.page == "AIProposes" and "Try again" in person.html
    (row,) = rows_of(lab, session)
    assert (row["group.offer"], row["group.proposal_by"]) == ("", "")
    model.reply = answers(25)
    person.url += "?again=1"
    person.reload().until("Respond").submit(accepted=True)
    (row,) = rows_of(lab, session)
    assert (row["group.offer"], row["group.proposal_by"], recomputed(row)) == ("25.0", "model", 25.0)


@pytest.mark.parametrize(
    ("role", "method", "fallback", "field", "value"),
    [
        ("responder", "direct", "20", "offer", "20.0"),
        ("proposer", "strategy", "20", "min_offer", "20.0"),
        ("proposer", "direct", "reject", "accepted", "0"),
        ("proposer", "direct", "30, accept", "accepted", "1"),
    ],
)
def test_the_declared_fallback_is_taken_and_marked(
    lab: Server, model: FakeService, role: str, method: str, fallback: str, field: str, value: str
) -> None:
    model.reply = "I am a teapot."
    fields = {"ultimatum_role": role, "ultimatum_method": method, "ultimatum_fallback": fallback}
    session = lab.create_session("ultimatum", 1, **fields, ultimatum_frame="take")
    person = ready(session, seat=role, method=method, frame="take")
    if role == "proposer":
        person.submit(proposal=50)
    else:
        person.until("Respond").submit(accepted=True)
    person.until("Results")
    (row,) = rows_of(lab, session)
    by = "response_by" if role == "proposer" else "proposal_by"
    assert (row[f"group.{field}"], row[f"group.{by}"]) == (value, "fallback")
    assert float(row["player.payoff"]) == recomputed(row)
    (decision,) = lab.custom_export("ultimatum", "custom_export_decisions", session=session.code)
    assert (decision["status"], decision["error_type"]) == ("fallback", "InvalidAnswer")


def test_the_fallback_text_of_the_thread_is_marked_too(lab: Server, model: FakeService) -> None:
    model.fail(500, -1)
    session = lab.create_session("ultimatum", 1, ego_fallback_text="45")
    ready(session).until("Respond").submit(accepted=True).until("Results")
    (row,) = rows_of(lab, session)
    assert (row["group.offer"], row["group.proposal_by"]) == ("45.0", "fallback")


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("participants", "fields", "sentence"),
    [
        (3, {"ultimatum_partner": "human"}, "3 participants cannot be paired"),
        (2, {"ultimatum_partner": "robot"}, "ultimatum_partner = 'robot': this setting takes one of ai, human"),
        (2, {"ultimatum_role": "proposer,judge"}, "ultimatum_role = 'proposer,judge'"),
        (2, {"ultimatum_frame": ""}, "ultimatum_frame = '': this setting takes one or more of split, give, take"),
        (2, {"ultimatum_method": "direct,direct"}, "ultimatum_method"),
        (2, {"ultimatum_rounds": 11}, "ultimatum_rounds = 11: this setting takes a whole number"),
        (2, {"ultimatum_endowment": 2}, "ultimatum_endowment = 2"),
        (2, {"ultimatum_delay": "soon"}, "ultimatum_delay"),
        (2, {"ultimatum_timeout": -1}, "ultimatum_timeout"),
        (2, {"ultimatum_adviser": True}, "ultimatum_adviser = True is for two humans"),
        (2, {"ultimatum_models": "gpt-6-luna, gpt-6-luna"}, "ultimatum_models names a model twice"),
        (2, {"ultimatum_models": "gpt-6-luna, nobody/knows"}, "ultimatum_models: "),
        (2, {"ultimatum_fallback": "maybe"}, "ultimatum_fallback = 'maybe'"),
        (2, {"ultimatum_fallback": "101"}, "ultimatum_fallback = 101 is more than ultimatum_endowment = 100"),
        (2, {"ultimatum_fallback": "accept"}, "ultimatum_fallback needs a number here"),
        (2, {"ultimatum_fallback": "50", "ultimatum_role": "proposer"}, "ultimatum_fallback needs accept or reject"),
    ],
)
def test_a_wrong_setting_refuses_the_session_with_a_sentence(
    lab: Server, participants: int, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AssertionError, match="HTTP 400") as refused:
        lab.create_session("ultimatum", participants, **fields)
    assert sentence in str(refused.value)
