"""Every field and widget that oTree has, with and without `formfield`, and pages that are written in other ways."""

from __future__ import annotations

from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, Page, cu, models, widgets

SIDES = [[1, "Left"], [2, "Right"]]
WORDS = ["tea", "milk & honey"]
DRINKS = ["Tea", "Milk", "Water"]


class C(BaseConstants):
    NAME_IN_URL = "controls"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 2


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    whole = models.IntegerField(label="A whole number", min=-5, max=5)
    part = models.FloatField(label="A share", min=0, max=1)
    money = models.CurrencyField(label="An amount", min=2, max=20)
    word = models.StringField(label="A word", max_length=5)
    words = models.LongStringField(label="A few words", max_length=40)
    agree = models.BooleanField(label="Do you agree?")
    consent = models.BooleanField(
        label="I take part.", widget=widgets.CheckboxInput, help_text="You can stop any time."
    )
    whole_radio = models.IntegerField(label="Whole, below each other", choices=SIDES, widget=widgets.RadioSelect)
    whole_row = models.IntegerField(label="Whole, in a row", choices=SIDES, widget=widgets.RadioSelectHorizontal)
    whole_menu = models.IntegerField(label="Whole, from a menu", choices=SIDES)
    part_menu = models.FloatField(label="A share from a menu", choices=[0.25, 0.5])
    money_radio = models.CurrencyField(label="An amount", choices=[cu(1), cu(10)], widget=widgets.RadioSelect)
    word_radio = models.StringField(label="Word", choices=WORDS, widget=widgets.RadioSelect)
    word_row = models.StringField(label="Word in a row", choices=WORDS, widget=widgets.RadioSelectHorizontal)
    word_menu = models.StringField(label="Word from a menu", choices=WORDS)
    agree_row = models.BooleanField(
        label="Yes or no", choices=[[True, "Aye"], [False, "Nay"]], widget=widgets.RadioSelectHorizontal
    )
    raw_whole = models.IntegerField(min=1, max=9)
    raw_part = models.FloatField(max=1)
    raw_money = models.CurrencyField(max=9)
    raw_word = models.StringField(max_length=9)
    raw_words = models.LongStringField()
    raw_agree = models.BooleanField()
    raw_consent = models.BooleanField(label="I know.", widget=widgets.CheckboxInput)
    raw_row = models.IntegerField(choices=SIDES, widget=widgets.RadioSelectHorizontal)
    raw_menu = models.StringField(choices=WORDS)
    calm = models.IntegerField(label="I am calm.", choices=[[1, "no"], [2, "yes"]], widget=widgets.RadioSelect)
    glad = models.IntegerField(label="I am glad.", choices=[[1, "no"], [2, "yes"]], widget=widgets.RadioSelect)
    answer = models.StringField()
    safe = models.StringField()
    scale = models.IntegerField()
    slider = models.FloatField(min=-1, max=1)
    clock = models.StringField()
    moment = models.StringField()
    month = models.StringField()
    week = models.StringField()
    tint = models.StringField()
    site = models.StringField()
    fine = models.FloatField()
    group_of = models.StringField()
    note = models.LongStringField()
    some = models.StringField(blank=True)
    ranking = models.StringField()
    secret = models.StringField()
    verdict = models.StringField()
    shade = models.StringField()
    from_python = models.IntegerField(label="How many?", min=0, max=9)
    kept = models.StringField(initial="as it was")
    guess = models.IntegerField(min=0, max=100)
    seen = models.IntegerField(initial=0)


class First(Page):
    """A page of the first round only."""

    form_model = "player"

    @staticmethod
    def is_displayed(player: Player) -> bool:
        return player.round_number == 1


class Typed(First):
    form_fields = [
        "whole", "part", "money", "word", "words", "agree", "consent", "whole_radio", "whole_row", "whole_menu",
        "part_menu", "money_radio", "word_radio", "word_row", "word_menu", "agree_row",
    ]  # fmt: skip


class Raw(First):
    form_fields = [
        "raw_whole", "raw_part", "raw_money", "raw_word", "raw_words", "raw_agree", "raw_consent", "raw_row",
        "raw_menu", "calm", "glad",
    ]  # fmt: skip


class ByHand(First):
    form_fields = [
        "answer", "safe", "scale", "slider", "clock", "moment", "month", "week", "tint", "site", "fine", "group_of",
        "note", "some",
    ]  # fmt: skip


class Ranking(First):
    form_fields = ["ranking"]

    @staticmethod
    def error_message(player: Player, values: dict) -> dict | None:
        return None if sorted(values["ranking"].split(",")) == sorted(DRINKS) else {"ranking": "Rank all of them."}

    @staticmethod
    def vars_for_template(player: Player) -> dict:
        return {"drinks": DRINKS}


class Unsaid(First):
    form_fields = ["secret"]

    @staticmethod
    def error_message(player: Player, values: dict) -> dict | None:
        return None if values["secret"] == "sesame" else {"secret": "This is nowhere on the page."}


class Formless(First):
    @staticmethod
    def error_message(player: Player, values: dict) -> str | None:
        tries = player.participant.vars["tries"] = player.participant.vars.get("tries", 0) + 1
        return "Not yet: press it <b>again</b>." if tries < 2 else None


class Counted(First):
    """To look at it has an effect: a page is loaded once."""

    @staticmethod
    def vars_for_template(player: Player) -> dict:
        player.seen += 1
        return {"seen": player.seen}


class Blank(First):
    form_fields = ["verdict"]
    use_blank_layout = True


class Submits(First):
    form_fields = ["shade"]


class Pythonic(First):
    form_fields = ["from_python"]

    @staticmethod
    def error_message(player: Player, values: dict) -> dict | None:
        return {"from_python": "An even number, please."} if values["from_python"] % 2 else None


class Late(First):
    pass


class Held(First):
    """Nobody can press anything: the timer sends what the field holds."""

    form_fields = ["kept"]
    timeout_seconds = 1

    @staticmethod
    def before_next_page(player: Player, timeout_happened: bool) -> None:
        player.participant.vars["in_time"] = not timeout_happened


class Guess(Page):
    """The same in each round, with what was guessed before."""

    form_model = "player"
    form_fields = ["guess"]

    @staticmethod
    def vars_for_template(player: Player) -> dict:
        return {"earlier": player.in_previous_rounds()}


class Leave(Page):
    @staticmethod
    def is_displayed(player: Player) -> bool:
        return player.round_number == 2

    @staticmethod
    def app_after_this_page(player: Player, upcoming_apps: list) -> str | None:
        return upcoming_apps[-1] if upcoming_apps else None


page_sequence = [
    Typed, Raw, ByHand, Ranking, Unsaid, Formless, Counted, Blank, Submits, Pythonic, Late, Held, Guess, Leave,
]  # fmt: skip
