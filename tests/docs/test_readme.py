"""The README's Python runs: plain snippets as they are, oTree's in a real project on a real server."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness import Server, warm_python
from harness.chat import KEY, Chat

from otree_ego.cli.command import VERBS
from otree_ego.testing import FakeService

REPO = Path(__file__).resolve().parents[2]
README = (REPO / "README.md").read_text("utf-8")
FENCE = re.compile(
    r"(?:^<!-- *(?P<note>.*?) *-->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
KINDS = re.compile(r"otree app: \w+|otree functions|experiment|")

AROUND_FUNCTIONS = """
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL, PLAYERS_PER_GROUP, NUM_ROUNDS = "play", None, 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.LongStringField()


{functions}

class Play(Page):
    live_method = live_method

    @staticmethod
    def before_next_page(player, timeout_happened):
        player.answer = respond(player, 4)


class End(Page):
    pass


page_sequence = [Play, End]
"""


@dataclass(frozen=True)
class Snippet:
    note: str
    language: str
    text: str
    line: int


def snippets(text: str) -> list[Snippet]:
    return [
        Snippet(found["note"] or "", found["language"], found["text"], text.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(text)
    ]


SNIPPETS = snippets(README)
PAGES = {"README.md": SNIPPETS} | {
    name: snippets((REPO / "docs" / name).read_text("utf-8")) for name in ("experiments.md", "games.md", "models.md")
}
PLAIN = [
    pytest.param(snippet, id=f"{name} line {snippet.line}")
    for name, found in PAGES.items()
    for snippet in found
    if snippet.language == "python" and not snippet.note
]


def noted(note: str) -> Snippet:
    found = [snippet for snippet in SNIPPETS if snippet.note.startswith(note)]
    assert len(found) == 1, f"The README has {len(found)} snippets with the note {note!r}"
    return found[0]


def after(snippet: Snippet, language: str) -> Snippet:
    return next(other for other in SNIPPETS if other.line > snippet.line and other.language == language)


def test_every_snippet_is_of_a_kind_that_is_run() -> None:
    assert PLAIN
    for snippet in SNIPPETS:
        assert KINDS.fullmatch(snippet.note), f"line {snippet.line}: {snippet.note!r}"


@pytest.mark.parametrize("snippet", PLAIN)
def test_plain_snippets_run(snippet: Snippet, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", snippet.text]
    path = {"PYTHONPATH": str(REPO), "PATH": "/usr/bin:/bin"}
    done = warm_python.run(command, cwd=tmp_path, env=path, text=True)
    assert done.returncode == 0, done.stderr


def test_the_microexperiment_runs_and_is_not_paid_twice(tmp_path: Path) -> None:
    code = noted("experiment").text + "\nprint(len(data), data[0], data[-1])"
    with FakeService() as fake:
        fake.reply = "I would say 47."
        path = {"PYTHONPATH": str(REPO), "PATH": "/usr/bin:/bin"}
        env = {**path, "OPENAI_BASE_URL": fake.base_url, "OPENAI_API_KEY": KEY}
        for told in ("", "All 40 replications are in ego.sqlite3"):
            command = [sys.executable, "-W", "error::DeprecationWarning:otree_ego", "-c", code]
            done = warm_python.run(command, cwd=tmp_path, env=env, text=True)
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("40 {'politician': 'George W. Bush', 'time': '1st year', 'result': 47,")
            assert done.stderr.startswith(told) and done.stderr.count("\n") == bool(told)
        assert len(fake.requests) == 40
        assert fake.requests[0].body["messages"][-1]["content"].startswith("Estimate the approval of ")


@pytest.fixture(scope="module")
def model() -> Any:
    with FakeService() as fake:
        yield fake


@pytest.fixture(scope="module")
def readme_server(server_factory: Callable[..., Server], model: FakeService) -> Server:
    """One server with the README's app, its session config, and its functions inside an app."""
    talk = noted("otree app:")
    page = talk.note.partition(":")[2].strip()
    configs: dict[str, Any] = {}
    exec(after(talk, "python").text, configs)
    apps = {
        "talk": {"__init__.py": talk.text, f"{page}.html": after(talk, "html").text},
        "play": {
            "__init__.py": AROUND_FUNCTIONS.format(functions=noted("otree functions").text),
            "Play.html": "{{ block content }}{{ next_button }}{{ endblock }}",
            "End.html": "{{ block content }}<p>{{ player.answer }}</p>{{ endblock }}",
        },
    }
    play = {"name": "play", "app_sequence": ["play"], "num_demo_participants": 1}
    env = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.base_url}
    return server_factory(apps=apps, session_configs=[*configs["SESSION_CONFIGS"], play], env=env)


def test_the_readmes_chat_chats(readme_server: Server, model: FakeService) -> None:
    model.reply = "Is that so?"
    with Chat(readme_server.create_session("talk").participant().start()) as chat:
        assert chat.ask("The moon is made of cheese.")["text"] == "Is that so?"
    body = model.requests[-1].body
    assert (body["model"], body["temperature"]) == ("gpt-6-luna", 1.0)
    assert body["messages"][0]["content"].startswith("You are a sceptical juror.")


def test_the_readmes_functions_work(readme_server: Server, model: FakeService) -> None:
    model.reply = "ACCEPT"
    person = readme_server.create_session("play").participant().start()
    with person.live() as live:
        live.send("{{ api_key }}?")
        assert live.receive() == "ACCEPT"
    assert model.requests[-1].body["messages"][-1]["content"] == "{{ api_key }}?"
    person.submit()
    assert "ACCEPT" in person.html
    said = [message["content"] for message in model.requests[-1].body["messages"]]
    assert said[0] == "You are the second player of an ultimatum game."
    assert said[-1] == "Your mood is generous. You are offered 4 of 10. ACCEPT or REJECT?"


def test_every_command_in_the_readme_exists() -> None:
    verbs = set(VERBS)
    commands = re.findall(r"`[^`\n]+`|^.*bin/ego .*$|^ego .*$", README, re.MULTILINE)
    named = set(re.findall(r"\bego (\w+)", "\n".join(commands)))
    assert named <= verbs, f"the README names {named - verbs}"
    assert verbs <= named, f"the README does not name {verbs - named}"
    targets = set(re.findall(r"^([a-z-]+):", (REPO / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_every_file_that_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPO / target).exists(), target
