"""An app whose page waits for a number of the model's, written for otree_ego 0.1.0."""

from otree.api import *

from otree_ego import AIWaitPage, ai, custom_export, custom_export_decisions

doc = "A page, a page that waits for a number of the model's, a page that shows it"


class C(BaseConstants):
    NAME_IN_URL = "decide"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    answer = models.IntegerField()
    note = models.LongStringField()


class Before(Page):
    pass


class Partner(AIWaitPage):
    form_fields = ["answer", "note"]

    @staticmethod
    async def ask_ai(player):
        async with ai(player) as llm:
            llm.asked = getattr(llm, "asked", 0) + 1
            said = await llm.submit(f"Which number, number {player.id_in_group}?")
            return dict(answer=int(said), note=f"said {said}")

    @staticmethod
    def delay(player):
        return "600-601" if player.id_in_group == 5 else 0

    @staticmethod
    def fallback(player, error):
        return dict(answer=7, note=f"instead of {type(error).__name__}") if player.id_in_group == 2 else None

    @staticmethod
    def after_decision(player):
        player.payoff = player.answer * 2


class After(Page):
    @staticmethod
    def vars_for_template(player):
        return dict(answer=player.field_maybe_none("answer"))


page_sequence = [Before, Partner, After]
