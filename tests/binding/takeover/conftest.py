"""A server with a game of two, and people who leave it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness import Participant, PostgreSQL, Server
from harness.admin import Session
from harness.chat import KEY, TALK_FILES
from harness.database import attempts
from harness.sockets import Socket

from otree_ego.cli.startapp import copy_game
from otree_ego.paths import gallery
from otree_ego.players.otree_html import chat_variables
from otree_ego.testing import FakeService, fitting

GAME = """\
from otree.api import *

import otree_ego.binding


class C(BaseConstants):
    NAME_IN_URL = "{name}"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.StringField(label="Where do you come from?")
    offer = models.IntegerField(min=0, max=10, label="How much do you give?")


class Ask(Page):
    form_model = "player"
    form_fields = ["answer"]

    @staticmethod
    def get_timeout_seconds(player):
        return player.session.config.get("seconds") or None

    @staticmethod
    def vars_for_template(player):
        if player.session.config.get("drops"):
            player.participant.status = "dropout"

    @staticmethod
    def before_next_page(player, timeout_happened):
        if player.answer.startswith("leave"):
            player.participant.status = "dropout"


class Arrive(WaitPage):
    group_by_arrival_time = True


class Offer(Page):
    form_model = "player"
    form_fields = ["offer"]


class Meet(WaitPage):
    pass


class Again(Page):
    pass


page_sequence = [{pages}]
"""
DIARY = """\
from otree.api import *

from otree_ego import ai, played_by


class C(BaseConstants):
    NAME_IN_URL = "diary"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 5


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.StringField(label="What did you do today?")


class Ask(Page):
    form_model = "player"
    form_fields = ["answer"]

    @staticmethod
    def before_next_page(player, timeout_happened):
        with ai(player, "log").from_config() as log:
            log.user(player.answer)
        if player.answer == "leave":
            player.participant.status = "dropout"


def custom_export_days(players):
    yield ["round", "ai", "in all"]
    for player in players:
        yield [player.round_number, played_by(player), played_by(player.participant)]


page_sequence = [Ask]
"""
FORM = "{{ block title }}%s{{ endblock }}{{ block content }}{{ formfields }}{{ next_button }}{{ endblock }}"
HALLS = (
    "{{ block content }}{{ formfields }}{{ chat }}{{ chat channel='hall' nickname='Buyer' }}{{ next_button }}"
    "{{ endblock }}"
)
AGAIN = "{{ block content }}<p>Here you are.</p>{{ next_button }}{{ endblock }}"
CONFIG: dict[str, Any] = {
    "num_demo_participants": 2, "ego_model": "gpt-6-luna", "ego_retries": 0, "ego_language": "en", "ego_disclose": "",
    "drops": False, "seconds": 0, "ego_takeover_after": "", "ego_takeover_return": "back", "ego_takeover_not": "",
    "ego_fill_after": "", "ego_fill_how": "ai", "ego_completion_code_left": "", "ego_completion_code_no_group": "",
    "participation_fee": 5,
}  # fmt: skip
AWAY = 3600
"""Seconds of silence that no test waits for: who leaves in it says so by the status."""


def game(name: str, pages: str) -> dict[str, str]:
    return {
        "__init__.py": GAME.format(name=name, pages=pages), "Ask.html": FORM % "About you",
        "Offer.html": FORM % "Your gift", "Again.html": AGAIN,
    }  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Iterator[FakeService]:
    """The service that plays on."""
    with FakeService() as fake:
        yield fake


@pytest.fixture(autouse=True)
def _answers(model: FakeService, server: Server) -> Iterator[None]:
    model.heal()
    model.release()
    model.clear()
    model.reply = fitting
    yield
    model.release()
    if not server.running:
        server.start()


@pytest.fixture(scope="module")
def server(
    server_factory: Callable[..., Server], model: FakeService, database: PostgreSQL | None, tmp_path_factory: Any
) -> Server:
    """The server, on both databases."""
    env = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": KEY}
    apps: dict[str, Any] = {
        "pair": game("pair", "Ask, Offer, Meet, Again"),
        "arrive": game("arrive", "Ask, Arrive, Offer, Meet, Again"),
    }
    configs = [{"name": name, "app_sequence": [name], **CONFIG} for name in apps]
    copy = tmp_path_factory.mktemp("copies") / "entry"
    copy_game(gallery()["recruit"], copy)  # as `ego startapp recruit --as entry` does
    apps["entry"] = copy
    configs.append({"name": "entry", "app_sequence": ["entry", "pair"], **CONFIG})
    configs.append({"name": "asked_later", "app_sequence": ["pair", "entry"], **CONFIG})
    apps["talk"] = TALK_FILES
    apps["diary"] = {"__init__.py": DIARY, "Ask.html": FORM % "Your day"}
    configs.append({"name": "diary", "app_sequence": ["diary"], **CONFIG})
    apps["halls"] = {**game("halls", "Ask, Offer, Meet, Again"), "Ask.html": HALLS}
    configs.append({"name": "halls", "app_sequence": ["halls"], **CONFIG})
    configs.append({"name": "talked", "app_sequence": ["talk", "pair"], **CONFIG})
    rooms = 'ROOMS = [dict(name="lab", display_name="Lab")]'
    return server_factory(
        apps=apps, session_configs=configs, env=env, database=database, page_timeouts=True, settings_extra=rooms
    )


# --- people ---------------------------------------------------------------------------------------------------------


def seen(server: Server, session: Session) -> list[tuple[str, str, str]]:
    """What is written of people: the participant, the page, and what came of it."""
    found = server.database.query(
        "SELECT v.* FROM otree_ego_human_visit v JOIN otree_session s ON s.id = v.session_id "
        f"WHERE s.code = '{session.code}' ORDER BY v.id"
    )
    return [(row["participant"], row["page"], row["outcome"]) for row in found]


def leaves(session: Session, place: int = 0, answer: str = "leave for Mainz") -> Participant:
    """Somebody who has sent the first page, and of whom the app then says that they have gone."""
    return session.participant(place).start().submit(answer=answer)


def wait_for(condition: Callable[[], Any]) -> Any:
    """What a condition gives, as soon as it gives something."""
    for _ in attempts(pause=0.05):
        if found := condition():
            return found
    raise TimeoutError("It has not happened.")


def events(server: Server, session: Session) -> list[dict[str, Any]]:
    """What happened, oldest first."""
    found = server.database.query(
        "SELECT e.* FROM otree_ego_event e JOIN otree_session s ON s.id = e.session_id "
        f"WHERE s.code = '{session.code}' ORDER BY e.id"
    )
    return [{**row, "about": json.loads(row["about"])} for row in found]


def kinds(server: Server, session: Session) -> list[str]:
    return [row["kind"] for row in events(server, session)]


def player(session: Session, place: int = 0, app: str = "pair") -> dict[str, Any]:
    """A participant's row of an app."""
    query = (
        f"SELECT a.*, p.visited FROM {app}_player a JOIN otree_participant p ON p.id = a.participant_id "
        f"WHERE p.code = '{session.codes[place]}'"
    )
    assert isinstance(session.server, Server)
    (row,) = session.server.database.query(query)
    return row


def offer(session: Session, place: int = 0, app: str = "pair") -> str:
    """What a participant, or who plays for them, has given; empty before that."""
    given = player(session, place, app)["offer"]
    return "" if given is None else str(given)


def link(page: str) -> str:
    """The address of a notice's button."""
    found = re.search(r'id="ego-return" href="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def follow(person: Participant) -> Participant:
    """Press the button of a notice."""
    person.url = person.server.url + link(person.html)
    return person.reload()


def tab(person: Participant, **more: Any) -> Socket:
    """An open tab on a page of the person's."""
    index = person.url.rsplit("/", 1)[1]
    address = f"/auto_advance?participant_code={person.code}&page_index={index}"
    return Socket(person.server.socket_url + address, person.http.cookies.get_dict())


class OtreeChat(Socket):
    """A chat of oTree's own on a page: `nickname` is signed."""

    nickname: str


def otree_chat(person: Participant, number: int) -> OtreeChat:
    """One of the chats on the page where somebody is, from 0."""
    told = json.loads(chat_variables(person.html)[number])
    found = OtreeChat(person.server.socket_url + told["socket_path"], person.http.cookies.get_dict())
    found.nickname = told["nickname_signed"]
    return found
