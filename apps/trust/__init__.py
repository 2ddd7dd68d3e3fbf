from otree.api import *

from otree_ego import (  # noqa: F401  (the exports: tables on the Data page)
    AIWaitPage,
    CheckPage,
    DebriefingPage,
    EndPage,
    ScreenedOutPage,
    SessionRefused,
    ai,
    assign,
    custom_export,
    custom_export_assignments,
    custom_export_decisions,
    custom_export_requests,
    form_groups,
    pace,
    session_setting,
)

from .game import (
    MOST_ROUNDS,
    SEATS,
    ai_takes,
    drop_out,
    finished,
    paid,
    partners,
    playing,
    rounds_of,
    settings,
    settle,
    something_to_return,
    takes,
    texts,
)

doc = """
A trust game: the trustor sends a part of an endowment, it is multiplied, and the trustee returns some of what arrives.
In the session config: trust_partner (ai, or human: pairs of participants), trust_role (of the participant whose partner
is the AI: trustor, trustee, or both, separated by a comma, which are assigned in balance), trust_endowment,
trust_multiplier, trust_rounds, trust_method (direct; strategy: the trustee states a share in percent that is returned
of whatever arrives, without knowing how much that is), trust_timeout (seconds for a decision, 0: no limit; who does not
decide in time sends nothing, or returns what was sent, and the game of that pair ends with the round), trust_delay (of
the model's decision, e.g. "2-6" seconds), trust_reasoning (the model reasons before it decides).
"""


class C(BaseConstants):
    NAME_IN_URL = "trust"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = MOST_ROUNDS


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    # whole points, also where oTree uses money
    sent = models.IntegerField(min=0)
    share = models.IntegerField(min=0, max=100)
    returned = models.IntegerField(min=0)
    trustor_points = models.CurrencyField()
    trustee_points = models.CurrencyField()
    # Somebody dropped out in an earlier round: this round is not played.
    over = models.BooleanField(initial=False)


class Player(BasePlayer):
    seat = models.StringField()
    # From the round on in which the participant did not decide in time.
    dropout = models.BooleanField(initial=False)
    check1 = models.IntegerField()
    check2 = models.IntegerField()
    check3 = models.IntegerField()
    check1_tries = models.IntegerField()
    check2_tries = models.IntegerField()
    check3_tries = models.IntegerField()
    check_tries = models.IntegerField(initial=0)
    check_errors = models.IntegerField(initial=0)
    check_passed = models.BooleanField()


def sent_max(group):
    return settings(group.session)["endowment"]


def returned_max(group):
    return settings(group.session)["multiplier"] * group.sent


# --- the game ---------------------------------------------------------------------------------------------------------


def number_of_rounds(session):
    return rounds_of(session)


def creating_session(subsession):
    now = settings(subsession.session)
    if now["partner"] == "human" and session_setting(subsession, "ego_check_failed", "flag") != "flag":
        raise SessionRefused(
            "ego_check_failed = 'screen out' is for trust_partner = 'ai': in a pair the other one would be left alone."
        )
    form_groups(subsession, 2 if now["partner"] == "human" else 1)
    if now["partner"] == "human":
        for player in subsession.get_players():
            player.seat = SEATS[player.id_in_group - 1]
    else:
        assign(subsession, seat=now["roles"], name=C.NAME_IN_URL)


def think_ahead(group):
    """Let the model decide while the participant reads, where it needs to know no more; not if it is to take a time."""
    player = group.get_players()[0]
    if settings(group.session)["delay"] != pace(0):
        return
    if ai_takes(player, "trustor"):
        AISend.ahead(group)
    elif ai_takes(player, "trustee") and settings(group.session)["method"] == "strategy":
        AIReturn.ahead(group)


def think_of_next(player):
    if player.round_number < settings(player.session)["rounds"]:
        think_ahead(player.in_round(player.round_number + 1).group)


async def decide(group, field):
    """The model's decision: a value of this field of the group."""
    player, reasoning = group.get_players()[0], settings(group.session)["reasoning"]
    words, news = (
        texts(player),
        [texts(past)["ai_news"] for past in player.in_previous_rounds()[-1:] if paid(past.group)],
    )
    question = "\n".join([*news, f"{words['ai_round']} {words['ai_ask_' + field]}"])
    async with ai(player.participant, C.NAME_IN_URL) as llm:
        await llm.system(words["ai_rules"], once=True)
        return {field: await llm.decide(group, field, question, reasoning=reasoning)}


# --- pages ------------------------------------------------------------------------------------------------------------


class GamePage(Page):
    @staticmethod
    def vars_for_template(player):
        now, rows = settings(player.session), finished(player)
        total = sum(row["points"] for row in rows)
        dropped = next((past.round_number for past in player.in_all_rounds() if past.dropout), None)
        return dict(
            texts=texts(player, total, dropped), now=now, rows=rows, total=total,
            other_total=sum(row["other"] for row in rows), last=rows[-1] if rows else None,
            dropped=dropped, left=player.group.over and not dropped, timer_text=texts(player)["timer"],
        )  # fmt: skip


class DecisionPage(GamePage):
    form_model = "group"

    @staticmethod
    def get_timeout_seconds(player):
        return settings(player.session)["timeout"] or None


class ReadingPage(GamePage):
    @staticmethod
    def get_timeout_seconds(player):
        # in a pair the other one would wait for who has left here
        now = settings(player.session)
        return 4 * now["timeout"] or None if now["partner"] == "human" else None

    @staticmethod
    def is_displayed(player):
        return player.round_number == 1 and not player.dropout

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            drop_out(player)
            settle(player.group)


class Introduction(ReadingPage):
    @staticmethod
    def vars_for_template(player):
        ais = [texts(player)["partner_name"]] if settings(player.session)["partner"] == "ai" else []
        return dict(GamePage.vars_for_template(player), ego_ais=ais)

    @staticmethod
    def before_next_page(player, timeout_happened):
        ReadingPage.before_next_page(player, timeout_happened)
        think_ahead(player.group)


class Check(ReadingPage, CheckPage):
    form_fields = ["check1", "check2", "check3"]

    @staticmethod
    def right_answers(player):
        return check_answers(player.session)

    @staticmethod
    def explanations(player):
        words = texts(player)
        return {**{name: words[f"wrong{name[-1]}"] for name in Check.form_fields}, "__all__": words["check_again"]}

    @staticmethod
    def before_next_page(player, timeout_happened):
        ReadingPage.before_next_page(player, timeout_happened)
        CheckPage.before_next_page(player, timeout_happened)


class ScreenedOut(ScreenedOutPage):
    pass


def check_answers(session):
    """What is right in the comprehension check."""
    now = settings(session)
    some = max(1, now["endowment"] // 2)
    arrive = now["multiplier"] * some
    return dict(check1=arrive, check2=now["endowment"] - some + arrive // 2, check3=arrive - arrive // 2)


class Send(DecisionPage):
    form_fields = ["sent"]

    @staticmethod
    def is_displayed(player):
        return takes(player, "trustor") and not player.dropout

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            drop_out(player)
        settle(player.group)


class AIPage(AIWaitPage):
    form_model = "group"
    deadline = None  # the session config's ego_deadline

    @staticmethod
    def delay(group):
        return settings(group.session)["delay"]

    @staticmethod
    def after_decision(group):
        settle(group)

    @staticmethod
    def vars_for_template(player):
        words = texts(player)
        return dict(title_text=words["wait"], body_text=words["waiting"])


class AISend(AIPage):
    form_fields = ["sent"]

    @staticmethod
    def is_displayed(player):
        return ai_takes(player, "trustor")

    @staticmethod
    async def ask_ai(group):
        return await decide(group, "sent")


class HumanPage(WaitPage):
    @staticmethod
    def vars_for_template(player):
        words = texts(player)
        return dict(title_text=words["wait"], body_text=words["waiting"])


class WaitForSent(HumanPage):
    @staticmethod
    def is_displayed(player):
        now = settings(player.session)
        return now["partner"] == "human" and now["method"] == "direct" and takes(player, "trustee")


class Return(DecisionPage):
    @staticmethod
    def get_form_fields(player):
        return ["share"] if settings(player.session)["method"] == "strategy" else ["returned"]

    @staticmethod
    def is_displayed(player):
        return takes(player, "trustee") and something_to_return(player.group) and not player.dropout

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            drop_out(player)
        settle(player.group)
        think_of_next(player)


class AIReturn(AIPage):
    form_fields = ["share", "returned"]

    @staticmethod
    def is_displayed(player):
        return ai_takes(player, "trustee") and something_to_return(player.group)

    @staticmethod
    async def ask_ai(group):
        return await decide(group, "share" if settings(group.session)["method"] == "strategy" else "returned")


class WaitForReturned(HumanPage):
    @staticmethod
    def is_displayed(player):
        return settings(player.session)["partner"] == "human" and playing(player)


class Results(GamePage):
    @staticmethod
    def is_displayed(player):
        return playing(player) and paid(player.group) and not player.dropout

    @staticmethod
    def get_timeout_seconds(player):
        # in a pair the other one would wait for who has left here
        now = settings(player.session)
        return now["timeout"] or None if now["partner"] == "human" else None

    @staticmethod
    def before_next_page(player, timeout_happened):
        think_of_next(player)


class Debriefing(DebriefingPage):
    partners = staticmethod(partners)


class End(GamePage, EndPage):
    @staticmethod
    def is_displayed(player):
        return player.round_number == settings(player.session)["rounds"]

    @staticmethod
    def vars_for_template(player):
        return {
            **GamePage.vars_for_template(player),
            "goes_on": player.session.config["app_sequence"][-1] != __name__,
        }


page_sequence = [
    Introduction, Check, ScreenedOut, Send, AISend, WaitForSent, Return, AIReturn, WaitForReturned, Results,
    Debriefing, End,
]  # fmt: skip
