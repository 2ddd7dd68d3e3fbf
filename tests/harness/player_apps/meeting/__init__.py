"""Groups of two wait for all groups and for each other, talk in oTree's chat, and agree on a live page."""

from __future__ import annotations

from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, Page, WaitPage, models


class C(BaseConstants):
    NAME_IN_URL = "meeting"
    PLAYERS_PER_GROUP = 2
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    number = models.IntegerField(initial=0)
    price = models.IntegerField(min=0, max=100)


class Player(BasePlayer):
    opinion = models.StringField()


def count(subsession: Subsession) -> None:
    for number, group in enumerate(subsession.get_groups(), 1):
        group.number = number


class Everybody(WaitPage):
    wait_for_all_groups = True
    after_all_players_arrive = count
    title_text = "All come together"


class Pair(WaitPage):
    body_text = "Wait for your partner."


class Talk(Page):
    form_model = "player"
    form_fields = ["opinion"]


class Price(Page):
    """Nobody leaves it before both have agreed."""

    form_model = "group"
    form_fields = ["price"]

    @staticmethod
    def live_method(player: Player, data: dict) -> dict:
        if "price" in data:
            player.group.price = data["price"]
        return {0: {"price": player.group.field_maybe_none("price"), "by": player.id_in_group}}


class Nobody(WaitPage):
    """Never ends: the second of a group does not come here."""

    @staticmethod
    def is_displayed(player: Player) -> bool:
        return bool(player.session.config.get("endless_wait"))


class End(Page):
    pass


page_sequence = [Everybody, Pair, Talk, Price, Nobody, End]
