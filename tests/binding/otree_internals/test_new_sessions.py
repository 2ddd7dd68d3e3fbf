"""Sessions that are made in the admin while people are in others: neither disturbs the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import PostgreSQL, Server
from harness.database import attempts

APP = """\
import time
from pathlib import Path

from otree_ego import ai  # an app of ours: the binding is loaded
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL, PLAYERS_PER_GROUP, NUM_ROUNDS = "slow", None, 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    said = models.StringField(initial="")


def creating_session(subsession):
    gate = subsession.session.config["gate"]
    for player in subsession.get_players():
        player.said = "made"
    if gate:
        Path(f"{gate}.begun").touch()
        while not Path(gate).exists():
            time.sleep(0.02)
        assert Path(gate).read_text() == "good", "This session is refused."


class Say(Page):
    form_model = "player"
    form_fields = ["said"]


class End(Page):
    pass


page_sequence = [Say, End]
"""
FILES = {
    "__init__.py": APP, "Say.html": "{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}",
    "End.html": "{{ block content }}<p>Thanks.</p>{{ endblock }}",
}  # fmt: skip
CONFIG = {"name": "slow", "app_sequence": ["slow"], "num_demo_participants": 2, "gate": ""}


@pytest.fixture(scope="module")
def server(server_factory: Callable[..., Server], database: PostgreSQL | None) -> Server:
    return server_factory(apps={"slow": FILES}, session_configs=[CONFIG], database=database)


@pytest.mark.any_database
@pytest.mark.parametrize("end", ["good", "bad"])
def test_what_people_send_meanwhile_is_kept_and_nothing_of_it_undone(server: Server, end: str) -> None:
    people = [server.create_session("slow", 2).participant(place).start() for place in (0, 1)]
    gate = server.project.folder / f"gate {end}"
    with ThreadPoolExecutor() as pool:
        made = pool.submit(server.submit_session_form, "slow", 2, gate=gate.name)
        for _ in attempts():
            if gate.with_name(f"{gate.name}.begun").exists():
                break
        sent = [pool.submit(person.submit, said=f"person {place}") for place, person in enumerate(people)]
        opened = gate.with_name(f"{gate.name}.open")
        opened.write_text(end)
        opened.rename(gate)  # whoever finds it can read it
        answer = made.result()
        assert [each.result().page for each in sent] == ["End", "End"]
    assert ("session_url" in answer) is (end == "good"), answer
    rows = server.database.query("SELECT said, session_id FROM slow_player ORDER BY id")
    assert [row["said"] for row in rows if row["said"].startswith("person")][-2:] == ["person 0", "person 1"]
    assert [person.reload().page for person in people] == ["End", "End"]
