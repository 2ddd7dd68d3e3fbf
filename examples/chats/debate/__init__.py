from otree.api import *

from otree_ego import Persona, ai, chat_error, custom_export, group_chat  # noqa: F401  (custom_export: the messages)

doc = "Two people argue for and against a motion. After every second message a moderator sums up and asks a question."


class C(BaseConstants):
    NAME_IN_URL = "debate"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1
    MOTION = "Cities should be free of cars."
    MODERATOR = Persona(
        "Moderator",
        f'You moderate a debate of two people on "{MOTION}" You take no side. In at most two sentences, say where they '
        "disagree, and ask the one who has spoken less a question.",
        speaks="every 2",
    )


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    convinced = models.IntegerField(
        label="How convincing was the other side?", choices=range(1, 8), widget=widgets.RadioSelectHorizontal
    )


def side(player):
    return "For" if player.id_in_group == 1 else "Against"


class Debate(Page):
    @staticmethod
    def vars_for_template(player):
        return dict(side=side(player).lower())

    @staticmethod
    async def live_method(player, data):
        names = {one.participant.code: side(one) for one in player.group.get_players()}
        async for update in group_chat(player, data, personas=[C.MODERATOR], names=names):
            yield update

    @staticmethod
    def error_message(player, values):
        return chat_error(player, link=ai(player.group))


class Judge(Page):
    form_model = "player"
    form_fields = ["convinced"]


page_sequence = [Debate, Judge]
