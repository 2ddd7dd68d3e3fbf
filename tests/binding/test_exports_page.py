"""oTree's *Data* page: our exports stand there once, for all apps, and open in Excel as texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from harness import PostgreSQL, Server
from harness.database import PATIENCE

APP = """
from otree.api import *

from otree_ego import ConstantThread, ai, assign
{exports}

class C(BaseConstants):
    NAME_IN_URL = "{app}"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


def creating_session(subsession):
    assign(subsession, {factor}=["=A1", "b"], name="{factor}", seed=1)
    for player in subsession.get_players():
        for owner in {owners}:
            ai(owner).set(ConstantThread("-5"))
            with ai(owner) as llm:
                llm.submit("=1+1\\nand {app}")


def custom_export_own(players):
    yield ["=code"]
    for player in players:
        yield [player.participant.code]


class End(Page):
    pass


page_sequence = [End]
"""
EXPORTS = (
    "from otree_ego import custom_export, custom_export as custom_export_messages, custom_export_decisions\n"
    "from otree_ego import custom_export_assignments\n"
)
END = "{{ block content }}end{{ endblock }}"
OURS = ("messages", "decisions", "requests", "assignments", "entries", "events", "pages")


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], database: PostgreSQL | None) -> Server:
    one = APP.format(app="one", factor="frame", owners="(player, player.participant)", exports=EXPORTS)
    two = APP.format(app="two", factor="stake", owners="(player,)", exports="")
    apps = {name: {"__init__.py": source, "End.html": END} for name, source in (("one", one), ("two", two))}
    config = {"name": "both", "app_sequence": ["one", "two"], "num_demo_participants": 2}
    return server_factory(apps=apps, session_configs=[config], database=database)


@pytest.fixture(scope="module")
def session(server: Server) -> Any:
    server.create_session("both", 2)
    return server.create_session("both", 2)


def downloaded(server: Server, app: str, name: str, excel: bool) -> tuple[str, str]:
    """A file as the page's link gives it: its name and its text."""
    asked = {"link_id": "x", "app_name": app, "is_custom": True, "function_name": name, "for_excel": excel}
    told = server._exchange("/export", asked)
    return told["file_name"], told["data"]


def test_each_stands_there_once(server: Server, session: Any) -> None:
    page = server.get("/ExportIndex").text
    for name in OURS:
        assert page.count(f">{name.capitalize()}<") == 1
        assert f"?app=otree_ego&amp;function_name={name}<" in page.replace("&function", "&amp;function")
    assert "(custom_export)" not in page and "(custom_export_messages)" not in page
    assert page.count(">one (custom_export_own)<") == page.count(">two (custom_export_own)<") == 1


@pytest.mark.any_database
def test_messages_of_all_apps(server: Server, session: Any) -> None:
    rows = server.custom_export("otree_ego", "messages", session.code)
    assert len(rows) == 2 * 3 * 2 == len({row["message_id"] for row in rows})
    assert {(row["app"], row["attached_to"]) for row in rows} == {
        ("one", "player"), ("", "participant"), ("two", "player"),
    }  # fmt: skip
    assert {row["text"] for row in rows if row["role"] == "user"} == {"=1+1\nand one", "=1+1\nand two"}
    assert [row for row in rows if row["app"] != "two"] == server.custom_export("one", session=session.code)
    assert len(server.custom_export("otree_ego", "messages")) == 2 * len(rows)
    assert server.custom_export("one", "custom_export_messages") == server.custom_export("one")


@pytest.mark.any_database
def test_assignments_and_decisions_of_all_apps(server: Server, session: Any) -> None:
    rows = server.custom_export("otree_ego", "assignments", session.code)
    assert sorted((row["assignment"], row["frame"], row["stake"]) for row in rows) == [
        ("frame", "=A1", ""), ("frame", "b", ""), ("stake", "", "=A1"), ("stake", "", "b"),
    ]  # fmt: skip
    name, text = downloaded(server, "otree_ego", "decisions", False)
    assert name.startswith("otree_ego_decisions_") and text.startswith("session,participant,")


@pytest.mark.any_database
@pytest.mark.parametrize("app", ["otree_ego", "one"])
def test_excel_gets_texts(server: Server, session: Any, app: str) -> None:
    which = {"otree_ego": "messages", "one": "custom_export"}[app]
    _, plain = downloaded(server, app, which, False)
    name, marked = downloaded(server, app, which, True)
    assert name.startswith(f"{app}_{which}_")
    assert marked.startswith("\ufeff") and not plain.startswith("\ufeff")
    before, after = (list(csv.DictReader(io.StringIO(text, newline=""))) for text in (plain, marked.lstrip("\ufeff")))
    assert {row["text"] for row in after if row["app"] == "one"} == {"'=1+1\nand one", "-5"}
    assert [{**row, "text": row["text"].removeprefix("'")} for row in after] == before
    asked = dict(app=app, function_name=which, format="csv_bom")
    assert server.get("/api/export_app_custom", **asked).content.decode("utf-8") == marked


@pytest.mark.any_database
def test_own_exports_are_left_alone(server: Server, session: Any) -> None:
    _, text = downloaded(server, "two", "custom_export_own", True)
    assert text.startswith("\ufeff=code\r\n")


@pytest.mark.any_database
def test_ais_are_told_apart_in_each_export(server: Server) -> None:
    """By the mark in `participant.vars`, or by the label."""
    session = server.create_session("both", 4, ego_ai_labels="robot-*, ego[0-9]*")
    marks = {"vars": {"ego_ai": "takeover", "ego_ai_model": "gpt-6-luna"}}
    path = f"{server.url}/api/participant_vars/{session.codes[0]}"
    server.http.post(path, json=marks, timeout=PATIENCE).raise_for_status()
    for code, label in zip(session.codes, ["Ada", "ego12", "robot-x", "egon"], strict=True):
        link = f"{server.url}/InitializeParticipant/{code}"
        server.http.get(link, params={"participant_label": label}, timeout=PATIENCE).raise_for_status()
    told = dict(zip(session.codes, ["takeover", "player", "player", ""], strict=True))
    for name in OURS:
        rows = server.custom_export("otree_ego", name, session.code)
        assert {row["participant"]: row["participant_ai"] for row in rows} == (told if rows else {}), name
        assert rows or name in ("decisions", "events", "requests", "pages")
