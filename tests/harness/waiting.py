"""Apps with pages that wait for a model, and a participant who waits on them as a browser does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from types import TracebackType

import pytest
from typing_extensions import Self

from .admin import Admin
from .database import PATIENCE
from .participant import Participant
from .sockets import Socket

HEAD = """\
from otree.api import *

from otree_ego import AIWaitPage, ai, custom_export, custom_export_decisions


class C(BaseConstants):
    NAME_IN_URL = "{name}"
    PLAYERS_PER_GROUP = {size}
    NUM_ROUNDS = {rounds}


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    offer = models.CurrencyField()
    note = models.LongStringField()
    answer = models.IntegerField()


class Player(BasePlayer):
    answer = models.IntegerField()
    note = models.LongStringField()
    agreed = models.BooleanField()


"""
ASK = """\
class Before(Page):
    {before}


class Partner(AIWaitPage):
    form_model = "{model}"
    {options}

    @staticmethod
    async def ask_ai(who):
        async with ai(who) as llm:
            said = await llm.submit("Which number? " + who.{field})
            return dict(answer=int(said))


class After(Page):
    @staticmethod
    def vars_for_template(player):
        return dict(answer=player.{owner}field_maybe_none("answer"))


page_sequence = [Before, Partner, After]
"""
BEFORE_PAGE = "{{ block content }}{{ next_button }}{{ endblock }}"
AFTER_PAGE = "{{ block content }}<p>Answer: {{ answer }}.</p>{{ next_button }}{{ endblock }}"
ADDRESS = re.compile(r'makeReconnectingWebSocket\("([^"]+)"\)')


def waits(
    name: str, *, model: str = "player", size: int | None = None, options: str = "", before: str = "pass"
) -> dict[str, str]:
    """The files of an app: a page, a page that waits for a number of the model's, a page that shows it."""
    head = HEAD.format(name=name, size=size, rounds=1)
    field, owner = ("subsession.session.code", "") if model == "player" else ("session.code", "group.")
    body = ASK.format(model=model, options=options or "pass", before=before, field=field, owner=owner)
    return {"__init__.py": head + body, "Before.html": BEFORE_PAGE, "After.html": AFTER_PAGE}


def decisions(server: Admin, app: str, session: str) -> list[dict[str, str]]:
    """The export of a session's decisions."""
    return server.custom_export(app, "custom_export_decisions", session=session)


def number_42(request: pytest.FixtureRequest) -> Iterator[None]:
    """For a fixture: the module's model says 42, and a server that a test has left stopped runs again after it.

    Only for tests that use the two: others must not be run once for each database.
    """
    model = request.getfixturevalue("model") if "model" in request.fixturenames else None
    if model is not None:
        model.reply = "42"
    yield
    if model is not None:
        model.release()
    if "server" in request.fixturenames and not (server := request.getfixturevalue("server")).running:
        server.start()


class Tab:
    """A browser's tab on a waiting page: it is told when to load the page anew."""

    def __init__(self, person: Participant) -> None:
        found = ADDRESS.search(person.html)
        assert found, f"{person.page} is no waiting page."
        self.person = person
        self.socket = Socket(person.server.socket_url + html.unescape(found[1]), person.http.cookies.get_dict())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.socket.close()

    def told(self, timeout: float = PATIENCE) -> Participant:
        """Wait to be told, and load the page."""
        self.socket.until(lambda message: message.get("status") == "ready", timeout)
        return self.person.reload()
