from otree.api import *

doc = """
Three ordinary pages.
"""


class C(BaseConstants):
    NAME_IN_URL = "between"
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


class Middle(Page):
    pass


class After(Page):
    pass


page_sequence = [Before, Middle, After]
