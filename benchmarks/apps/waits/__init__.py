import asyncio
from collections import defaultdict

from otree.api import *

from otree_ego import AIWaitPage, ai

doc = """
A page, a page on which a model decides, and a page after it. With `together` no model is asked until all wait for it.
"""


class C(BaseConstants):
    NAME_IN_URL = "waits"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.LongStringField()


class Before(Page):
    pass


doors = defaultdict(asyncio.Event)
inside = defaultdict(int)


async def all_here(session, people):
    """Wait until so many decisions have begun."""
    inside[session] += 1
    if inside[session] >= people:
        doors[session].set()
    await doors[session].wait()


class Middle(AIWaitPage):
    form_fields = ["answer"]
    deadline = None

    @staticmethod
    async def ask_ai(player):
        if player.session.config["together"]:
            await all_here(player.session.code, player.session.num_participants)
        async with ai(player) as llm:
            return dict(answer=await llm.submit("What do you do?"))


class After(Page):
    pass


page_sequence = [Before, Middle, After]
