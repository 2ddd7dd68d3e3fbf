"""Ready-made apps from their first page to their last, as a participant goes through them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from otree_ego.testing import fitting

from .admin import Session
from .chat import Chat
from .database import attempts
from .participant import Participant

SPOKEN = "I have been to the sea."


def spoken(body: Any) -> Any:
    """What a model says: an answer of the form that is asked for, or a sentence."""
    return fitting(body) if "response_format" in body else SPOKEN


GAMES: dict[str, dict[str, Any]] = {
    "dictator": {"dictator_role": "recipient", "dictator_rounds": 1, "dictator_delay": "0.1"},
    "ultimatum": {"ultimatum_role": "responder", "ultimatum_rounds": 1, "ultimatum_delay": "0.1"},
    "trust": {"trust_role": "trustor", "trust_rounds": 1, "trust_delay": "0.1"},
    "prisoner": {"prisoner_rounds": 2, "prisoner_frame": "cooperation", "prisoner_delay": "0.1"},
    "public_goods": {"public_goods_rounds": 1, "public_goods_delay": "0.1"},
}
CHATS: dict[str, dict[str, Any]] = {
    "ego_chat": {"ego_min_messages": 1},
    "group_chat": {"group_chat_size": 1, "group_chat_personas": "Ada: You are curious.", "group_chat_pace": "0"},
}
APPS = {**GAMES, **CHATS}


def some(*here: str) -> list[Any]:
    """All apps, for `parametrize`; those that are not named run with the full matrices only."""
    return [pytest.param(app, marks=() if app in here else pytest.mark.full) for app in APPS]


COMMON: dict[str, Any] = {"ego_model": "gpt-6-luna", "ego_retries": 0, "ego_language": "en", "ego_disclose": ""}
ANSWERS: dict[str, dict[str, Any]] = {
    "dictator": {"check1": "some", "check2": "nothing", "check3": "program"},
    "ultimatum": {"check1": "some", "check2": "nobody", "check3": "seen"},
    "trust": {"check1": 15, "check2": 12, "check3": 8},
    "prisoner": {"check1": 20, "check2": 0, "check3": "ai_first"},
    "public_goods": {"check_none": 20, "check_all": 32, "check_programs": 3},
}
"""What is right in each comprehension check."""
HIDDEN_ANSWERS = {**ANSWERS, "dictator": {**ANSWERS["dictator"], "check3": "a"},
                  "prisoner": {**ANSWERS["prisoner"], "check3": "other_first"}}  # fmt: skip
"""The same where it is not told who is an AI."""
DECISIONS: dict[str, dict[str, Any]] = {
    "Respond": {"accepted": "True"},
    "Send": {"sent": 5},
    "Decide": {"human_move": "X", "choice": "X"},
    "Contribute": {"contribution": 10},
    "Name": {"nickname": "Kim"},
    "Feedback": {"liked": 4, "comment": ""},
}


def configs(**more: Any) -> list[dict[str, Any]]:
    """A session config for each of these apps."""
    return [
        {"name": app, "app_sequence": [app], "num_demo_participants": 1, **own, **COMMON, **more}
        for app, own in APPS.items()
    ]


@dataclass
class Walk:
    """What a participant has been sent: for each page its name, its address and its source, and all live frames."""

    app: str
    person: Participant
    pages: list[tuple[str, str, str]] = field(default_factory=list)
    frames: str = ""

    @property
    def names(self) -> list[str]:
        """The pages in order, each once in a row."""
        found = [name for name, _, _ in self.pages]
        return [name for at, name in enumerate(found) if at == 0 or found[at - 1] != name]

    def html(self, page: str) -> str:
        """The source of a page."""
        return next(html for name, _, html in self.pages if name == page)

    @property
    def before_debriefing(self) -> str:
        """All that was sent before a page that tells who is an AI."""
        found = []
        for name, url, html in self.pages:
            if name == "Debriefing":
                break
            found.append(f"{url}\n{html}")
        return "\n".join([*found, self.frames])


def walk(session: Session, app: str, hidden: bool = False, place: int = 0, until: str = "End") -> Walk:
    """Go through an app, to its page `until`."""
    found = Walk(app, session.participant(place).start())
    answers = (HIDDEN_ANSWERS if hidden else ANSWERS).get(app, {})
    for _ in attempts(pause=0.05):
        person = found.person
        found.pages.append((person.page, person.url, person.html))
        assert person.waiting or 'id="form"' in person.html, f"{person.page} is not a whole page."
        if person.page == until:
            return found
        assert person.page, f"{app} ended without {until}: {found.names}"
        assert "?again=1" not in person.html, f"{app}: no decision came."
        if person.waiting:
            person.reload()
        elif person.page == "Chat":
            with Chat(person) as chat:
                chat.say("Hello!")
                for _ in attempts():
                    chat.open()
                    if sum(not one["mine"] and one["status"] == "complete" for one in chat.messages.values()):
                        break
                found.frames += chat.live.text
            person.submit()
        else:
            nickname = {"nickname": "Kim"} if app == "group_chat" else {}
            fields = {"Check": answers, "Introduction": nickname, **DECISIONS}.get(person.page, {})
            person.submit(**fields)
    raise AssertionError(f"{app} did not come to {until}: {found.names}")
