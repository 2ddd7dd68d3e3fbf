"""The ready-made apps in a language of the project's own: each text of theirs can be in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from harness import Server
from harness.own_language import own_language
from harness.project import REPO

from otree_ego.cli.shared.games import session_configs
from otree_ego.languages.app_tables import tables_of_app

GAMES = ["dictator", "group_chat", "prisoner", "public_goods", "recruit", "trust", "ultimatum"]


def in_the_gallery(work: Callable[[], Any]) -> Any:
    before = os.getcwd()
    os.chdir(REPO / "apps")
    try:
        return work()
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server]) -> Server:
    words = {"app.group_chat": {"personas": "Ada: You are friendly."}, "otree": {"Next": "Endelea"}}
    text = in_the_gallery(lambda: own_language(words, GAMES))
    configs = [
        {**session_configs(REPO / "apps" / game)[0], "ego_model": "constant/0", "app_sequence": [game]}
        for game in GAMES
    ]
    return server_factory(repo_apps=GAMES, apps={"ego_words": {"sw.toml": text}}, session_configs=configs)


@pytest.mark.parametrize("game", GAMES)
def test_the_instructions(server: Server, game: str) -> None:
    config = next(each for each in server.project.session_configs if each["app_sequence"] == [game])
    session = server.create_session(config["name"], 2, ego_language="sw")
    person = session.participant().start()
    assert '<html lang="sw" dir="ltr">' in person.html and person.html.count("«") > 2
    english = in_the_gallery(lambda: tables_of_app(game))[f"app.{game}"]["en"]
    plain = [text for text in english.values() if len(text) > 30 and "{" not in text and "<" not in text]
    assert not [text for text in plain if text in person.html and f"«{text}»" not in person.html]


def test_every_game_has_its_tables() -> None:
    found = in_the_gallery(lambda: {section for game in GAMES for section in tables_of_app(game)})
    more = {"app.prisoner.frames", "app.public_goods.personas", "app.recruit.check"}
    assert found >= {*(f"app.{game}" for game in GAMES), *more}
