"""docs/recruiting.md: its links are followed, its settings make sessions, and its walk without a platform is gone."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.client import client
from harness.database import PATIENCE
from harness.project import REPO

from otree_ego.chat_rules.settings import check_config
from otree_ego.cli.shared.games import session_configs
from otree_ego.recruiting.completion import OUTCOMES
from otree_ego.recruiting.entry_links import KNOWN, read_entry_link

PAGE = (REPO / "docs" / "recruiting.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE))
PLATFORMS = {
    "Prolific": ("prolific", "https://app.prolific.com/submissions/complete?cc=C1ABCD23"),
    "SONA": ("sona", "survey_code=4711"),
    "CloudResearch Connect": ("connect", ""),
    "A laboratory (ORSEE, hroot)": ("", ""),
    "Another platform": ("", "https://panel.example/back?who=4711&amp;code=DONE1"),
}


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.MULTILINE | re.DOTALL)


def query(section: str) -> str:
    """The link of a section, as the platform sends it."""
    (link,) = blocks(section, "text")
    assert link.startswith("https://your-server.example/room/study?")
    return re.sub(r"\{\{%\w+%\}\}|%\w+%|…", "4711", link.strip().partition("?")[2])


def settings(section: str) -> dict[str, Any]:
    (code,) = blocks(section, "python")
    found: dict[str, Any] = {}
    exec(code, found)
    (given,) = [value for name, value in found.items() if not name.startswith("__")]
    return dict(given)


@pytest.mark.parametrize("section", PLATFORMS)
def test_links_and_settings(section: str) -> None:
    given = settings(section)
    check_config(given)
    link = read_entry_link(query(section).encode(), given.get("ego_entry_parameter", ""))
    assert link.platform == PLATFORMS[section][0]
    assert link.label in ("4711", "LAB_07")


def test_all_that_is_named_is_there() -> None:
    listed = re.findall(r"`(\w+)`", SECTIONS["What is kept"].partition("under their names (")[2].partition(")")[0])
    assert {*listed} <= {*KNOWN}
    assert {*re.findall(r"^\| `(\w+)` \|", SECTIONS["How a study ends"], re.MULTILINE)} == {*OUTCOMES}
    (row, *_) = session_configs(REPO / "apps" / "recruit")
    table = re.findall(r"^\| `(recruit_\w+)` \| `(.+?)` \|", SECTIONS["The app recruit"], re.MULTILINE)
    assert {name: ast.literal_eval(value) for name, value in table} == {
        name: value for name, value in row.items() if name.startswith("recruit_")
    }


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    found: dict[str, Any] = {}
    exec(blocks("In short", "python")[0], found)
    (study,) = found["SESSION_CONFIGS"]
    study = {**study, "app_sequence": ["recruit", "recruit_end"], "ego_model": "constant/x"}
    configs = [study]
    for section in PLATFORMS:
        usual = {name: value for name, value in study.items() if "completion" not in name}
        configs.append({**usual, "name": section.split()[-1].strip("()"), **settings(section)})
    return server_factory(
        repo_apps=["recruit", "recruit_end"], session_configs=configs, settings_extra=f"ROOMS = {found['ROOMS']!r}"
    )


def create(server: Server, config: str, participants: int) -> str:
    body = {"session_config_name": config, "num_participants": participants, "room_name": "study"}
    answer = server.http.post(f"{server.url}/api/sessions", json=body, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["code"])


def enter(server: Server, query: str) -> Any:
    """Somebody new at a browser who follows a link to the room and presses Start."""
    link = f"{server.url}/room/study?{query}"
    first = client().get(link, timeout=PATIENCE)
    assert "<form" in first.text
    return client().get(f"{first.url}&welcome_page_ok=1", timeout=PATIENCE)


def go_on(server: Server, page: Any, consent: str = "True") -> Any:
    """The last page."""
    answers = {"Consent": {"consent": consent}, "Screening": {"age": 30, "fluent": "True"}}
    answers["Check"] = {"check1": "any_time", "check2": "research"}
    while (name := page.url.split("/")[-2]) in answers:
        page = client().post(page.url, data=answers[name], timeout=PATIENCE)
    return page


@pytest.mark.parametrize("section", PLATFORMS)
def test_from_the_link_of_a_platform_to_its_last_page(server: Server, section: str) -> None:
    create(server, section.split()[-1].strip("()"), 1)
    last = go_on(server, enter(server, query(section)))
    back = PLATFORMS[section][1]
    assert "Thank you" in last.text and back in last.text and ('id="ego-return"' in last.text) == bool(back)


def test_the_walk_without_a_platform(server: Server) -> None:
    session = create(server, "study", 2)
    link = "PROLIFIC_PID=test{}&STUDY_ID=s&SESSION_ID=1"
    assert link.format(1) in SECTIONS["Try it without a platform"]
    first = go_on(server, enter(server, link.format(1)))
    assert "C1ABCD23" in first.text and first.url.split("/")[-2] == "End"
    assert enter(server, link.format(1)).url == first.url
    assert "C2EFGH45" in go_on(server, enter(server, link.format(2)), consent="False").text
    full = enter(server, link.format(3))
    assert full.status_code == 404 and "All places are taken" in full.text
    rows = server.custom_export("otree_ego", "entries", session)
    ends = [(row["participant_label"], row["outcome"]) for row in rows]
    assert ends == [("test1", "completed"), ("test2", "no_consent")]


def test_sonas_own_form_of_the_link_works(server: Server) -> None:
    create(server, "SONA", 1)
    entered = client().get(f"{server.url}/room/study/?participant_label=99&welcome_page_ok=1", timeout=PATIENCE)
    assert "survey_code=99" in go_on(server, entered).text
