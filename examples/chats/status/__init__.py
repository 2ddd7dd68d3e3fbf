from otree.api import *
from pydantic import BaseModel, Field

from otree_ego import chat, chat_error, custom_export  # noqa: F401  (custom_export: the messages)

doc = "The model answers in a form: what it says is shown, how satisfied it is stands beside the chat, both are data."


class C(BaseConstants):
    NAME_IN_URL = "status"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    satisfaction = models.IntegerField(min=0, max=10)


class Reply(BaseModel):
    text: str = Field(description="What you say.")
    satisfaction: int = Field(ge=0, le=10, description="How satisfied you are with the clerk, from 0 to 10.")


class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        async for update in chat(player, data, reply=Reply, show="text"):
            yield update

    @staticmethod
    async def on_reply(player, message):
        if message.answer:
            return dict(satisfaction=message.answer["satisfaction"])

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


page_sequence = [Chat]
