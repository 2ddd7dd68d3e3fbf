"""How it is marked that models play: for the experimenter, in the data, and so that no person gets a seat's place."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import pytest
from harness import Server, warm_python
from harness.database import PATIENCE
from harness.scripted_players import play, player, with_answers
from harness.seats import MODEL, chatty, seats_of, until_end, visits_of, where

from otree_ego.cli import main
from otree_ego.testing import FakeService

pytestmark = pytest.mark.any_database


def test_no_person_gets_a_seats_place(server: Server) -> None:
    session = server.create_session("fields", 4, ego_ai_seats=2, ego_seat_choice="first")
    link = server.get_session(session.code)["session_wide_url"]
    path = link[link.index("/join") :]
    seats = [each["participant"] for each in seats_of(server, session)]
    assert seats == list(session.codes[:2])
    codes = []
    for _ in range(3):
        visitor = server.participant("").http
        answer = visitor.get(server.url + path, timeout=PATIENCE)
        codes.append(answer.url.split("/p/")[1].split("/")[0] if answer.status_code == 200 else "")
    assert codes == [session.codes[2], session.codes[3], ""]


@pytest.mark.parametrize("by", [pytest.param("rest", marks=pytest.mark.full), "form"])
def test_vars_label_row_visits_and_thread(server: Server, by: str) -> None:
    own: dict[str, Any] = {"ego_ai_seats": "1", "ego_seat_label": "AI {n}", "ego_seat_persona": "You are shy."}
    create = server.create_session if by == "rest" else server.create_session_by_form
    session = create("fields", 2, **own)
    (seat,) = until_end(server, session)
    assert (seat["participant"], seat["why"], seat["model"], seat["persona"]) == (
        session.codes[1], "seat", MODEL, "You are shy.",
    )  # fmt: skip
    assert (seat["from_index"], seat["until_index"]) == (1, where(server, seat["participant"]))
    labels = {each["code"]: each["label"] for each in server.get_session(session.code)["participants"]}
    assert labels[session.codes[1]] == "AI 1" and not labels[session.codes[0]]
    rows = server.custom_export("otree_ego", "messages", session.code)
    assert {(row["thread_name"], row["participant"]) for row in rows} == {("ego_seat", session.codes[1])}
    assert any("You are shy." in row["text"] for row in rows if row["role"] == "system")
    asked = sum(each["replies"] for each in visits_of(server, session.codes[1]))
    assert asked == sum(row["role"] == "assistant" and row["status"] == "complete" for row in rows)


def test_who_is_a_seat_at_random(server: Server) -> None:
    drawn = {"ego_ai_seats": "1 of 2", "ego_seat_choice": "random", "ego_seed": 7}
    sessions = [server.create_session("recruit", 8, **drawn) for _ in range(2)]
    places = [[s.codes.index(each["participant"]) for each in seats_of(server, s)] for s in sessions]
    assert places[0] == places[1] and Counter(place // 2 for place in places[0]) == dict.fromkeys(range(4), 1)


@pytest.mark.parametrize(
    "value, people, said",
    [(3, 2, "the session has only 2 participants"), ("2 of 3", 4, "no whole groups of 3"), ("x", 2, "setting takes"),
     (0.1, 3, "that is nobody"),
     (-1, 2, "setting takes"), ("150 %", 2, "setting takes"), ("90 %", 2, "no place is left for a person")],
)  # fmt: skip
def test_a_wrong_number_refuses_the_session(server: Server, value: Any, people: int, said: str) -> None:
    with pytest.raises(AssertionError, match="HTTP 400") as refused:
        server.create_session("recruit", people, ego_ai_seats=value)
    assert said in str(refused.value) and "ego_ai_seats" in str(refused.value)
    answer = server.submit_session_form("recruit", people, ego_ai_seats=value)
    assert said in json.dumps(answer, ensure_ascii=False)


@pytest.mark.parametrize(
    "setting, value, said",
    [("ego_fill_after", 60, "no page of this session waits"), ("ego_takeover_after", "soon", "number of seconds"),
     ("ego_takeover_not", "Consent, Nowhere", "'Nowhere', which is neither a page nor an app")],
)  # fmt: skip
def test_wrong_settings_of_takeovers_refuse_the_session(server: Server, setting: str, value: Any, said: str) -> None:
    with pytest.raises(AssertionError, match="HTTP 400") as refused:
        server.create_session("recruit", 2, **{setting: value})
    assert said in str(refused.value) and setting in str(refused.value)


async def bids(view: Any, messages: Any) -> dict[str, Any]:
    await view.send({"bid": 7})
    async for _ in messages:
        return {"bid": 7}
    return {}


def test_what_a_person_wrote_is_forgotten_by_seats(server: Server, model: FakeService) -> None:
    session = server.create_session("talk_live", 2, ego_ai_seats=1)
    secret = "I live in Mainz, in the Rheinstrasse."
    model.reply = lambda body: quoting(body, secret)
    assert play(player(session, 0, lambda page: {"chat": [secret], "slow": "", "bid": 7}, live=bids)) == [None]
    until_end(server, session)
    kept = kept_of(server, session.code)
    assert secret in kept
    forget = [sys.executable, "-m", "otree_ego.cli", "forget", "--session", session.code, "--participant"]
    forget += [session.codes[0], "--yes", "--otree"]
    forget.append(server.env.get("DATABASE_URL", str(server.project.folder / "db.sqlite3")))
    warm_python.run(forget, check=True, cwd=server.project.folder, env=server.env)
    kept = kept_of(server, session.code)
    assert secret not in kept and "[forgotten]" in kept


def quoting(body: Any, text: str) -> Any:
    """A seat's model that repeats what it has heard in the chat."""
    answer = chatty(body)
    return answer.replace("Hello from a seat.", f"You said: {text}") if isinstance(answer, str) else answer


def kept_of(server: Server, code: str) -> str:
    """All texts that a session's seats have left."""
    mine = f"session_id = (SELECT id FROM otree_session WHERE code = '{code}')"
    texts = server.database.query(f"SELECT title, text FROM otree_ego_page_text WHERE {mine}")
    visits = server.database.query(f"SELECT answers, said, errors, fields FROM otree_ego_visit WHERE {mine}")
    said = server.database.query(
        "SELECT m.text, m.request, m.params FROM otree_ego_message m JOIN otree_ego_thread t ON t.uid = m.thread "
        f"WHERE t.{mine}"
    )
    return "\n".join(str(each) for each in (*texts, *visits, *said))


def test_a_room_leads_people_past_seats(server: Server) -> None:
    body = {"session_config_name": "fields", "num_participants": 2, "room_name": "lab"}
    body["modified_session_config_fields"] = {"ego_ai_seats": 1, "ego_seat_choice": "first"}
    answer = server.http.post(f"{server.url}/api/sessions", json=body, timeout=PATIENCE)
    session = server.session(answer.json()["code"])
    visitor = server.participant("").http.get(f"{server.url}/room/lab?welcome_page_ok=1", timeout=PATIENCE)
    assert f"/p/{session.codes[1]}/" in visitor.url
    until_end(server, session)


def test_an_answer_that_comes_too_late_is_told_apart(server: Server, model: FakeService) -> None:
    session = server.create_session("recruit", 1, ego_ai_seats=1)
    model.hold()
    model.wait_until(lambda service: service.standing >= 1, PATIENCE)
    at = where(server, session.codes[0])
    server.advance_slowest(session.code)
    model.release()
    until_end(server, session)
    (visit,) = (each for each in visits_of(server, session.codes[0]) if each["page_index"] == at)
    assert visit["outcome"] == "late"


def test_a_demo_session_has_its_seats(server: Server) -> None:
    """What *Demo* makes: as the form, without its fields."""
    answer = server._exchange("/create_demo_session", {"session_config": "seated"}, lambda said: "progress" not in said)
    session = server.session(answer["session_url"].rsplit("/", 1)[1])
    assert len(until_end(server, session)) == 1


def test_a_seats_diary_visits_and_decisions(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = server.create_session("fields", 2, ego_ai_seats="1", ego_seat_persona="You are shy.")
    answers = {"answer": "42", "age": 30}
    assert play(player(session, 0, script=with_answers(answers))) == [None]
    (seat,) = until_end(server, session)
    monkeypatch.chdir(server.project.folder)
    monkeypatch.setenv("DATABASE_URL", server.database.env.get("DATABASE_URL", ""))

    def said(*words: str) -> str:
        capsys.readouterr()
        assert main([*words, "--otree"]) == 0
        return capsys.readouterr().out

    diary = said("show", session.code, "--no-pager")
    assert f"── {seat['participant']}, {MODEL}, You are shy." in diary
    assert "1. fields Instructions (page 1)" in diary and "answered" in diary and "asked" in diary
    rules = "You take part in a study"
    assert rules not in diary and rules in said("show", session.code, "--no-pager", "--messages")
    rows = [json.loads(line) for line in said("data", session.code, "--visits", "--format", "jsonl").splitlines()]
    assert {(row["session"], row["participant"], row["participant_ai"], row["persona"]) for row in rows} == {
        (session.code, seat["participant"], "seat", "You are shy."),
    }  # fmt: skip
    assert [row["number"] for row in rows] == [*range(1, len(rows) + 1)]
    page = said("report", session.code, "-o", "-")
    assert "Decisions of people and AIs" in page and "people (n = 1)" in page and "AI (n = 1)" in page
    assert f"Diary of {seat['participant']}" in page
