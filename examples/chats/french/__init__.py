from otree.api import *

from otree_ego import app_texts, chat, chat_error, custom_export  # noqa: F401  (custom_export: the messages)

from .texts import TEXTS

doc = "A chat in a language that otree_ego does not have: its words are in ego_words/fr.toml."


class C(BaseConstants):
    NAME_IN_URL = "french"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Chat(Page):
    @staticmethod
    def vars_for_template(player):
        return dict(texts=app_texts(player, TEXTS, __package__))

    @staticmethod
    async def live_method(player, data):
        async for update in chat(player, data):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


page_sequence = [Chat]
