"""The apps on docs/study.md, as they stand there, walked through on a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import Refused, Server
from harness.chat import Chat

from otree_ego.chat_rules.settings import SETTINGS
from otree_ego.chat_rules.study_words import STUDY_WORDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "study.md").read_text("utf-8")
APP = re.compile(r"^<!-- otree app: (\w+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEMPLATES = {
    "Room": "{{ block content }}<p>{{ partner }}</p>{{ include 'otree_ego/chat.html' }}{{ next_button }}{{ endblock }}",
    "Check": "{{ block content }}{{ formfields }}{{ include 'otree_ego/check.html' }}{{ next_button }}{{ endblock }}",
    "End": "{{ block content }}{{ include 'otree_ego/pay.html' }}{{ endblock }}",
}
NAMES = ("somebody", "questions")


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    apps = {}
    for page, source in APP.findall(PAGE):
        name = next(name for name in NAMES if f'"{name}"' in source)
        apps[name] = {"__init__.py": source, f"{page}.html": TEMPLATES[page], "End.html": TEMPLATES["End"]}
    assert sorted(apps) == sorted(NAMES)
    common = {"num_demo_participants": 1, "ego_model": "constant/Good morning!", "participation_fee": 2}
    rows = [{"name": name, "app_sequence": [name], **common, "ego_disclose": ""} for name in NAMES]
    return server_factory(apps=apps, session_configs=[{**row, "ego_check_tries": ""} for row in rows])


@pytest.mark.parametrize("when", ["before", "after", "never", ""])
def test_robin(server: Server, when: str) -> None:
    person = server.create_session("somebody", ego_disclose=when).participant().start()
    told = "Robin is an AI" in person.html
    assert told == (when == "before") and ("Robin, an AI" in person.html) == (when in ("before", ""))
    with Chat(person) as tab:
        tab.say("Hello!")
        while not any(one["text"] == "Good morning!" for one in tab.messages.values()):
            tab.open()
    person.submit()
    assert person.page == ("Debriefing" if when == "after" else "End")
    if when == "after":
        assert "Robin was an AI" in person.html and person.submit().page == "End"
    assert STUDY_WORDS["en"]["pay_total"] in person.html and "€2.00" in person.html


def test_two_questions(server: Server) -> None:
    person = server.create_session("questions", ego_check_tries=3).participant().start()
    assert "You have 3 tries left." in person.html
    with pytest.raises(Refused, match="Not quite: 100 − 40 points are left"):
        person.submit(share=40, decides="The other side")
    assert person.submit(share=60, decides="The other side").page == "End"


def test_the_settings_that_it_names_are_there() -> None:
    named = {name for name in re.findall(r"`ego_(\w+)", PAGE) if not name.startswith(("word_", "outcome", "ais"))}
    assert named <= {*SETTINGS} and {"disclose", "disclose_models", "check_tries", "check_failed"} <= named
    assert all(name in STUDY_WORDS["en"] for name in re.findall(r"`ego_word_(\w+)`", PAGE))
