from otree.api import *

from otree_ego import (  # noqa: F401  (custom_export: all messages on the Data page, and all requests)
    DebriefingPage,
    EndPage,
    ai,
    app_texts,
    chat,
    chat_error,
    custom_export,
    custom_export_requests,
    hides_ais,
)

from .texts import NEUTRAL, TEXTS

doc = """
A participant says their name and chats with a language model. Which model, its system prompt, limits and failure
policy: the session config's ego_… settings.
"""


def texts(player):
    said = app_texts(player, TEXTS, __package__)
    return {**said, **app_texts(player, NEUTRAL, f"{__package__}.neutral")} if hides_ais(player) else said


class C(BaseConstants):
    NAME_IN_URL = "ego_chat"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    nickname = models.StringField(max_length=40)


def creating_session(subsession):
    for player in subsession.get_players():
        ai(player).from_config()


class Name(Page):
    form_model = "player"
    form_fields = ["nickname"]

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player))

    @staticmethod
    def before_next_page(player, timeout_happened):
        with ai(player) as llm:
            llm.memorize("user", f"My name is {player.nickname}.", hidden=True)


class Chat(Page):
    live_method = chat

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player))

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


class Debriefing(DebriefingPage):
    pass


class End(EndPage):
    @staticmethod
    def vars_for_template(player):
        with ai(player) as llm:
            replies = sum(m.role == "assistant" and m.status != "failed" for m in llm.messages)
        goes_on = player.session.config["app_sequence"][-1] != __name__
        return dict(texts=texts(player), replies=replies, goes_on=goes_on)


page_sequence = [Name, Chat, Debriefing, End]
