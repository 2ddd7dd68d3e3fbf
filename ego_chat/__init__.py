from otree.api import *

from otree_ego import ai, chat, chat_error, custom_export  # noqa: F401  (custom_export: all messages on the Data page)

doc = """
A participant says their name and chats with a language model. Which model, its system prompt, limits and failure
policy: the session config's ego_… settings.
"""


class C(BaseConstants):
    NAME_IN_URL = "ego_chat"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    nickname = models.StringField(label="What shall the model call you?", max_length=40)


def creating_session(subsession):
    for player in subsession.get_players():
        ai(player).from_config()


class Name(Page):
    form_model = "player"
    form_fields = ["nickname"]

    @staticmethod
    def before_next_page(player, timeout_happened):
        with ai(player) as llm:
            llm.memorize("user", f"My name is {player.nickname}.", hidden=True)


class Chat(Page):
    live_method = chat

    @staticmethod
    def error_message(player, values):
        return chat_error(player)


class End(Page):
    @staticmethod
    def vars_for_template(player):
        with ai(player) as llm:
            return dict(replies=sum(m.role == "assistant" and m.status != "failed" for m in llm.messages))


page_sequence = [Name, Chat, End]
