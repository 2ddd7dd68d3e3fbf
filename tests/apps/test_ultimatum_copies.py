"""A game and its copy (`ego startapp NAME --as other`) in one session: own settings, own memory, own assignments."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import Server, Session, warm_python
from harness.bots import otree_test
from harness.chat import KEY
from harness.database import attempts
from harness.project import REPO, Project

from otree_ego.cli.startapp import copy_game
from otree_ego.testing import FakeService, fitting

# What each game and its copy are set to: in both of two rounds of both the model decides.
GAMES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ultimatum": (dict(role="responder", endowment=60), dict(role="proposer", method="strategy", frame="give,take")),
    "dictator": (dict(role="recipient", endowment=60), dict(role="recipient", frame="give,take")),
    "trust": (dict(role="trustee", endowment=60), dict(role="trustor", method="strategy")),
}
FIRST = [name if name == "ultimatum" else pytest.param(name, marks=pytest.mark.full) for name in GAMES]
CHECKS: dict[str, dict[str, Any]] = {
    "ultimatum": dict(check2="nobody", check3="seen"),
    "other_ultimatum": dict(check2="nobody", check3="rejected"),
    "dictator": dict(check2="nothing", check3="program"),
    "other_dictator": dict(check2="nothing", check3="program"),
    "trust": dict(check1=90, check2=75, check3=45),
    "other_trust": dict(check1=15, check2=12, check3=8),
}


def config(name: str) -> dict[str, Any]:
    """A session config with both; each has its settings under its own name."""
    both = zip(twins(name), GAMES[name], strict=True)
    own = {f"{app}_{key}": value for app, fields in both for key, value in {**fields, "rounds": 2}.items()}
    usual = dict(name=name, app_sequence=twins(name), num_demo_participants=2, ego_model="gpt-6-luna", ego_retries=0)
    return usual | own


def twins(name: str) -> list[str]:
    return [name, f"other_{name}"]


def apps(folder: Path, *names: str) -> dict[str, Path]:
    """The games and their copies, as folders."""
    made = {}
    for name in names:
        made |= {name: REPO / "apps" / name, f"other_{name}": folder / f"other_{name}"}
        copy_game(made[name], made[f"other_{name}"])
    return made


@pytest.fixture(scope="module")
def lab(server_factory: Callable[..., Server], model: FakeService, tmp_path_factory: pytest.TempPathFactory) -> Server:
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    both = apps(tmp_path_factory.mktemp("copies"), *GAMES)
    return server_factory(apps=both, session_configs=list(map(config, GAMES)), env=env)


@pytest.mark.full
@pytest.mark.parametrize("name", FIRST)
def test_bots_play_a_game_and_its_copy_in_one_session(name: str, tmp_path: Path, service: FakeService) -> None:
    service.reply = fitting
    made = Project(tmp_path / "project", apps=apps(tmp_path, name), session_configs=[config(name)], played_rounds=True)
    done = otree_test(made, OPENAI_BASE_URL=service.base_url, OPENAI_API_KEY=KEY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("Bots completed session") == 3, done.stderr


def play(session: Session, place: int, frame: str) -> None:
    """All of the session, as somebody who keeps to what all settings allow; `frame` is that of the copy."""
    person = session.participant(place).start()
    for _ in attempts():
        app = person.url.split("/")[5]
        if person.page == "End" and app.startswith("other"):
            return
        if person.waiting:
            person.reload()
        elif person.page == "Check":
            first = "rest" if frame == "take" and app.startswith("other") else "some"
            person.submit(**{"check1": first, **CHECKS[app]})
        else:
            person.submit(proposal=30, accepted=True, sent=4, returned=0)
    raise AssertionError(f"It does not end: {person.url}")


@pytest.mark.parametrize("name", FIRST)
def test_neither_knows_what_was_played_in_the_other(name: str, lab: Server, model: FakeService) -> None:
    model.reply = fitting
    first, other = twins(name)
    session = lab.create_session(name, 2)
    frames = {row["participant.code"]: row.get("group.frame", "") for row in lab.app_export(other, session.code)[:2]}
    for place, code in enumerate(session.codes):
        play(session, place, frames[code])
    assert len(model.requests) == 8  # two people, two apps, two rounds
    for one in model.requests:
        texts = [(message["role"], message["content"]) for message in one.body["messages"]]
        assert [role for role, _ in texts].count("system") == 1
        assert [role for role, _ in texts].count("assistant") < 2
        assert len({"60" in text for role, text in texts if role == "system"} | {"60 " in str(texts)}) == 1
    messages = lab.custom_export(name, session=session.code)
    for code in session.codes:
        replies = [row["thread_name"] for row in messages if row["participant"] == code and row["role"] == "assistant"]
        assert replies == [first, first, other, other]
    given = lab.custom_export(name, "custom_export_assignments", session=session.code)
    assert sorted((row["assignment"], row["assignment_place"]) for row in given) == [
        (app, place) for app in sorted((first, other)) for place in ("1", "2")
    ]


@pytest.mark.parametrize("name", GAMES)
def test_a_decision_has_the_time_that_the_session_config_gives_it(name: str, lab: Server) -> None:
    pages = f"[page for page in {name}.page_sequence if hasattr(page, 'ask_ai')]"
    code = f"import otree.main; otree.main.setup(); import {name}; print(*(page.deadline for page in {pages}))"
    done = warm_python.run([sys.executable, "-c", code], cwd=lab.project.folder, env=lab.env, text=True, check=True)
    assert set(done.stdout.split()) == {"None"}, done.stdout  # ego_deadline holds, and no other limit
