from otree.api import *

from otree_ego import AIWaitPage, ai

doc = """
A page, a page on which a model decides, and a page that shows what it decided.
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


class Middle(AIWaitPage):
    form_fields = ["answer"]

    @staticmethod
    async def ask_ai(player):
        async with ai(player) as llm:
            return dict(answer=await llm.submit("What do you do?"))


class After(Page):
    pass


page_sequence = [Before, Middle, After]
