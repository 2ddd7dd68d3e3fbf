from otree.api import *

from otree_ego import (  # noqa: F401  (the exports: tables on the Data page)
    AIWaitPage,
    CheckPage,
    DebriefingPage,
    EndPage,
    ScreenedOutPage,
    SessionRefused,
    assign,
    custom_export,
    custom_export_assignments,
    custom_export_decisions,
    custom_export_requests,
    form_groups,
    pace,
    session_setting,
)

from .check import checks
from .game import (
    MOST_ROUNDS,
    SEATS,
    ai_decides,
    decided,
    framed,
    late,
    news,
    partners,
    played,
    points,
    question_text,
    round_text,
    rounds_of,
    rules,
    settings,
    shown,
    store,
    tell,
    thread_of,
    time_for,
    wait_text,
    words,
)

doc = """
A dictator game: a dictator decides how much of an endowment a recipient gets, who can do nothing about it. A
participant plays with a language model in the other seat (as the recipient it decides nothing, and is not asked), or
two participants play. Settings of the session config; where several values are possible, they are separated by commas
and assigned in balance: dictator_role (the participant's: recipient, dictator, or both), dictator_partner (ai, human),
dictator_frame (give, take, or both), dictator_rounds, dictator_endowment, dictator_delay (of the model's decision, e.g.
"2-6" seconds), dictator_timeout (seconds for a decision, 0 for none; when they are over, each gets half),
dictator_reasoning (the model reasons before it decides), dictator_fallback (points for the recipient when the model
gives no decision; empty: the participant is told, and can try again).
"""


class C(BaseConstants):
    NAME_IN_URL = "dictator"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = MOST_ROUNDS


class Subsession(BaseSubsession):
    partner = models.StringField()
    endowment = models.CurrencyField()


class Group(BaseGroup):
    frame = models.StringField()
    # As the frame puts it: points given, or points taken; whole ones, also where oTree uses money.
    decision = models.IntegerField(min=0)
    # The same in every frame: what the recipient gets.
    given = models.CurrencyField()
    # human, model, timeout (the participant's time ran out) or fallback (the model gave none, the experimenter did)
    decided_by = models.StringField()
    dictator_points = models.CurrencyField()
    recipient_points = models.CurrencyField()


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


def number_of_rounds(session):
    return rounds_of(session)


def creating_session(subsession):
    if subsession.round_number > 1:
        return
    play, people = settings(subsession), len(subsession.get_players())
    if play.human and people % 2:
        raise SessionRefused(
            f"dictator_partner = 'human' takes groups of two, and {people} participants cannot be paired: create the "
            "session with an even number of participants."
        )
    if play.human and session_setting(subsession, "ego_check_failed", "flag") != "flag":
        raise SessionRefused(
            "ego_check_failed = 'screen out' is for dictator_partner = 'ai': in a pair the other one would be left "
            "alone."
        )
    arrange(subsession, play)


def arrange(subsession, play):
    """Put participants into groups and give each group its frame; called in round 1, for all rounds."""
    size = 2 if play.human else 1
    cells = []
    for one in subsession.in_rounds(1, play.rounds):
        players = one.get_players()
        form_groups(one, size)
        groups = one.get_groups() if play.human else [player.group for player in players]
        if not cells and play.human:
            cells = assign(groups, frame=play.frames, name=__name__)
        elif not cells:
            cells = assign(players, seat=play.roles, frame=play.frames, name=__name__)
        for player in players:
            player.seat = SEATS[player.id_in_group - 1]
        for group, player, cell in zip(groups, players[::size], cells, strict=True):
            group.frame, player.seat = cell["frame"], cell.get("seat", player.seat)
        one.partner, one.endowment = "human" if play.human else "ai", play.endowment


def decision_max(group):
    return settings(group).endowment


def check1_choices(player):
    return [list(option) for option in checks(player)[0]["options"].items()]


def check2_choices(player):
    return [list(option) for option in checks(player)[1]["options"].items()]


def check3_choices(player):
    return [list(option) for option in checks(player)[2]["options"].items()]


def settle(group):
    """Who gets what; a model that remembers is told, and may think about the next round."""
    play, given = settings(group), group.field_maybe_none("given")
    if given is None:
        return
    group.dictator_points, group.recipient_points = play.endowment - given, given
    for player in group.get_players():
        player.payoff = group.dictator_points if player.seat == "dictator" else given
    if group.round_number < play.rounds:
        if not play.human:
            tell(group)
        think_ahead(group.in_round(group.round_number + 1))


def think_ahead(group):
    """Let the model decide while the participant reads; not if the decision is to take its time."""
    if settings(group).delay == pace(0) and ai_decides(group.get_players()[0]):
        AIDecides.ahead(group)


class Reading(Page):
    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player, reading=True)

    @staticmethod
    def before_next_page(player, timeout_happened):
        player.dropout = player.dropout or timeout_happened


class Introduction(Reading):
    @staticmethod
    def is_displayed(player):
        return player.round_number == 1

    @staticmethod
    def vars_for_template(player):
        said, play = words(player), settings(player)
        about = [said["partner_human" if play.human else f"partner_ai_{player.seat}"]]
        if play.timeout and player.seat == "dictator":
            about.append(said["time"].format(seconds=play.timeout))
            about += [said["time_once"]] * (play.human or play.rounds > 1)
        ais = [] if play.human or player.seat == "dictator" else [said["other_recipient"]]
        return shown(player, about=filter(None, about), ego_ais=ais)

    @staticmethod
    def before_next_page(player, timeout_happened):
        Reading.before_next_page(player, timeout_happened)
        think_ahead(player.group)


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


class Decide(Page):
    form_model = "group"
    form_fields = ["decision"]

    @staticmethod
    def is_displayed(player):
        return played(player) and player.seat == "dictator"

    @staticmethod
    def get_timeout_seconds(player):
        return time_for(player)

    @staticmethod
    def vars_for_template(player):
        limits = words(player)["range"].format(n=settings(player).endowment)
        return shown(player, label=f"{question_text(player.group)} {limits}")

    @staticmethod
    def before_next_page(player, timeout_happened):
        group = player.group
        if timeout_happened:
            player.dropout = True
            store(group, decided(group, framed(group, settings(player).endowment // 2), "timeout"))
        else:
            store(group, decided(group, group.decision, "human"))
        if not settings(player).human:
            settle(group)


class AIDecides(AIWaitPage):
    form_model = "group"
    form_fields = ["decision", "given", "decided_by"]
    deadline = None  # the session config's ego_deadline
    after_decision = staticmethod(settle)
    is_displayed = staticmethod(ai_decides)

    @staticmethod
    def delay(group):
        return settings(group).delay

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_ai")

    @staticmethod
    async def ask_ai(group):
        rule = "\n".join([words(group)["model_intro"], *rules(group, "dictator")])
        question = f"{round_text(group)}\n{question_text(group)}".strip()
        reasoning = settings(group).reasoning
        async with thread_of(group.get_players()[0]) as llm:
            await llm.system(rule, once=True)
            decision = await llm.decide(group, "decision", question, reasoning=reasoning)
            return decided(group, decision, "fallback" if llm.last_reply.finish_reason == "fallback" else "model")

    @staticmethod
    def fallback(group, error):
        given = settings(group).fallback
        return None if given is None else decided(group, framed(group, given), "fallback")


class WaitForDecision(WaitPage):
    after_all_players_arrive = settle

    @staticmethod
    def is_displayed(player):
        return played(player) and settings(player).human

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_human")


class Results(Reading):
    is_displayed = staticmethod(played)

    @staticmethod
    def get_timeout_seconds(player):
        # after the last round nobody waits for who was late, and who was late has time to read so
        return time_for(player, reading=True, hurry=player.round_number < settings(player).rounds)

    @staticmethod
    def vars_for_template(player):
        group, said = player.group, words(player)
        mine, theirs = (group.field_maybe_none(f"{seat}_points") or 0 for seat in SEATS)
        if player.seat == "recipient":
            mine, theirs = theirs, mine
        other = said["got_human" if settings(player).human else "got_ai"]
        return shown(
            player,
            result=said["undecided"] if group.field_maybe_none("given") is None else news(group),
            rows=[(said["got_you"], points(player, mine)), (other, points(player, theirs))],
            late=said.get(late(player), ""),
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
            late=words(player)["end_timeout"] if any(late(one) == "by_timeout" for one in rounds) else "",
        )


page_sequence = [
    Introduction, Check, ScreenedOut, Decide, AIDecides, WaitForDecision, Results, Debriefing, End
]  # fmt: skip
