"""An oTree app for tests that runs what it is sent, inside oTree's own requests."""

from __future__ import annotations

from typing import Any

from .admin import Admin, Session
from .chat import CHAT_PAGE, LIVE_PAGE
from .participant import Participant

# An app that runs what a test sends it, inside oTree's own requests.
LAB = """\
import textwrap

from otree.api import *

import otree_ego
from otree_ego import Conversation, ConstantThread, GPTThread, Prompt, ScriptedThread, Thread, ai, chat, custom_export
from otree_ego import custom_export_requests


class C(BaseConstants):
    NAME_IN_URL = "lab"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    note = models.LongStringField(initial="")


class Own(Thread):
    pass


def echo(request):
    return request.messages[-1][1].upper()


def run(code, **names):
    space = {**globals(), **names}
    exec(code, space)
    return space.get("result")


def creating_session(subsession):
    run(subsession.session.config["creating"], subsession=subsession)


class Plain(Page):
    @staticmethod
    def live_method(player, data):
        try:
            told = {"result": run(data["code"], player=player, group=player.group, session=player.session)}
        except otree_ego.EgoError as error:
            told = {"error": type(error).__name__, "text": str(error)}
        return {player.id_in_group: told}

    @staticmethod
    def before_next_page(player, timeout_happened):
        run(player.session.config["before"], player=player)


class Meet(WaitPage):
    @staticmethod
    def after_all_players_arrive(group):
        run(group.session.config["arrive"], group=group)


class Flow(Page):
    @staticmethod
    async def live_method(player, data):
        space = {**globals(), "player": player}
        exec("async def body():\\n" + textwrap.indent(data["code"], "    "), space)
        try:
            told = {"result": await space["body"]()}
        except otree_ego.EgoError as error:
            told = {"error": type(error).__name__, "text": str(error)}
        yield {player.id_in_group: told}

    @staticmethod
    def vars_for_template(player):
        return dict(shown=run(player.session.config["shown"], player=player))


class Talk(Page):
    live_method = chat


page_sequence = [Plain, Meet, Flow, Talk]
"""
LIVE = LIVE_PAGE % "page"
SHOWN = LIVE.replace("page", "shown: {{ shown }}")
LAB_FILES = {"__init__.py": LAB, "Plain.html": LIVE, "Flow.html": SHOWN, "Talk.html": CHAT_PAGE}
LAB_CONFIG = {
    "name": "lab",
    "app_sequence": ["lab"],
    "num_demo_participants": 1,
    "creating": "",
    "before": "",
    "arrive": "",
    "shown": "",
}


def at(session: Session, page: str = "Plain", index: int = 0) -> Participant:
    """A participant on a page of the app; all others are brought to the wait page where it is needed."""
    if page != "Plain":
        for person in session.participants():
            if person.start().page == "Plain":
                person.submit()
    return session.participant(index).start().until(page)


def run(person: Participant, code: str) -> Any:
    """What the code, run in the page's live method, puts into `result` (Plain) or returns (Flow)."""
    with person.live() as live:
        live.send({"code": code})
        told = live.until(lambda told: "ego" not in told)  # what a chat in the code tells comes here, too
    assert "error" not in told, told
    return told["result"]


def fails(person: Participant, code: str) -> tuple[str, str]:
    """Class and text of the error of otree_ego's that the code raises."""
    with person.live() as live:
        live.send({"code": code})
        told = live.until(lambda told: "ego" not in told)  # what a chat in the code tells comes here, too
    assert "error" in told, told
    return told["error"], told["text"]


def messages(server: Admin, session: Session) -> list[tuple[str, str, str]]:
    """Role, text and status of all messages of a session."""
    return [(row["role"], row["text"], row["status"]) for row in server.custom_export("lab", session=session.code)]
