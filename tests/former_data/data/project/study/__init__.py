"""An experimenter's own app, written for otree_ego 0.1.0: it keeps everything that could be kept then."""

import textwrap
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from otree.api import *

import otree_ego
from otree_ego import (
    ConstantThread,
    Conversation,
    GPTThread,
    Message,
    Persona,
    Policy,
    Prompt,
    Reply,
    Request,
    ScriptedThread,
    Treatment,
    Usage,
    ai,
    assign,
    custom_export,
    custom_export_assignments,
    extract_number,
    pace,
)

doc = "Threads and Conversations of all kinds, with attributes of the experimenter's own; pages that run what they are sent"


class C(BaseConstants):
    NAME_IN_URL = "study"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    stake = models.IntegerField()


class Player(BasePlayer):
    frame = models.StringField()
    bonus = models.IntegerField()


@dataclass
class Basket:
    fruit: str
    count: int


class Own(GPTThread):
    """An agent of the experimenter's own."""

    def asked(self):
        return [m.text for m in self.messages if m.role == "user"]


def echo(request):
    return request.messages[-1][1].upper()


def ours():
    """Values of otree_ego's own classes, the same at each call."""
    usage = Usage(12, 3, 1)
    return dict(
        persona=Persona(
            "Ada", "You are curious.", model="gpt-4o-mini", colour="#0b5fa5", speaks="every 2, addressed, after 20 s",
            at_most=5, temperature=0.3, pace="1-3 + 0.04/character",
        ),
        plain_persona=Persona("Ben"),
        pace=pace("2-6"),
        treatment=Treatment("high", reward=100, words=["give", "take"], nested={"pair": (1, None)}),
        prompt=Prompt("You own {{ amount }} points, {{ name }}."),
        failure_policy=Policy(deadline=30.0, retries=1, backoff=0.5, fallback_model="gpt-4o-mini", fallback_text="Pardon?"),
        usage=usage,
        message=Message(
            "assistant", "Hello, ünïcode ✓.", seq=3, author="gpt-4o", model="gpt-4o", model_answered="gpt-4o-2024",
            params={"temperature": 0.5}, seed=7, tokens_in=12, tokens_out=3, cost=0.25, latency=1.5,
            finish_reason="stop", trouble=({"error": "RateLimited", "after": 0.5},), attempts=2, id="0" * 32,
            time=1_760_000_000.0,
        ),
        request=Request("gpt-4o", (("system", "Be brief."), ("user", "Hi")), {"temperature": 1.0}, deadline=5.0),
        reply=Reply("Fine.", "gpt-4o-2024", usage, cost=0.5),
    )  # fmt: skip


def own():
    """Values of an experimenter's own: what Python has built in."""
    return dict(
        number=7,
        huge=10**20,
        half=0.5,
        text="Grüße, {{ not_a_template }} ✓\n",
        nothing=None,
        yes=True,
        offers=[1, 2, [3]],
        pair=(1, ("a", None)),
        plan={"a": {"b": [1, 2]}, 3: "three"},
        seen={1, 2, 3},
        frozen=frozenset(["x"]),
        raw=b"\x00\xff",
    )


def standard():
    """Values of Python's and oTree's usual classes."""
    return dict(
        money=cu(5),
        exact=Decimal("0.10"),
        day=date(2026, 11, 28),
        moment=datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc),
        wait=timedelta(seconds=90),
        third=Fraction(1, 3),
        name=UUID(int=5),
        counts=Counter("aab"),
        ordered=OrderedDict(b=1, a=2),
        queue=deque([1, 2], maxlen=3),
        span=range(2, 9, 3),
    )


# --- a new session ----------------------------------------------------------------------------------------------------


def creating_session(subsession):
    assign(subsession, frame=["give", "take"], bonus={5: 1, 10: 1}, seed=11)
    groups = subsession.get_groups()
    assign(groups, name="stakes", stake=[1, 100])
    for player in subsession.get_players():
        ai(player).set(GPTThread(model="gpt-4o", temperature=0.7, seed=5, max_tokens=200, **own()))
        with ai(player) as llm:
            llm.system(Prompt("Your number is {{ number }}, your offers are {{ offers }}."))
    player = subsession.get_players()[0]
    ai(player, "ours").set(ConstantThread("Ours.", **ours()))
    ai(player, "standard").set(ConstantThread("Standard.", **standard()))
    ai(player, "basket").set(ConstantThread("Mine.", basket=Basket("pear", 3)))
    ai(player, "own").set(Own("gpt-4o", seed=9, trait="kind"))
    ai(player, "tools").set(ConstantThread("Tools.", reader=extract_number, maker=GPTThread, helper=echo))
    ai(player, "steady").set(ConstantThread("I stay at 7.", deadline=20.0, retries=0, mood="calm"))
    ai(player, "script").set(ScriptedThread(["one", "two", "three"], line=1))
    ai(player, "function").set(ScriptedThread(echo))
    ai(player.participant).set(ConstantThread("Of the participant."))
    player.participant.vars.update(values=ours(), plain=own(), usual=standard(), basket=Basket("fig", 1))
    for group in groups:
        convo = Conversation(
            ann=GPTThread("gpt-4o", temperature=1.0, name="Ann"), bob=ConstantThread("Bob takes 3.", name="Bob")
        )
        convo.all.treatment = ours()["treatment"]
        convo.all.round = 1
        convo.topic = "rain"
        convo.all.system(Prompt("You are {{ name }}. The other is {{ other.name }}. You can earn {{ treatment.reward }}."))
        ai(group).set(convo)
        ai(group, "numbers").set(Conversation(ConstantThread("1st"), ScriptedThread(["x", "y"]), ConstantThread("3rd")))
    ai(subsession).set(ConstantThread("Of the subsession."))
    ai(subsession.session).set(ConstantThread("Of the session."))
    subsession.session.vars.update(values=ours())


# --- pages that run what they are sent --------------------------------------------------------------------------------


class Arrive(Page):
    @staticmethod
    def before_next_page(player, timeout_happened):
        got = assign(player, name="arrival", persona={"kind": 2, "strict": 1}, order=["a", "b"], seed=3)
        player.participant.vars["arrival"] = got


class Lab(Page):
    """Runs plain code, and tells its `result`."""

    @staticmethod
    def live_method(player, data):
        space = {**globals(), "player": player, "group": player.group, "session": player.session}
        try:
            exec(data["code"], space)
            told = {"result": space.get("result")}
        except otree_ego.EgoError as error:
            told = {"error": type(error).__name__, "text": str(error)}
        return {player.id_in_group: told}


class Flow(Page):
    """Runs async code, and tells what it returns."""

    @staticmethod
    async def live_method(player, data):
        space = {**globals(), "player": player, "group": player.group}
        exec("async def body():\n" + textwrap.indent(data["code"], "    "), space)
        try:
            told = {"result": await space["body"]()}
        except otree_ego.EgoError as error:
            told = {"error": type(error).__name__, "text": str(error)}
        yield {player.id_in_group: told}


class End(Page):
    pass


page_sequence = [Arrive, Lab, Flow, End]
