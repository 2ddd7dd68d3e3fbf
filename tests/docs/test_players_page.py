"""docs/players.md: its options are the verb's, its hooks work, and what it says of a player is so."""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from harness import Server
from harness.bots import otree_test
from harness.chat import KEY
from harness.project import REPO, Project

from otree_ego import ScriptedThread
from otree_ego.cli import main, play, show, test as ego_test
from otree_ego.cli.shared.playing import hooks_of
from otree_ego.experiment.player_runs import VISIT_COLUMNS
from otree_ego.players.ai_marks import KINDS
from otree_ego.players.live_view import LiveView
from otree_ego.players.player_limits import Limits
from otree_ego.players.player_personas import personas_for
from otree_ego.players.served_page import Served, read_page
from otree_ego.stores import RunStore
from otree_ego.testing import FakeService, fitting

TEXT = (REPO / "docs" / "players.md").read_text("utf-8")


def snippet(begins: str, language: str = "python") -> str:
    """The page's code that begins so."""
    found = [each for each in re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL) if each.startswith(begins)]
    assert len(found) == 1, begins
    return str(found[0])


def hooks(tmp_path: Path) -> dict[str, Any]:
    """The functions of the page's hook file."""
    file = tmp_path / "hooks.py"
    file.write_text(snippet("# hooks.py"))
    return hooks_of(str(file))


def options_of(verb: Any) -> set[str]:
    """What a verb takes."""
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings}


def test_every_option_is_there_and_described() -> None:
    known = options_of(play) | options_of(ego_test) | options_of(show)
    named = set(re.findall(r"(?<![\w-])--?[a-z]+\b", "\n".join(re.findall(r"`(ego play[^`]*|-[^`]*)`", TEXT))))
    assert named <= known and {"--wait", "--export"} <= named
    (command,) = re.findall(r"^ego test .*", TEXT, re.MULTILINE)
    assert set(re.findall(r"(?<![\w-])--?[a-z]+\b", command)) <= options_of(ego_test)
    assert {"--config", "--labels", "--personas", "--hooks", "--reasons", "--ask", "--mine", "--seed"} <= named


def test_the_hooks_work(tmp_path: Path) -> None:
    found = hooks(tmp_path)
    page = read_page(Served("http://localhost/p/x/auction/Bid/2", "<form id=form><p>Bid.<button>Next</button></form>"))
    sent: list[Any] = []

    class Socket:
        async def send(self, value: Any) -> None:
            sent.append(value)

    async def messages() -> Any:
        yield {"bid": 5}
        yield {"winner": 1}

    view = LiveView(page, "ego1", ScriptedThread(["12"]), Socket())  # type: ignore[arg-type]
    assert asyncio.run(found["ai_live"](view, messages())) == {}
    assert sent == [{"bid": 12}]
    consent = read_page(Served("http://localhost/p/x/auction/Consent/1", "<form id=form></form>"))
    assert found["ai_page"](consent) == {"consent": "True"} and found["ai_page"](page) is None


def test_how_often_it_is_corrected() -> None:
    assert Limits().corrections == 5 and "at most five times a page" in TEXT


# --- who they are ---------------------------------------------------------------------------------------------------


def test_the_personas_of_the_page(tmp_path: Path) -> None:
    table, functions = tmp_path / "people.csv", tmp_path / "people.py"
    table.write_text(snippet("persona,age,weight", "text"), "utf-8")
    functions.write_text(snippet("# people.py"), "utf-8")
    found = personas_for(str(table), ["ego1", "ego2", "ego3"], "lab")
    assert sorted(each.facts["age"] for each in found) == ["22", "22", "41"]
    (one,) = personas_for(f"{functions}:persona", ["ego1"], "lab")
    assert (one.text, one.facts) == ("You are 25 years old.", {"age": 25})


# --- the pilot, with the commands of the page -----------------------------------------------------------------------

TRIAL = """
from otree.api import *
{export}

class C(BaseConstants):
    NAME_IN_URL = "bargain"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    consent = models.BooleanField()
    offer = models.IntegerField(min=0, max=9, label="Your offer")


class Consent(Page):
    form_model = "player"
    form_fields = ["consent"]


class Offer(Page):
    form_model = "player"
    form_fields = ["offer"]


class Results(Page):
    pass


page_sequence = [Consent, Offer, Results]
"""
FORM = "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"


def trial() -> dict[str, str]:
    """An app with the page's own export."""
    source = TRIAL.replace("{export}", snippet("from otree_ego import played_by"))
    return {"__init__.py": source, **{f"{name}.html": FORM for name in ("Consent", "Offer", "Results")}}


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    with FakeService() as fake:
        fake.reply = fitting
        yield fake


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    return server_factory(apps={"trial": trial()})


def run_commands(text: str, known: dict[str, str]) -> None:
    """Do what the lines of a terminal say."""
    for line in text.splitlines():
        for word, meaning in known.items():
            line = line.replace(word, meaning)
        words, _, file = line.partition(" > ")
        with open(file or "out.txt", "w", encoding="utf-8") as out, redirect_stdout(out):
            assert main(shlex.split(words)[1:]) == 0, line


def test_the_pilot(server: Server, model: FakeService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    session = server.create_session("trial", 5)
    link = server.http.get(f"{server.url}/api/sessions", timeout=60).json()[-1]["session_wide_url"]
    section = TEXT.split("## A pilot in ten minutes")[1].split("\n## ")[0]
    begin, read, compare = re.findall(r"```bash\n(.*?)```", section, re.DOTALL)
    run_commands(begin, {"http://localhost:8000/join/CODE": link})
    person = session.participant(4).start().submit(consent=True).submit(offer=7)
    assert person.page == "Results"
    store = RunStore("ego.sqlite3")
    (run,) = store.runs()
    store.close()
    run_commands(read, {"ID": run.uid})
    visits = list(csv.DictReader(Path("visits.csv").read_text("utf-8").splitlines()))
    assert len(visits) == 4 * 4 and {row["question"] for row in visits} == {"", "What was unclear to you?"}
    Path("all_apps_wide.csv").write_bytes(server.get("/api/export_wide").content)
    run_commands(compare, {"ID": run.uid})
    (report,) = Path().glob("report-play-*.html")
    assert "people (n = 1): mean 7" in report.read_text("utf-8")
    rows = server.custom_export("trial", session=session.code)
    assert [row["ai"] for row in rows] == ["player"] * 4 + [""] and rows[4]["offer"] == "7"
    (otree,) = re.findall(r"`(ego report CODE --otree)`", TEXT)
    monkeypatch.chdir(server.project.folder)
    run_commands(otree, {"CODE": session.code})
    (report,) = Path().glob("report-trial-*.html")
    assert "people (n = 1): mean 7" in report.read_text("utf-8") and "AI (n = 4): mean 0" in report.read_text("utf-8")


def test_the_bots_of_the_page(model: FakeService, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", {"short": trial(), "long": trial()})
    project.write("short/__init__.py", trial()["__init__.py"].replace("bargain", "short"))
    project.write("short/tests.py", snippet("from otree_ego.bots import PlayerBot"))
    project.write("long/tests.py", snippet("from otree.api import expect"))
    done = otree_test(project, OPENAI_BASE_URL=model.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


# --- what to write in a paper ---------------------------------------------------------------------------------------


def test_what_a_paper_needs_is_in_the_data() -> None:
    section = TEXT.split("## What to write in a paper")[1]
    named = {word for line in section.splitlines() if "visits" in line for word in re.findall(r"`(\w+)`", line)}
    assert named <= set(VISIT_COLUMNS) and len(named) >= 15
    assert str(Limits().corrections) == "5" and "at most five times a page" in section


def test_the_marks_are_those_that_are_set() -> None:
    section = TEXT.split("## AIs in the data")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(KINDS)
