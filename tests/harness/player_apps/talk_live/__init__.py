"""Two participants meet: a wait page, oTree's own chat, a live page, a timer, and a server that fails once."""

from __future__ import annotations

from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, Page, WaitPage, models


class C(BaseConstants):
    NAME_IN_URL = "talk_live"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    bid = models.IntegerField(min=0, max=100)
    heard = models.IntegerField(initial=0)
    slow = models.StringField(blank=True)
    endless = models.IntegerField(blank=True)


FAILED: set[str] = set()


class Meet(WaitPage):
    group_by_arrival_time = True


class Again(WaitPage):
    pass


class Talk(Page):
    pass


class Bid(Page):
    form_model = "player"
    form_fields = ["bid"]

    @staticmethod
    async def live_method(player: Player, data: dict):
        player.heard = data["bid"]
        yield {0: {"bid": data["bid"], "by": player.id_in_group}}


class Timed(Page):
    form_model = "player"
    form_fields = ["slow"]
    timeout_seconds = 2


class Fails(Page):
    @staticmethod
    def vars_for_template(player: Player) -> dict:
        if player.participant.code not in FAILED:
            FAILED.add(player.participant.code)
            raise ValueError("once")
        return {}


class Endless(Page):
    form_model = "player"
    form_fields = ["endless"]

    @staticmethod
    def is_displayed(player: Player) -> bool:
        return bool(player.session.config.get("endless"))

    @staticmethod
    def error_message(player: Player, values: dict) -> dict:
        return {"endless": "No."}


class Scripted(Page):
    @staticmethod
    def is_displayed(player: Player) -> bool:
        return bool(player.session.config.get("scripted"))


class End(Page):
    pass


async def ai_live(view, messages):
    """A seat's bid: it sends seven, and goes on when somebody has heard it."""
    await view.send({"bid": 7})
    async for message in messages:
        if message["bid"] == 7:
            return {"bid": 7}
    return {}


page_sequence = [Meet, Again, Talk, Bid, Timed, Fails, Endless, Scripted, End]
