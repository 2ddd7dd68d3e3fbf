from otree.api import *

from otree_ego import (  # noqa: F401  (tables on the Data page)
    CheckPage,
    DebriefingPage,
    EndPage,
    ScreenedOutPage,
    custom_export,
    custom_export_assignments,
    custom_export_decisions,
    custom_export_requests,
)

from . import conditions
from .conditions import MOST_ROUNDS, rounds_of, settings
from .game import (
    advised,
    by_whom,
    checks,
    decided,
    due,
    framed,
    news,
    partners,
    played,
    points,
    proposal_text,
    proposed,
    question_text,
    range_text,
    responded,
    shown,
    store,
    time_for,
    wait_text,
    words,
)
from .partner import Adviser, AIProposes, AIResponds, settle, think_ahead

doc = """
An ultimatum game: a proposer proposes how many points a responder gets, and the responder accepts or rejects. A
participant plays with a language model in the other seat, or two participants play, each with an AI adviser if wanted.
Settings of the session config; where several values are possible, they are separated by commas and assigned in balance:
ultimatum_role (the participant's: responder, proposer, or both), ultimatum_partner (ai, human), ultimatum_adviser,
ultimatum_method (direct, strategy, or both), ultimatum_frame (split, give, take, or several), ultimatum_rounds,
ultimatum_endowment, ultimatum_delay (of the model's decision, e.g. "2-6" seconds), ultimatum_timeout (seconds for a
decision, 0 for none; when they are over, half is proposed, or the proposal is accepted), ultimatum_models (one or more;
empty: ego_model), ultimatum_reasoning (the model reasons before it decides), ultimatum_fallback (taken when the model
gives no decision: a number for its offer or its smallest acceptable offer, accept or reject for its answer; empty: the
participant is told, and can try again).
"""


class C(BaseConstants):
    NAME_IN_URL = "ultimatum"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = MOST_ROUNDS


class Subsession(BaseSubsession):
    partner = models.StringField()
    endowment = models.CurrencyField()


class Group(BaseGroup):
    frame = models.StringField()
    method = models.StringField()
    model = models.StringField()
    # As the frame puts it: points given, taken, or proposed for the responder; whole ones, also where oTree uses money.
    proposal = models.IntegerField(min=0)
    limit = models.IntegerField(min=0)
    # The same in every frame: what the responder gets, and the least that the responder accepts.
    offer = models.CurrencyField()
    min_offer = models.CurrencyField()
    accepted = models.BooleanField()
    # human, model, timeout (the participant's time ran out) or fallback (the model gave none, the experimenter did)
    proposal_by = models.StringField()
    response_by = models.StringField()
    proposer_points = models.CurrencyField()
    responder_points = models.CurrencyField()


class Player(BasePlayer):
    seat = models.StringField()
    dropout = models.BooleanField(initial=False)
    check1 = models.StringField(widget=widgets.RadioSelect)
    check2 = models.StringField(widget=widgets.RadioSelect)
    check3 = models.StringField(widget=widgets.RadioSelect)
    check1_tries = models.IntegerField()
    check2_tries = models.IntegerField()
    check3_tries = models.IntegerField()
    check_tries = models.IntegerField(initial=0)
    check_errors = models.IntegerField(initial=0)
    check_passed = models.BooleanField()
    advice_wanted = models.BooleanField()
    advice = models.LongStringField()


def number_of_rounds(session):
    return rounds_of(session)


def creating_session(subsession):
    if subsession.round_number == 1:
        play = settings(subsession)
        conditions.check(subsession, play)
        conditions.arrange(subsession, play)


# --- the game ---------------------------------------------------------------------------------------------------------


def proposal_max(group):
    return settings(group).endowment


def limit_max(group):
    return settings(group).endowment


def accepted_choices(group):
    said = words(group)
    return [[True, said["accept"]], [False, said["reject"]]]


def advice_wanted_choices(player):
    said = words(player)
    return [[True, said["yes"]], [False, said["no"]]]


# --- pages ------------------------------------------------------------------------------------------------------------


class Reading(Page):
    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, reading=True)

    @staticmethod
    def before_next_page(player, timeout_happened):
        player.dropout = player.dropout or timeout_happened


class Deciding(Page):
    form_model = "group"

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player)


class Introduction(Reading):
    @staticmethod
    def is_displayed(player):
        return player.round_number == 1

    @staticmethod
    def vars_for_template(player):
        said, play = words(player), settings(player)
        about = [said["partner_human" if play.human else "partner_ai"]]
        about += [said["adviser"]] * play.adviser
        key = "proposer" if player.seat == "proposer" else player.group.method
        about += [said[f"time_{key}"].format(seconds=play.timeout)] * bool(play.timeout)
        about += [said["time_once"]] * bool(play.timeout and (play.human or play.rounds > 1))
        ais = [said["other"]] * (not play.human) + [said["the_adviser"]] * play.adviser
        return shown(player, about=filter(None, about), ego_ais=ais)

    @staticmethod
    def before_next_page(player, timeout_happened):
        Reading.before_next_page(player, timeout_happened)
        think_ahead(player.group)


def check1_choices(player):
    return list(map(list, checks(player)[0]["options"].items()))


def check2_choices(player):
    return list(map(list, checks(player)[1]["options"].items()))


def check3_choices(player):
    return list(map(list, checks(player)[2]["options"].items()))


class Check(Reading, CheckPage):
    form_fields = ["check1", "check2", "check3"]

    @staticmethod
    def is_displayed(player):
        return player.round_number == 1

    @staticmethod
    def vars_for_template(player):
        asked = [one["text"] for one in checks(player)]
        return shown(player, round_of="", **dict(zip(["ask1", "ask2", "ask3"], asked, strict=True)))

    @staticmethod
    def right_answers(player):
        return {field: one["right"] for field, one in zip(Check.form_fields, checks(player), strict=True)}

    @staticmethod
    def explanations(player):
        why = {field: one["why"] for field, one in zip(Check.form_fields, checks(player), strict=True)}
        return {**why, "__all__": words(player)["check_again"]}

    @staticmethod
    def before_next_page(player, timeout_happened):
        Reading.before_next_page(player, timeout_happened)
        CheckPage.before_next_page(player, timeout_happened)


class ScreenedOut(ScreenedOutPage):
    pass


class Advice(Page):
    form_model = "player"
    form_fields = ["advice_wanted"]
    template_name = f"{__name__}/Advice.html"

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player)

    @staticmethod
    def vars_for_template(player):
        question = question_text(player.group, player.seat)
        return shown(player, question=question)

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            player.dropout, player.advice_wanted = True, False


class ProposerAdvice(Advice):
    @staticmethod
    def is_displayed(player):
        return due(player, "proposer") and settings(player).adviser


class ProposerAdviser(Adviser):
    @staticmethod
    def is_displayed(player):
        return due(player, "proposer") and bool(player.field_maybe_none("advice_wanted"))


class Propose(Deciding):
    form_fields = ["proposal"]

    @staticmethod
    def is_displayed(player):
        return due(player, "proposer")

    @staticmethod
    def vars_for_template(player):
        label = f"{question_text(player.group, 'proposer')} {range_text(player)}"
        return shown(player, label=label, **advised(player))

    @staticmethod
    def before_next_page(player, timeout_happened):
        group = player.group
        if timeout_happened:
            player.dropout = True
            store(group, proposed(group, framed(group, settings(player).endowment // 2), "timeout"))
        else:
            store(group, proposed(group, group.proposal, "human"))
        if not settings(player).human:
            settle(group)


class WaitForProposal(WaitPage):
    @staticmethod
    def is_displayed(player):
        return played(player) and settings(player).human and player.group.method == "direct"

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_human")


class ResponderAdvice(Advice):
    @staticmethod
    def is_displayed(player):
        return due(player, "responder") and settings(player).adviser


class ResponderAdviser(Adviser):
    @staticmethod
    def is_displayed(player):
        return due(player, "responder") and bool(player.field_maybe_none("advice_wanted"))


class Respond(Deciding):
    @staticmethod
    def get_form_fields(player):
        return ["accepted" if player.group.method == "direct" else "limit"]

    @staticmethod
    def is_displayed(player):
        return due(player, "responder")

    @staticmethod
    def vars_for_template(player):
        group, said = player.group, words(player)
        if group.method == "direct":
            return shown(player, label=said["ask_accept"], proposal=proposal_text(group, "shown"), **advised(player))
        label = f"{question_text(group, 'responder')} {range_text(player)}"
        return shown(player, label=label, proposal="", **advised(player))

    @staticmethod
    def before_next_page(player, timeout_happened):
        group = player.group
        direct = group.method == "direct"
        if timeout_happened:
            player.dropout = True
            store(group, responded(group, True if direct else framed(group, 0), "timeout"))
        else:
            store(group, responded(group, group.accepted if direct else group.limit, "human"))
        if not settings(player).human:
            settle(group)


class WaitForBoth(WaitPage):
    after_all_players_arrive = settle

    @staticmethod
    def is_displayed(player):
        return played(player) and settings(player).human

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_human")


class Results(Reading):
    @staticmethod
    def is_displayed(player):
        return played(player)

    @staticmethod
    def get_timeout_seconds(player):
        # after the last round nobody waits for who was late, and who was late has time to read so
        return time_for(player, reading=True, hurry=player.round_number < settings(player).rounds)

    @staticmethod
    def vars_for_template(player):
        group, said = player.group, words(player)
        mine, theirs = (group.field_maybe_none(f"{seat}_points") or 0 for seat in ("proposer", "responder"))
        if player.seat == "responder":
            mine, theirs = theirs, mine
        other = said["got_human" if settings(player).human else "got_ai"]
        late = zip(by_whom(player), ["by_timeout", "other_by_timeout"], strict=True)
        return shown(
            player,
            result=news(group) if decided(group) else said["undecided"],
            rows=[(said["got_you"], points(player, mine)), (other, points(player, theirs))],
            late=" ".join(said[key] for who, key in late if who == "timeout"),
        )


class Debriefing(DebriefingPage):
    partners = staticmethod(partners)


class End(EndPage):
    @staticmethod
    def is_displayed(player):
        return player.round_number == settings(player).rounds

    @staticmethod
    def vars_for_template(player):
        rounds = player.in_all_rounds()
        return shown(
            player,
            goes_on=player.session.config["app_sequence"][-1] != __name__,
            rows=[(one.round_number, points(player, one.payoff)) for one in rounds],
            total=points(player, sum(one.payoff for one in rounds)),
            late=words(player)["end_timeout"] if any(by_whom(one)[0] == "timeout" for one in rounds) else "",
        )


page_sequence = [
    Introduction, Check, ScreenedOut, ProposerAdvice, ProposerAdviser, Propose, AIProposes, WaitForProposal,
    ResponderAdvice, ResponderAdviser, Respond, AIResponds, WaitForBoth, Results, Debriefing, End,
]  # fmt: skip
