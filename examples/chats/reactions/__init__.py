from otree.api import *

from otree_ego import Persona, ai, chat_error, custom_export, group_chat  # noqa: F401  (custom_export: the messages)

doc = "People and a model talk, and react to each other's messages; the model is told."


class C(BaseConstants):
    NAME_IN_URL = "reactions"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1
    ADA = Persona("Ada", "You help two people to find a place to meet. Propose one, briefly.", speaks="every 2")


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    pass


class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        async for update in group_chat(player, data, personas=[C.ADA], reactions=["👍", "👎", "🤔"]):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player, link=ai(player.group))


page_sequence = [Chat]
