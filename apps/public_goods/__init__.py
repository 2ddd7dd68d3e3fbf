from otree.api import *

from otree_ego import (
    CheckPage,
    DebriefingPage,
    EndPage,
    ScreenedOutPage,
    SessionRefused,
    custom_export,  # noqa: F401  (what is named custom_export… is on the Data page)
    custom_export_assignments,  # noqa: F401
    custom_export_decisions,  # noqa: F401
    custom_export_requests,  # noqa: F401
    form_groups,
    group_chat,
    session_setting,
)

from .data import custom_export_members  # noqa: F401
from .game import MOST_AIS, MOST_POINTS, MOST_ROUNDS, decided, game_of, members, playing, rounds_of, rules, words_of
from .programs import chat_room
from .rounds import Others, OthersPunish, contributed, settle, waiting
from .seating import deal
from .shown import contributions_for, explanations, income_of, me, partners, right_answers, texts

doc = """
A linear public goods game (Isaac & Walker 1988) with people and computer programs (language models) in one group. If
wanted, members give each other deduction points at a cost (Fehr & Gächter 2000), and the group talks in a chat before
the first round. The session config's ego_… settings say which model decides; its own settings are:

public_goods_humans and public_goods_ais (who is in a group), public_goods_endowment, public_goods_multiplier,
public_goods_rounds, public_goods_punishment (members give deduction points; public_goods_punishment_cost to who gives
one, public_goods_punishment_effect on who receives it), public_goods_talk (seconds of chat before the first round; 0:
none), public_goods_reveal (who: members see who is a program; number: only how many there are; or both, in balance),
public_goods_personas (how the programs are told to play, in the order of their seats: conditional cooperator, free
rider, altruist, enforcer), public_goods_timeout (seconds for a decision; 0: none), public_goods_default (what who is
late contributes), public_goods_delay (of the programs' decisions, e.g. 2-5), public_goods_reasoning (they reason
before they decide). A round in which a program gives no decision, and the experimenter moves on, does not count.
"""


class C(BaseConstants):
    NAME_IN_URL = "public_goods"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = MOST_ROUNDS
    MOST_AIS = MOST_AIS
    AWAY_SECONDS = 10
    READING = 3


class Subsession(BaseSubsession):
    pass


def points_field():
    return models.IntegerField(min=0, max=MOST_POINTS)


class Group(BaseGroup):
    """`ai_members` are the numbers of the computer programs, in the order of their seats."""

    ai_members = models.StringField(initial="")
    reveal = models.StringField(initial="")
    ai_1_contribution = models.IntegerField(min=0)
    ai_2_contribution = models.IntegerField(min=0)
    ai_3_contribution = models.IntegerField(min=0)
    ai_4_contribution = models.IntegerField(min=0)
    ai_5_contribution = models.IntegerField(min=0)
    ai_1_points = models.LongStringField()
    ai_2_points = models.LongStringField()
    ai_3_points = models.LongStringField()
    ai_4_points = models.LongStringField()
    ai_5_points = models.LongStringField()
    ai_1_payoff = models.CurrencyField()
    ai_2_payoff = models.CurrencyField()
    ai_3_payoff = models.CurrencyField()
    ai_4_payoff = models.CurrencyField()
    ai_5_payoff = models.CurrencyField()


class Player(BasePlayer):
    """`points_3` are the deduction points for the member with the number 3."""

    member = models.IntegerField()
    check_none = models.IntegerField()
    check_all = models.IntegerField()
    check_points = models.IntegerField()
    check_programs = models.IntegerField()
    check_none_tries = models.IntegerField()
    check_all_tries = models.IntegerField()
    check_points_tries = models.IntegerField()
    check_programs_tries = models.IntegerField()
    check_tries = models.IntegerField(initial=0)
    check_errors = models.IntegerField(initial=0)
    check_passed = models.BooleanField()
    contribution = models.IntegerField(min=0)
    points_1 = points_field()
    points_2 = points_field()
    points_3 = points_field()
    points_4 = points_field()
    points_5 = points_field()
    points_6 = points_field()
    points_7 = points_field()
    points_8 = points_field()
    points_9 = points_field()
    points_10 = points_field()
    received = models.IntegerField()
    given = models.IntegerField()
    earned = models.CurrencyField()
    contribution_by_default = models.BooleanField(initial=False)
    points_by_default = models.BooleanField(initial=False)
    dropout = models.BooleanField(initial=False)


def contribution_max(player):
    return game_of(player.session).endowment


# --- groups ---------------------------------------------------------------------------------------------------------


def number_of_rounds(session):
    return rounds_of(session)


def creating_session(subsession):
    game = game_of(subsession.session)
    if game.humans > 1 and session_setting(subsession, "ego_check_failed", "flag") != "flag":
        raise SessionRefused(
            "ego_check_failed = 'screen out' is for public_goods_humans = 1: the others of a group would be left alone."
        )
    if subsession.round_number <= game.rounds:
        form_groups(subsession, game.humans)
        deal(subsession, game)


def first(player):
    return player.round_number == 1


# --- time -----------------------------------------------------------------------------------------------------------


def time_for(player, times=1, away=False):
    """Seconds for a page; None without a limit. Who did not decide the last time is not waited for as long."""
    timeout = game_of(player.session).timeout
    if not timeout:
        return None
    return min(timeout, C.AWAY_SECONDS) if away else timeout * times


def away_before(player):
    """Whether a participant did not make their last decision before this round."""
    return player.round_number > 1 and player.in_round(player.round_number - 1).dropout


# --- pages ----------------------------------------------------------------------------------------------------------


class Introduction(Page):
    is_displayed = staticmethod(first)

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, C.READING)

    @staticmethod
    def vars_for_template(player):
        ais = [one.name for one in partners(player)]
        return dict(texts=texts(player), rules=rules(player.group, me(player)), ego_ais=ais)


class Check(CheckPage):
    is_displayed = staticmethod(first)

    @staticmethod
    def get_form_fields(player):
        return list(right_answers(player))

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, C.READING)

    @staticmethod
    def vars_for_template(player):
        say = texts(player)
        fields = [dict(name=name, label=say[name]) for name in right_answers(player)]
        return dict(texts=say, rules=rules(player.group, me(player)), fields=fields)

    right_answers = staticmethod(right_answers)
    explanations = staticmethod(explanations)

    @staticmethod
    def before_next_page(player, timeout_happened):
        CheckPage.before_next_page(player, timeout_happened)
        game = game_of(player.session)
        if game.ais and not game.talk:
            Others.ahead(player.group)


class ScreenedOut(ScreenedOutPage):
    pass


def talking(player):
    return first(player) and game_of(player.session).talk > 0


class Arrive(WaitPage):
    is_displayed = staticmethod(talking)

    @staticmethod
    def vars_for_template(player):
        words = words_of(player)
        return dict(title_text=words["waiting"], body_text=words["waiting_people"])


class Talk(Page):
    is_displayed = staticmethod(talking)

    @staticmethod
    async def live_method(player, data):
        room = chat_room(player.group)
        async for update in group_chat(player, data, **room, most_in_a_row=max(1, len(room["personas"]))):
            yield update

    @staticmethod
    def get_timeout_seconds(player):
        return game_of(player.session).talk

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player), ego_ais=[one.name for one in partners(player)])


def talk_over(group):
    if game_of(group.session).ais:
        Others.ahead(group)


class TalkOver(WaitPage):
    after_all_players_arrive = staticmethod(talk_over)
    is_displayed = staticmethod(talking)
    vars_for_template = staticmethod(waiting)


class Contribute(Page):
    form_model = "player"
    form_fields = ["contribution"]
    is_displayed = staticmethod(playing)

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, away=away_before(player))

    @staticmethod
    def vars_for_template(player):
        return dict(texts=texts(player), rules=rules(player.group, me(player)))

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            player.contribution = game_of(player.session).default
            player.contribution_by_default = player.dropout = True


class Together(WaitPage):
    after_all_players_arrive = staticmethod(contributed)
    is_displayed = staticmethod(playing)
    vars_for_template = staticmethod(waiting)


class Punish(Page):
    form_model = "player"

    @staticmethod
    def is_displayed(player):
        return playing(player) and game_of(player.session).punishment and decided(player.group)

    @staticmethod
    def get_form_fields(player):
        return [f"points_{one.number}" for one in members(player.group) if one.number != player.member]

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, away=player.contribution_by_default)

    @staticmethod
    def vars_for_template(player):
        say, rows = texts(player), contributions_for(player)
        fields = [
            dict(name=f"points_{row['number']}", label=say["give"].format(**row))
            for row in rows
            if row["number"] != player.member
        ]
        own = [say["did"].format(**row) for row in rows if row["number"] == player.member]
        return dict(texts=say, fields=fields, own=own[0])

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            player.points_by_default = player.dropout = True
            for name in Punish.get_form_fields(player):
                setattr(player, name, 0)


class TogetherAgain(WaitPage):
    after_all_players_arrive = staticmethod(settle)
    is_displayed = staticmethod(Punish.is_displayed)
    vars_for_template = staticmethod(waiting)


class Results(Page):
    is_displayed = staticmethod(playing)

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, away=player.dropout)

    @staticmethod
    def vars_for_template(player):
        say = texts(player)
        if not decided(player.group):
            return dict(texts=say, late=[say["not_counted"]], counted=False)
        late = {"late": player.contribution_by_default, "late_points": player.points_by_default}
        return dict(
            texts=say,
            late=[say[key] for key, happened in late.items() if happened],
            counted=True,
            rows=contributions_for(player),
            **income_of(player),
        )


class Debriefing(DebriefingPage):
    partners = staticmethod(partners)


class End(EndPage):
    @staticmethod
    def is_displayed(player):
        return player.round_number == game_of(player.session).rounds

    @staticmethod
    def vars_for_template(player):
        rounds = [dict(number=p.round_number, income=int(p.payoff)) for p in player.in_all_rounds()]
        total = sum(row["income"] for row in rounds)
        goes_on = player.session.config["app_sequence"][-1] != __name__
        return dict(texts=texts(player), rounds=rounds, total=total, goes_on=goes_on)


page_sequence = [
    Introduction, Check, ScreenedOut, Arrive, Talk, TalkOver, Contribute, Others, Together, Punish, OthersPunish,
    TogetherAgain, Results, Debriefing, End,
]  # fmt: skip
