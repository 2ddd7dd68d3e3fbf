from otree.api import *

from otree_ego import chat, chat_error, custom_export  # noqa: F401  (custom_export: the messages)

doc = "A buyer and a model bargain over a bicycle until the participant says that it is a deal, or the time is over."


class C(BaseConstants):
    NAME_IN_URL = "bargain"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    price = models.CurrencyField(label="At what price? (0: no deal)", min=0, max=200)


def agreed(messages):
    """Ends the chat when the participant has written "deal" after the seller has said something."""
    last = messages[-1]
    if last.role == "user" and "deal" in last.text.lower() and any(m.role == "assistant" for m in messages):
        return "You have a deal. Thank you!"


class Chat(Page):
    form_model = "player"
    form_fields = ["price"]

    @staticmethod
    async def live_method(player, data):
        async for update in chat(player, data, ends=agreed):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


page_sequence = [Chat]
