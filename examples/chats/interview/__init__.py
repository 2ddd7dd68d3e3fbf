from otree.api import *

from otree_ego import chat, chat_error, custom_export  # noqa: F401  (custom_export: the messages)

doc = "A model with a name interviews the participant: it opens, asks one question at a time, and takes its time."


class C(BaseConstants):
    NAME_IN_URL = "interview"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Chat(Page):
    live_method = chat

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


page_sequence = [Chat]
