from otree.api import *

from otree_ego import Persona, ai, chat_error, custom_export, group_chat  # noqa: F401  (custom_export: the messages)

doc = "Two people solve a riddle together. A model helps whoever calls it by its name, and is silent otherwise."


class C(BaseConstants):
    NAME_IN_URL = "helper"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1
    RIDDLE = "What has keys but no locks, and space but no room?"
    HELPER = Persona(
        "Robin",
        f'Two people work on this riddle: "{RIDDLE}" It is a keyboard. Give a small hint when you are asked; never the '
        "answer.",
        speaks="addressed",
    )


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.StringField(label="Your answer", max_length=100)


class Riddle(Page):
    form_model = "player"
    form_fields = ["answer"]

    @staticmethod
    async def live_method(player, data):
        async for update in group_chat(player, data, personas=[C.HELPER]):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player, link=ai(player.group))


page_sequence = [Riddle]
