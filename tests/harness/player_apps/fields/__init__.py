"""Each kind of control that a page of oTree's can have, and texts that are hard to read."""

from __future__ import annotations

from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, Page, models, widgets

AGREE = [[1, "Disagree"], [2, "Neither"], [3, "Agree"]]


class C(BaseConstants):
    NAME_IN_URL = "fields"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    points = models.CurrencyField(label="How many points do you give?", min=0, max=20)
    age = models.IntegerField(label="Your age", min=18, max=99)
    share = models.FloatField(label="Which share?", min=0, max=1, help_text="A decimal number.")
    name = models.StringField(label="Your name", max_length=20)
    story = models.LongStringField(label="Why?", blank=True)
    agree = models.BooleanField(label="Do you agree?")
    newsletter = models.BooleanField(label="Send me news", widget=widgets.CheckboxInput, blank=True)
    colour = models.StringField(label="Colour", choices=["red", "green & blue"], widget=widgets.RadioSelect)
    side = models.IntegerField(label="Side", choices=[[1, "Left"], [2, "Right"]], widget=widgets.RadioSelectHorizontal)
    country = models.StringField(label="Country", choices=["Austria", "Chile"])
    likert_fair = models.IntegerField(choices=AGREE)
    likert_kind = models.IntegerField(choices=AGREE)
    fruit = models.StringField()
    effort = models.IntegerField(min=0, max=50)
    day = models.StringField()
    mail = models.StringField()
    code = models.StringField()
    trick = models.StringField(blank=True)
    plea = models.StringField()
    answer = models.StringField()


class Instructions(Page):
    pass


class Fields(Page):
    form_model = "player"
    form_fields = [
        "points", "age", "share", "name", "story", "agree", "newsletter", "colour", "side", "country",
    ]  # fmt: skip


class Handwritten(Page):
    form_model = "player"
    form_fields = ["likert_fair", "likert_kind", "fruit", "effort", "day", "mail", "code", "trick"]


class Buttons(Page):
    form_model = "player"
    form_fields = ["plea"]
    timeout_seconds = 600


class Strict(Page):
    form_model = "player"
    form_fields = ["answer", "age"]

    @staticmethod
    def error_message(player: Player, values: dict) -> object:
        if values["answer"] != "42":
            return {"answer": "Please <b>think</b> again."}
        return None if values["age"] > 20 else "You are too young & cannot go on."


class End(Page):
    pass


page_sequence = [Instructions, Fields, Handwritten, Buttons, Strict, End]
