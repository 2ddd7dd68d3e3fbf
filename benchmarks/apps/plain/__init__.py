from otree.api import *

doc = "A page without a model: what somebody else in the same experiment is looking at."


class C(BaseConstants):
    NAME_IN_URL = "plain"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.StringField()


class Question(Page):
    form_model = "player"
    form_fields = ["answer"]


page_sequence = [Question]
