"""The app `prisoner`: bots with a service and with the embedded model, and people at a real server."""

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
from harness import Participant, Project, Server, Session
from harness.bots import otree_test
from harness.chat import KEY, TALK_FILES
from harness.database import attempts
from harness.project import REPO

from otree_ego.testing import FakeService, fitting

SETTINGS: dict[str, Any] = {
    "name": "prisoner",
    "app_sequence": ["prisoner"],
    "num_demo_participants": 3,
    "prisoner_rounds": 3,
    "prisoner_order": "ai_first",
    "prisoner_frame": "neutral",
    "prisoner_reward": 20,
    "prisoner_punishment": 8,
    "prisoner_sucker": 0,
    "prisoner_temptation": 28,
    "prisoner_timeout": 0,
    "prisoner_default": "",
    "prisoner_delay": "0",
    "prisoner_reasoning": False,
    "ego_model": "gpt-6-luna",
    "ego_retries": 0,
    "ego_language": "en",
}
PAYOFFS = {"XX": 20, "XY": 0, "YX": 28, "YY": 8}
OVER = {"timeout_happened": "1"}  # what a page's script sends when the time is over
RIGHT = {"check1": 20, "check2": 0, "check3": "ai_first"}


def texts() -> Any:
    """The app's texts; the app itself can be imported only in an oTree project."""
    spec = spec_from_file_location("prisoner_texts", REPO / "apps/prisoner/texts.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked(service: FakeService) -> list[str]:
    """The last words of each request, oldest first."""
    return [one.body["messages"][-1]["content"] for one in service.requests]


# --- bots -------------------------------------------------------------------------------------------------------------


def bots(folder: Path, service: FakeService | None, *configs: Mapping[str, Any]) -> None:
    """All bots of all session configs."""
    rows = [{**SETTINGS, **config, "name": f"game{number}"} for number, config in enumerate(configs)]
    made = Project(folder / "project", repo_apps=["prisoner"], session_configs=rows, played_rounds=True)
    env = {"OPENAI_BASE_URL": service.base_url, "OPENAI_API_KEY": KEY} if service else {}
    done = otree_test(made, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("Bots completed session") == 3 * len(configs), done.stderr
    assert "never awaited" not in done.stderr


@pytest.mark.full
def test_bots_play_every_order(tmp_path: Path, service: FakeService) -> None:
    service.reply = fitting
    orders = ["ai_first", "human_first", "simultaneous"]
    bots(tmp_path, service, *[{"prisoner_order": order, "num_demo_participants": 1} for order in orders])
    # the third bot leaves in the second of three rounds: who chooses first has chosen then, the others are not asked
    assert len(service.requests) == (3 + 3 + 2) + 2 * (3 + 3 + 1)
    rules = Counter(one.body["messages"][0]["content"].splitlines()[2] for one in service.requests)
    english = texts().TEXTS["en"]
    assert rules == {english["ai_order_ai_first"]: 8, **{english["ai_order_" + order]: 7 for order in orders[1:]}}
    assert sum("the human has chosen X" in text for text in asked(service)) == 7


@pytest.mark.parametrize(
    "frames", [["competition"], pytest.param(["competition", "neutral", "cooperation"], marks=pytest.mark.full)]
)
def test_bots_play_every_frame_with_reasoning_and_a_default_choice(
    tmp_path: Path, service: FakeService, frames: list[str]
) -> None:
    service.reply = fitting
    more = {"prisoner_frame": ", ".join(frames), "num_demo_participants": len(frames)}
    more |= {"prisoner_reasoning": True, "ego_language": "de"}
    bots(tmp_path, service, {**more, "prisoner_order": "human_first", "prisoner_default": "Y"})
    told = Counter(one.body["messages"][0]["content"] for one in service.requests if "Runde 1 von" in asked_of(one))
    assert set(told.values()) == {3} and len(told) == len(frames)  # three cases of these people: a frame each
    for frame, word in (("competition", "Börsenspiel"), ("cooperation", "Gemeinschaftsspiel")):
        assert sum(word in text for text in told) == frames.count(frame)
    late = "nicht rechtzeitig gewählt, als seine Wahl gilt Y"
    assert sum(late in text for text in asked(service)) == len(frames)
    assert all("reasoning" in text for text in asked(service))


def asked_of(request: Any) -> str:
    return str(request.body["messages"][-1]["content"])


@pytest.mark.full
@pytest.mark.model
def test_bots_play_with_the_embedded_model(tmp_path: Path) -> None:
    config = {"ego_model": "local/smollm2", "ego_deadline": 120.0, "ego_retries": 2, "num_demo_participants": 1}
    bots(tmp_path, None, {**config, "prisoner_rounds": 2, "prisoner_frame": "cooperation"})


# --- people at a server -----------------------------------------------------------------------------------------------


USUAL = fitting


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], model: FakeService) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    return server_factory(repo_apps=["prisoner"], session_configs=[SETTINGS], env=env, page_timeouts=True)


def started(session: Session, place: int = 0, **check: Any) -> Participant:
    """Somebody past the instructions and the comprehension check."""
    return session.participant(place).start().submit().submit(**{**RIGHT, **check})


def rounds_of(lab: Server, session: Session, code: str = "") -> list[dict[str, str]]:
    """One participant's rounds that are played, from the export."""
    rows = lab.app_export("prisoner", session.code)
    mine = [row for row in rows if row["participant.code"] == (code or session.codes[0]) and row["player.frame"]]
    return sorted(mine, key=lambda row: int(row["subsession.round_number"]))


def moves(row: Mapping[str, str]) -> str:
    return row["player.human_move"] + row["player.ai_move"]


def shown(page: str) -> list[list[str]]:
    """The rows of the history on a page."""
    table = page.rpartition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<t[dh][^>]*>\s*(\w+)\s*<", row) for row in table.split("</tr>") if "<td" in row]


def test_a_game_from_start_to_end(lab: Server, model: FakeService) -> None:
    model.reply = ["X", "Y", "X"]
    session = lab.create_session("prisoner", 1)
    person = session.participant().start()
    assert "a computer program (a language model)" in person.html and "28 (0)" in person.html
    with pytest.raises(AssertionError, match=r"each gets 20\..*gets 0\..*The AI chooses first"):
        person.submit().submit(check1=8, check2=28, check3="simultaneous")
    person.submit(**RIGHT)
    for number, (mine, other) in enumerate(["XX", "XY", "YX"], 1):
        person.until("Decide")
        assert f"Round {number} of 3" in person.html and f"The AI has chosen {other}." in person.html
        person.submit(human_move=mine).until("Results")
        assert f"You chose {mine}, the AI chose {other}. You get {PAYOFFS[mine + other]} points" in person.html
        person.submit()
    assert person.page == "End" and "You have 48 points in all." in person.html
    history = [["1", "X", "X", "20", "20"], ["2", "X", "Y", "0", "28"], ["3", "Y", "X", "28", "0"]]
    assert shown(person.html) == history
    rows = rounds_of(lab, session)
    assert [moves(row) for row in rows] == ["XX", "XY", "YX"]
    assert [float(row["player.payoff"]) for row in rows] == [PAYOFFS[moves(row)] for row in rows]
    assert [float(row["player.ai_points"]) for row in rows] == [PAYOFFS[moves(row)[::-1]] for row in rows]
    assert (rows[0]["player.check_errors"], {row["player.dropout"] for row in rows}) == ("3", {"0"})
    (wide,) = lab.wide_export(session.code)
    assert float(wide["participant.payoff"]) == 48
    news = [text.splitlines()[0] for text in asked(model)[1:]]
    assert news[0] == "In round 1 you chose X and got 20 points; the human chose X and got 20 points."
    assert news[1] == "In round 2 you chose Y and got 28 points; the human chose X and got 0 points."


def test_the_conversation_holds_both_seats_in_the_order_of_the_game(lab: Server, model: FakeService) -> None:
    model.reply = ["Y", "X", "Y"]
    session = lab.create_session("prisoner", 1)
    person = started(session)
    for _ in range(3):
        person.until("Decide").submit(human_move="X").until("Results").submit()
    rows = [row for row in lab.custom_export("prisoner", session=session.code) if row["role"] == "assistant"]
    seats = {"human" if row["model"] == "external/human" else "ai" for row in rows}
    assert seats == {"human", "ai"}
    rows.sort(key=lambda row: (row["time_utc"], int(row["time_ms"])))
    assert [row["text"] for row in rows] == ["Y", "X", "X", "X", "Y", "X"]
    by_human = [row for row in rows if row["model"] == "external/human"]
    assert [row["text"] for row in by_human] == ["X", "X", "X"]
    assert [row["answer"] for row in rows if row not in by_human] == ["Y", "X", "Y"]


def test_the_model_thinks_while_the_results_are_read_and_is_not_told_more_than_it_may_know(
    lab: Server, model: FakeService
) -> None:
    session = lab.create_session("prisoner", 1)
    started(session).until("Decide").submit(human_move="Y").until("Results")
    for _ in attempts():
        row = lab.custom_export("prisoner", "custom_export_decisions", session.code)[-1]
        if row["status"] == "stored":
            break
    assert (row["round"], row["page"], row["asked_ahead"], json.loads(row["answer"])) == (
        "2",
        "AIFirst",
        "1",
        {"ai_move": "X"},
    )
    assert len(model.requests) == 2
    model.clear()
    session = lab.create_session("prisoner", 1, prisoner_order="simultaneous")
    started(session, check3="simultaneous").until("Decide").submit(human_move="Y").until("Results")
    (text,) = asked(model)
    assert "both choose now" in text and "has chosen" not in text


def test_who_does_not_choose_in_time_drops_out_and_the_others_go_on(lab: Server, model: FakeService) -> None:
    session = lab.create_session("prisoner", 2, prisoner_timeout=2)
    away, here = (started(session, place) for place in (0, 1))
    away.until("Decide").submit(human_move="X").until("Results").submit().until("Decide")
    for _ in range(3):
        here.until("Decide").submit(human_move="X").until("Results").submit()
    assert here.page == "End" and "You have 60 points in all." in here.html
    away.submit(**OVER)
    assert away.page == "End" and "You did not choose in time in round 2" in away.html
    assert "You have 20 points in all." in away.html
    left, stayed = (rounds_of(lab, session, code) for code in session.codes)
    assert [moves(row) for row in left] == ["XX", "X", ""] and [moves(row) for row in stayed] == ["XX"] * 3
    assert [row["player.dropout"] for row in left] == ["0", "1", "1"]
    assert [row["player.dropout"] for row in stayed] == ["0", "0", "0"]
    assert [float(row["player.payoff"]) for row in left] == [20, 0, 0]
    assert len(model.requests) == 2 + 3


@pytest.mark.parametrize("order", ["ai_first", "human_first"])
def test_a_declared_default_counts_in_the_round_of_the_dropout(lab: Server, model: FakeService, order: str) -> None:
    more = {"prisoner_timeout": 1, "prisoner_default": "Y", "prisoner_order": order}
    session = lab.create_session("prisoner", 1, **more)
    person = started(session, check3=order).until("Decide").submit(human_move="X", **OVER).until("End")
    (first, second, third) = rounds_of(lab, session)
    assert (moves(first), float(first["player.payoff"]), first["player.dropout"]) == ("YX", 28, "1")
    assert moves(second) == moves(third) == ""
    assert len(model.requests) == 1
    assert "You have 28 points in all." in person.reload().html


def test_who_has_closed_the_browser_drops_out_too(lab: Server) -> None:
    session = lab.create_session("prisoner", 1, prisoner_timeout=1)
    person = started(session).until("Decide")
    for _ in attempts(pause=0.5):
        lab.time_is_over(person)
        if person.start().page == "End":
            break
    assert "You did not choose in time in round 1" in person.html
    assert [row["player.dropout"] for row in rounds_of(lab, session)] == ["1", "1", "1"]


def test_a_model_that_never_answers_is_asked_again_by_the_participant(lab: Server, model: FakeService) -> None:
    model.reply = "Both of them."
    session = lab.create_session("prisoner", 1)
    person = started(session)
    for _ in attempts():
        if "again=1" in person.reload().html:
            break
    assert person.page == "AIFirst" and len(model.requests) == 3
    model.reply = fitting
    person.http.get(f"{person.url}?again=1", timeout=60)
    assert "The AI has chosen X." in person.start().until("Decide").html
    row = lab.custom_export("prisoner", "custom_export_decisions", session.code)[0]
    assert (row["status"], row["times_started"]) == ("stored", "2")


def test_the_experimenter_moves_somebody_on_past_a_model_that_never_answers(lab: Server, model: FakeService) -> None:
    model.reply = "Both of them."
    session = lab.create_session("prisoner", 1, prisoner_rounds=2)
    person = started(session)
    for _ in attempts():
        if "again=1" in person.reload().html:
            break
    model.reply = fitting
    lab.advance_slowest(session.code)
    person.start().until("Decide")
    assert "Round 2 of 2" in person.html and "The AI has chosen X." in person.html and "None" not in person.html
    assert "In round 1" not in asked(model)[-1]
    assert [row["player.payoff"] for row in rounds_of(lab, session)] == ["0.0", "0.0"]


def test_another_app_can_follow(server_factory: Callable[..., Server], model: FakeService) -> None:
    short = {**SETTINGS, "prisoner_rounds": 1}
    configs = [{**short, "name": "last"}, {**short, "name": "first", "app_sequence": ["prisoner", "talk"]}]
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    server = server_factory(repo_apps=["prisoner"], apps={"talk": TALK_FILES}, session_configs=configs, env=env)
    for name in ("last", "first"):
        person = started(server.create_session(name, 1)).until("Decide").submit(human_move="X").until("Results")
        assert "So far" in person.html and "So far" not in person.submit().html
        assert (person.page, "otree-btn-next" in person.html) == ("End", name == "first")
    assert "/talk/Chat/" in person.submit().url


@pytest.mark.parametrize("move", ["Z", "", "x"])
def test_a_choice_that_is_none_is_refused(lab: Server, move: str) -> None:
    person = started(lab.create_session("prisoner", 1)).until("Decide")
    with pytest.raises(AssertionError, match="Decide did not take"):
        person.submit(human_move=move)


def test_frames_are_balanced_and_exported(lab: Server) -> None:
    session = lab.create_session("prisoner", 6, prisoner_frame="neutral,competition,cooperation")
    rows = [row for row in lab.app_export("prisoner", session.code) if row["player.frame"]]
    assert Counter(row["player.frame"] for row in rows) == {"neutral": 6, "competition": 6, "cooperation": 6}
    assert len({(row["participant.code"], row["player.frame"]) for row in rows}) == 6
    given = lab.custom_export("prisoner", "custom_export_assignments", session.code)
    frames = {row["participant.code"]: row["player.frame"] for row in rows}
    assert {row["participant"]: row["frame"] for row in given} == frames
    for code, frame in frames.items():
        title = texts().FRAMES["en"][frame]["title"]
        assert f"<title>{title}" in (page := lab.participant(code).start().html) or title in page


def test_everything_is_told_in_german(lab: Server, model: FakeService) -> None:
    more = {"ego_language": "de", "prisoner_rounds": 1, "prisoner_frame": "competition", "prisoner_timeout": 60}
    person = lab.create_session("prisoner", 1, **more).participant().start()
    pages = [person.html, person.submit().html, person.submit(**RIGHT).until("Decide").html]
    pages += [person.submit(human_move="X").until("Results").html, person.submit().html]
    words = ["eine Runde mit einer KI", "Wie viele Punkte bekommen Sie?", "Die KI hat X gewählt. Was wählen Sie?"]
    words += ["Sie bekommen 20 Punkte", "Sie haben insgesamt 20 Punkte."]
    for page, word in zip(pages, words, strict=True):
        assert word in page
        body = re.sub(r"<[^>]*>", "", page[page.index('id="form"') :])
        assert not re.search(r"\b(round|points|choose|your|game)\b", body, re.I), body
    told = model.requests[0].body["messages"][0]["content"]
    assert "Aktien" in told and "Du nimmst an einem Experiment teil" in told


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"prisoner_reward": 28}, "no prisoner's dilemma.*here they are 28, 28, 8 and 0"),
        ({"prisoner_sucker": 8}, "no prisoner's dilemma"),
        ({"prisoner_punishment": 20}, "no prisoner's dilemma"),
        ({"prisoner_order": "first"}, "prisoner_order = 'first': .* ai_first, human_first, simultaneous"),
        ({"prisoner_frame": "neutral,wall street"}, "prisoner_frame = .* neutral, cooperation, competition"),
        ({"prisoner_rounds": 21}, "prisoner_rounds = 21: this setting takes .* at most 20"),
        ({"prisoner_rounds": "many"}, "prisoner_rounds = 'many'"),
        ({"prisoner_default": "Z"}, "prisoner_default = 'Z'"),
        ({"prisoner_timeout": -1}, "prisoner_timeout = -1"),
        ({"prisoner_delay": "slowly"}, "prisoner_delay = 'slowly'"),
        ({"prisoner_reasoning": "perhaps"}, "prisoner_reasoning = 'perhaps': this setting takes True or False"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(lab: Server, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AssertionError, match=f"HTTP 400.*{sentence}"):
        lab.create_session("prisoner", 1, **settings)


# --- without oTree ----------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things_with_the_same_numbers() -> None:
    module = texts()
    english, german = module.TEXTS["en"], module.TEXTS["de"]
    assert english.keys() == german.keys()
    for key in english:
        fields = [
            sorted({name for _, name, _, _ in string.Formatter().parse(each[key]) if name})
            for each in (english, german)
        ]
        assert fields[0] == fields[1], key
    assert module.FRAMES["en"].keys() == module.FRAMES["de"].keys()
    assert {frozenset(words) for frames in module.FRAMES.values() for words in frames.values()} == {
        frozenset({"title", "story", "ai_story"})
    }
