"""What the tests of seats share: a service, and one server that has every app of this repository and the test apps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import harness
import pytest
from harness import PostgreSQL, Server
from harness.chat import KEY
from harness.seats import MODEL, chatty
from harness.walks import APPS, configs

from otree_ego.testing import FakeService

OWN = Path(harness.__file__).with_name("player_apps")
SEATS: dict[str, Any] = {
    "ego_ai_seats": "", "ego_seat_choice": "last", "ego_seat_model": MODEL, "ego_seat_gives_up": "advance",
    "ego_seat_label": "", "ego_seat_persona": "", "ego_seat_pace": "", "ego_check_tries": 1,
}  # fmt: skip
HEAD = """\
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "{name}"
    PLAYERS_PER_GROUP = {size}
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    town = models.StringField(label="Where do you come from?")


"""
ARRIVE = (
    HEAD
    + """\
class Arrive(WaitPage):
    group_by_arrival_time = True


class Play(Page):
    pass


{more}
page_sequence = [Arrive, Play]
"""
)
ASK = (
    HEAD
    + """\
class Town(Page):
    form_model = "player"
    form_fields = ["town"]


page_sequence = [Town]
"""
)
THREE = (
    HEAD.replace(
        "    town =",
        """\
    first = models.StringField(label="What is your first word?")
    second = models.StringField(label="What is your second word?")
    third = models.StringField(label="What is your third word?")
    town =""",
    )
    + """\
class First(Page):
    form_model = "player"
    form_fields = ["first"]


class Second(Page):
    form_model = "player"
    form_fields = ["second"]


class Third(Page):
    form_model = "player"
    form_fields = ["third"]


class Meet(WaitPage):
    pass


class Play(Page):
    pass


page_sequence = [First, Second, Third, Meet, Play]
"""
)
TOWN = "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"
FIRST_TWO = """\
def group_by_arrival_time_method(subsession, waiting_players):
    if len(waiting_players) >= 2:
        return waiting_players[:2]
"""
PLAY = "{{ block content }}<p>Here you are.</p>{{ next_button }}{{ endblock }}"
ARRIVALS = {"twos": (2, ""), "threes": (3, ""), "own_twos": (2, FIRST_TWO)}
"""Apps, after one with a question, whose first page makes groups by arrival: a group's size, and rules of their own."""


@pytest.fixture(autouse=True)
def _answers(request: pytest.FixtureRequest, _healthy: None) -> Iterator[None]:
    if "model" in request.fixturenames:
        request.getfixturevalue("model").reply = chatty
    yield
    if "server" in request.fixturenames and not (server := request.getfixturevalue("server")).running:
        server.start()


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], database: PostgreSQL | None, model: FakeService) -> Server:
    """The server, on both databases."""
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    mine: dict[str, Any] = {each.name: each for each in OWN.iterdir() if (each / "__init__.py").is_file()}
    rows = configs(**SEATS)
    common = {"num_demo_participants": 2, "ego_model": MODEL, "ego_retries": 0, **SEATS}
    rows += [{"name": name, "app_sequence": [name], **common} for name in mine]
    rows.append({"name": "recruit", "app_sequence": ["recruit", "recruit_end"], **common})
    for name, (size, more) in ARRIVALS.items():
        mine[name] = {"__init__.py": ARRIVE.format(name=name, size=size, more=more), "Play.html": PLAY}
        rows.append({"name": name, "app_sequence": ["town", name], **common})
    pages = {**dict.fromkeys(("First.html", "Second.html", "Third.html"), TOWN), "Play.html": PLAY}
    mine["three"] = {"__init__.py": THREE.format(name="three", size=2), **pages}
    rows.append({"name": "three", "app_sequence": ["three"], **common})
    mine["town"] = {"__init__.py": ASK.format(name="town", size=None), "Town.html": TOWN}
    rows.append({"name": "seated", "app_sequence": ["fields"], **common, "ego_ai_seats": "1 of 2"})
    rooms = 'ROOMS = [dict(name="lab", display_name="Lab")]'
    return server_factory(
        repo_apps=[*APPS, "recruit", "recruit_end"],
        apps=mine,
        session_configs=rows,
        env=env,
        settings_extra=rooms,
        database=database,
    )
