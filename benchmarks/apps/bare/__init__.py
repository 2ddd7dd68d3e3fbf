from openai import AsyncOpenAI
from otree.api import *

doc = """
The least that streams from a model in oTree: an async live method, one shared client, every delta a message of its own.
It remembers nothing.
"""
client = AsyncOpenAI()


class C(BaseConstants):
    NAME_IN_URL = "bare"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    nickname = models.StringField()


class Name(Page):
    form_model = "player"
    form_fields = ["nickname"]


class Chat(Page):
    @staticmethod
    async def live_method(player, data):
        me = player.id_in_group
        question = [{"role": "user", "content": data["text"]}]
        stream = await client.chat.completions.create(model="gpt-6-luna", messages=question, stream=True)
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield {me: {"text": chunk.choices[0].delta.content}}
        yield {me: {"end": True}}


page_sequence = [Name, Chat]
