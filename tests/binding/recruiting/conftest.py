"""A study of two short apps at a server, with rooms with and without a list of labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import PostgreSQL, Server

STUDY = """\
from otree.api import *

from otree_ego import ai, end_study, outcome_of


class C(BaseConstants):
    NAME_IN_URL = "{name}"
    PLAYERS_PER_GROUP = {size}
    NUM_ROUNDS = {rounds}


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.StringField(initial="", blank=True)


class Ask(Page):
    form_model = "player"
    form_fields = ["answer"]

    @staticmethod
    def vars_for_template(player):
        return dict(known=str(dict(player.participant.vars)))

    @staticmethod
    def before_next_page(player, timeout_happened):
        if player.answer.startswith("end "):
            end_study(player, player.answer[4:])
        if player.answer == "forget":
            ai(player.participant).forget()
        if player.answer.startswith("outcome "):
            player.participant.vars["ego_outcome"] = player.answer[8:]
        if player.answer.startswith("set "):
            player.participant.vars["STUDY_ID"] = player.answer[4:]


class Meet(WaitPage):
    pass


class Again(Page):
    stays = {stays}

    @staticmethod
    def vars_for_template(player):
        return dict(outcome=outcome_of(player))


page_sequence = [{pages}]
"""
ASK = "{{ block content }}<p>{{ known|escape }}</p>{{ formfields }}{{ next_button }}{{ endblock }}"
AGAIN = "{{ block content }}<p>outcome: [{{ outcome }}]</p>{{ next_button }}{{ endblock }}"
CONFIG: dict[str, Any] = {
    "name": "study",
    "app_sequence": ["one", "two"],
    "num_demo_participants": 2,
    "ego_language": "en",
    "ego_entry_parameter": "",
    "ego_completion_platform": "",
}
CODES = {
    "completed": "CODEDONE1",
    "no_consent": "CODENO2",
    "screened_out": "CODEOUT3",
    "failed_check": "CODEFAIL4",
    "full": "CODEFULL5",
}
CONFIG |= {f"ego_completion_code_{outcome}": "" for outcome in CODES}
CONFIG |= {f"ego_completion_link_{outcome}": "" for outcome in CODES}
ROOMS = """
ROOMS = [
    dict(name="open", display_name="Open"),
    dict(name="later", display_name="Later"),
    dict(name="listed", display_name="Listed", participant_label_file="labels.txt"),
    dict(name="secure", display_name="Secure", participant_label_file="labels.txt", use_secure_urls=True),
]
"""


@pytest.fixture(scope="module")
def study(server_factory: Callable[..., Server], database: PostgreSQL | None, tmp_path_factory: Any) -> Server:
    labels = tmp_path_factory.mktemp("labels") / "labels.txt"
    labels.write_text("\n".join(["Ann", "Bob", "5b96601d3400a939db45dac9"]))

    def app(name: str, size: int | None, rounds: int, pages: str) -> dict[str, str]:
        source = STUDY.format(name=name, size=size, rounds=rounds, pages=pages, stays=name == "three")
        return {"__init__.py": source, "Ask.html": ASK, "Again.html": AGAIN}

    apps = {
        "one": app("one", None, 1, "Ask, Again"),
        "two": app("two", None, 2, "Ask, Again"),
        "three": app("three", 2, 1, "Ask, Meet, Again"),
    }
    pairs = {**CONFIG, "name": "pairs", "app_sequence": ["three"]}
    return server_factory(
        apps=apps, session_configs=[CONFIG, pairs], database=database,
        settings_extra=ROOMS.replace("labels.txt", str(labels)),
    )  # fmt: skip
