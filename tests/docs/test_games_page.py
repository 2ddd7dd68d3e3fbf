"""The apps on docs/games.md, as they stand there, walked through on a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness import Server
from harness.chat import KEY, Chat

from otree_ego.paths import gallery
from otree_ego.testing import FakeService, fitting

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "games.md").read_text("utf-8")
APP = re.compile(r"^<!-- otree app: (\w+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FORM = "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"
END = "{{ block content }}<p>{{ player.payoff }}</p>{{ endblock }}"
CHAT = "{{ block content }}{{ include 'otree_ego/chat.html' }}{{ next_button }}{{ endblock }}"
NAMES = ("offers", "frames", "treated", "moves", "rooms", "talks")


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        fake.reply = fitting
        yield fake


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    apps = {}
    for page, source in APP.findall(PAGE):
        name = next(name for name in NAMES if f'"{name}"' in source)
        apps[name] = {"__init__.py": source, f"{page}.html": CHAT if page == "Room" else FORM, "Results.html": END}
    assert sorted(apps) == sorted(NAMES)
    configs = [
        {"name": name, "app_sequence": [name], "num_demo_participants": 1, "ego_model": "gpt-6-luna"} for name in NAMES
    ]
    return server_factory(
        apps=apps, session_configs=configs, env={"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.base_url}
    )


def test_the_responder_decides(server: Server, model: FakeService) -> None:
    model.clear()
    session = server.create_session("offers")
    person = session.participant().start().submit(offer="30")
    assert "The responder is deciding." in person.html
    person.until("Results")
    (row,) = server.app_export("offers", session.code)
    assert float(row["player.payoff"]) == (70 if row["player.accepted"] == "1" else 0)
    asked = model.requests[0].body["messages"]
    assert asked[0]["content"].startswith("You are the responder of an ultimatum game")
    assert "You are offered 30 points. Do you accept?" in asked[1]["content"]
    (decision,) = server.custom_export("offers", "custom_export_decisions", session.code)
    assert json.loads(decision["answer"]) == {"accepted": row["player.accepted"] == "1"}
    assert 1 <= float(decision["delay_seconds"]) <= 2


def test_participants_are_assigned_as_they_arrive(server: Server) -> None:
    session = server.create_session("frames", 8)
    for person in reversed(session.participants()[:4]):
        person.start().submit()
    rows = server.custom_export("frames", "custom_export_assignments", session.code)
    assert sorted((row["frame"], row["model"]) for row in rows) == sorted(
        (frame, name) for frame in ("give", "take") for name in ("gpt-6-luna", "local/smollm2")
    )
    fields = server.app_export("frames", session.code)
    assert sorted(row["player.frame"] for row in fields) == ["", "", "", "", "give", "give", "take", "take"]


def test_settings_per_participant_and_round(server: Server) -> None:
    session = server.create_session("treated", 4)
    rows = server.custom_export("treated", "custom_export_assignments", session.code)
    frames = {row["participant"]: row["frame"] for row in rows}
    assert sorted(frames.values()) == ["hidden", "hidden", "open", "open"]
    for person in session.participants():
        with Chat(person.start()) as chat:
            assert (chat.model, chat.words["send"]) == ("gpt-6-luna" if frames[person.code] == "open" else "", "Ask")
            assert chat.status["left"] == 5
    with Chat(person.submit()) as chat:
        assert chat.status["left"] == 10
    rows = server.custom_export("treated", "custom_export_assignments", session.code)
    used = [row for row in rows if row["assignment"] == "chat settings" and row["participant"] == person.code]
    assert [(row["round"], row["ego_max_messages"]) for row in used] == [("1", "5"), ("2", "10")]


def test_a_human_and_a_model_in_one_conversation(server: Server, model: FakeService) -> None:
    session = server.create_session("moves")
    person = session.participant().start()
    for _ in range(3):
        person.until("Move").submit(second="B")
    rows = [row for row in server.custom_export("moves", session=session.code) if row["role"] != "system"]
    human = [(row["role"], row["text"]) for row in rows if row["seat"] == "human"]
    assert human == [("user", "The other chose A."), ("assistant", "B")] * 3
    told = [row["text"] for row in rows if row["seat"] == "model" and row["role"] == "user"]
    assert [text for text in told if text.startswith("The other")] == ["The other chose B."] * 3
    assert {row["participant"] for row in rows} == {person.code}
    last = model.requests[-1].body["messages"]
    assert last[0]["content"] == "In each of three rounds you choose A or B."
    assert len([one for one in last if one["role"] == "assistant"]) == 2  # it remembers the rounds before


def test_humans_and_ais_in_one_room(server: Server, model: FakeService) -> None:
    model.clear()
    model.reply = lambda body: "PASS" if "You lead" in str(body["messages"][0]) else "Is that so, Participant 1?"
    try:
        session = server.create_session("rooms", 2)
        one, two = (person.start() for person in session.participants())
        with Chat(one) as hers, Chat(two) as his:
            hers.say("Good morning, Ada!")
            for tab in (hers, his):
                while tab.live.receive()["ego"].get("message", {}).get("text") != "Is that so, Participant 1?":
                    continue
        rows = server.custom_export("rooms", session=session.code)
        assert [(row["author"], row["finish_reason"]) for row in rows if row["hidden"] == "0"] == [
            (one.code, ""),
            ("Ada", "stop"),
        ]
        assert [row["author"] for row in rows if row["finish_reason"] == "pass"] == ["Ben"]
    finally:
        model.reply = fitting


def test_all_ready_made_apps_are_named() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Ready-made apps")[2], re.MULTILINE))
    assert listed == set(gallery())


def test_ada_decides_after_the_talk_and_ben_does_not_know(server: Server, model: FakeService) -> None:
    model.clear()
    session = server.create_session("talks")
    person = session.participant().start()
    with Chat(person) as tab:
        tab.say("Let us all give 10.")
        model.wait_until(lambda fake: len(fake.requests) == 2)  # Ada and Ben have been asked
    person.submit().until("Results")
    ada, ben = (r.body["messages"] for r in model.requests if "How many" in r.body["messages"][-1]["content"])
    for name, part, messages in (("Ada", "think of yourself", ada), ("Ben", "keep your promises", ben)):
        assert part in messages[0]["content"] and f"You are {name} in a group chat" in messages[0]["content"]
        assert messages[1]["content"].startswith("Participant 1: Let us all give 10.")
        assert str(messages).count("How many of your 20 points") == 1
    assert [row["group.ada"] for row in server.app_export("talks", session.code)] == ["0"]
