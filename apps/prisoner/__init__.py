from otree.api import *

from otree_ego import (  # noqa: F401  (the exports: tables on the Data page)
    AIWaitPage,
    CheckPage,
    Conversation,
    DebriefingPage,
    EndPage,
    ExternalThread,
    Partner,
    ScreenedOutPage,
    SessionRefused,
    ai,
    app_texts,
    assign,
    custom_export,
    custom_export_assignments,
    custom_export_decisions,
    custom_export_requests,
    hides_ais,
    models_in_record,
    pace,
    session_setting,
    thread_from_config,
)

from .texts import FRAMES, NEUTRAL, TEXTS

doc = """
An iterated prisoner's dilemma between a participant and a language model that remembers the game. X is cooperation.
In the session config: prisoner_order (ai_first, human_first, simultaneous), prisoner_frame (neutral, cooperation,
competition; several, separated by commas, are assigned in balance), prisoner_rounds, the points prisoner_reward,
prisoner_punishment, prisoner_sucker and prisoner_temptation; prisoner_timeout (seconds for a choice, 0: no limit) and
prisoner_default (the choice that counts for who does not choose in time, "": none); prisoner_delay (of the model's
choice, e.g. "2-6" seconds), prisoner_reasoning (the model reasons before it chooses).
"""


class C(BaseConstants):
    NAME_IN_URL = "prisoner"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 20
    MOVES = ["X", "Y"]
    ORDERS = ["ai_first", "human_first", "simultaneous"]
    PLAIN_ORDERS = ["other_first", "own_first", "simultaneous"]


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    frame = models.StringField()
    human_move = models.StringField(choices=C.MOVES, widget=widgets.RadioSelectHorizontal)
    # The form's field where it is not told who is an AI: `human_move` would tell, in the page's source.
    choice = models.StringField(choices=C.MOVES, widget=widgets.RadioSelectHorizontal)
    ai_move = models.StringField(choices=C.MOVES)
    ai_points = models.CurrencyField()
    # From the round on in which the participant did not choose in time.
    dropout = models.BooleanField(initial=False)
    check1 = models.IntegerField()
    check2 = models.IntegerField()
    check3 = models.StringField(widget=widgets.RadioSelect)
    check1_tries = models.IntegerField()
    check2_tries = models.IntegerField()
    check3_tries = models.IntegerField()
    check_tries = models.IntegerField(initial=0)
    check_errors = models.IntegerField(initial=0)
    check_passed = models.BooleanField()


# --- settings and texts -----------------------------------------------------------------------------------------------


def settings(session):
    """The app's settings in the session config; a wrong one is refused in a sentence that names it."""
    points = dict(low=-10_000, high=10_000)
    return dict(
        order=session_setting(session, "prisoner_order", "ai_first", C.ORDERS),
        frames=session_setting(session, "prisoner_frame", "neutral", list(FRAMES["en"]), several=True),
        rounds=number_of_rounds(session),
        reward=session_setting(session, "prisoner_reward", 20, **points),
        punishment=session_setting(session, "prisoner_punishment", 8, **points),
        sucker=session_setting(session, "prisoner_sucker", 0, **points),
        temptation=session_setting(session, "prisoner_temptation", 28, **points),
        timeout=session_setting(session, "prisoner_timeout", 0, low=0, high=86_400),
        default=session_setting(session, "prisoner_default", "", ["", *C.MOVES]),
        delay=session_setting(session, "prisoner_delay", "0", read=pace),
        reasoning=session_setting(session, "prisoner_reasoning", False),
    )


def number_of_rounds(session):
    return session_setting(session, "prisoner_rounds", 10, low=1, high=C.NUM_ROUNDS)


def check_settings(session):
    """The settings; a session whose payoffs are no prisoner's dilemma is refused."""
    now = settings(session)
    if not now["temptation"] > now["reward"] > now["punishment"] > now["sucker"]:
        raise SessionRefused(
            "These payoffs are no prisoner's dilemma: it takes prisoner_temptation > prisoner_reward > "
            "prisoner_punishment > prisoner_sucker, and here they are {temptation}, {reward}, {punishment} and "
            "{sucker}.".format(**now)
        )
    return now


def texts(player, total=None, dropped=None):
    """All texts in the session's language, with the numbers of its settings and of this round put in."""
    given, now = app_texts(player, TEXTS, __package__), settings(player.session)
    given = {**given, **app_texts(player, NEUTRAL, f"{__package__}.neutral")} if hides_ais(player) else given
    human, ai_move = player.field_maybe_none("human_move"), player.field_maybe_none("ai_move")
    frame = app_texts(player, FRAMES, f"{__package__}.frames")[player.frame]
    values = dict(
        now,
        **frame,
        order=given["order_" + now["order"]],
        ai_order=given["ai_order_" + now["order"]],
        round=player.round_number,
        human=human,
        ai=ai_move,
        points=points(now, human, ai_move),
        other_points=points(now, ai_move, human),
        total=total,
        dropped=dropped,
    )
    filled = {name: text.format(**values) for name, text in given.items()}
    return dict(
        filled, order=values["order"], title=frame["title"], story=frame["story"].format(partner=given["partner_name"])
    )


# --- the game ---------------------------------------------------------------------------------------------------------


def creating_session(subsession):
    now = check_settings(subsession.session)
    if subsession.round_number <= now["rounds"]:
        assign(subsession, frame=now["frames"], name=C.NAME_IN_URL)


def points(now, own, other):
    """What somebody gets for a choice against the other's; None while one is missing."""
    won = dict(XX=now["reward"], YY=now["punishment"], XY=now["sucker"], YX=now["temptation"])
    return won.get(f"{own}{other}")


def settle(player):
    """Pay the round if both have chosen."""
    now = settings(player.session)
    human, ai_move = player.field_maybe_none("human_move"), player.field_maybe_none("ai_move")
    if human and ai_move:
        player.payoff, player.ai_points = points(now, human, ai_move), points(now, ai_move, human)


def playing(player):
    """Whether the participant plays this round: a game may have fewer rounds, and end where somebody drops out."""
    return player.round_number <= settings(player.session)["rounds"] and not player.dropout


def ai_first(player):
    return settings(player.session)["order"] == "ai_first"


def paid(player):
    """Whether both have chosen: the experimenter may have moved somebody on past a model that did not answer."""
    return player.field_maybe_none("ai_points") is not None


def finished(player):
    """The rounds so far that have been paid, as rows of the history."""
    return [
        dict(
            round=past.round_number, human=past.human_move, ai=past.ai_move,
            points=int(past.payoff), ai_points=int(past.ai_points),
        )
        for past in player.in_all_rounds()
        if paid(past)
    ]  # fmt: skip


def memory(player):
    """Where the game is remembered: a Conversation of the participant (the human) and the model (ai)."""
    link = ai(player.participant, C.NAME_IN_URL)
    if not link:
        link.set(Conversation(human=ExternalThread(), ai=thread_from_config(player)))
    return link


def think_ahead(player):
    """Let the model choose while the participant reads; not if its choice is to take a time of its own."""
    if playing(player) and ai_first(player) and settings(player.session)["delay"] == pace(0):
        AIFirst.ahead(player)


def ask_human(player):
    """What the participant is asked in this round."""
    return texts(player)["ask_" + settings(player.session)["order"]]


def ask_model(player):
    """What the model is asked in this round: first how the last round has ended."""
    now, words = settings(player.session), texts(player)
    news = [texts(past)["ai_news"] for past in player.in_previous_rounds()[-1:] if paid(past)]
    late = player.dropout and now["order"] == "human_first"
    return "\n".join([*news, words["ai_ask_late" if late else "ai_ask_" + now["order"]]])


def drop_out(player):
    """The participant did not choose in time: the game ends here, perhaps with a choice that counts instead."""
    now = settings(player.session)
    for later in player.in_rounds(player.round_number, now["rounds"]):
        later.dropout = True
    player.human_move = now["default"] or None


async def choose(player):
    """The model's choice."""
    rules, question = texts(player)["ai_rules"], ask_model(player)
    reasoning = settings(player.session)["reasoning"]
    async with ai(player.participant, C.NAME_IN_URL) as convo:
        await convo.ai.system(rules, once=True)
        return dict(ai_move=await convo.ai.ask_choice(question, C.MOVES, reasoning=reasoning))


# --- pages ------------------------------------------------------------------------------------------------------------


class GamePage(Page):
    form_model = "player"

    @staticmethod
    def vars_for_template(player):
        now, rows = settings(player.session), finished(player)
        total, other = (sum(row[key] for row in rows) for key in ("points", "ai_points"))
        dropped = next((past.round_number for past in player.in_all_rounds() if past.dropout), None)
        return dict(
            texts=texts(player, total, dropped), now=now, rows=rows, total=total, ai_total=other, dropped=dropped,
            question=ask_human(player), goes_on=player.session.config["app_sequence"][-1] != __name__,
        )  # fmt: skip


class Introduction(GamePage):
    @staticmethod
    def vars_for_template(player):
        return dict(GamePage.vars_for_template(player), ego_ais=[texts(player)["Partner"]])

    @staticmethod
    def is_displayed(player):
        return player.round_number == 1

    @staticmethod
    def before_next_page(player, timeout_happened):
        memory(player)
        think_ahead(player)


class Check(GamePage, CheckPage):
    form_fields = ["check1", "check2", "check3"]

    @staticmethod
    def is_displayed(player):
        return player.round_number == 1

    @staticmethod
    def right_answers(player):
        now = settings(player.session)
        return dict(check1=now["reward"], check2=now["sucker"], check3=order_codes(player)[now["order"]])

    @staticmethod
    def explanations(player):
        words = texts(player)
        return {name: words[f"wrong{name[-1]}"] for name in Check.form_fields}


class ScreenedOut(ScreenedOutPage):
    pass


def order_codes(player):
    """What the answers of the third question are called in the page's source, which is not to tell who is an AI."""
    return dict(zip(C.ORDERS, C.PLAIN_ORDERS if hides_ais(player) else C.ORDERS, strict=True))


def check3_choices(player):
    words = texts(player)
    return [[code, words["know_" + order]] for order, code in order_codes(player).items()]


class AIMove(AIWaitPage):
    form_fields = ["ai_move"]
    deadline = None  # the session config's ego_deadline

    @staticmethod
    def delay(player):
        return settings(player.session)["delay"]

    @staticmethod
    async def ask_ai(player):
        return await choose(player)

    @staticmethod
    def after_decision(player):
        settle(player)

    @staticmethod
    def vars_for_template(player):
        words = texts(player)
        return dict(title_text=words["waiting"], body_text=words["waiting_about"])


class AIFirst(AIMove):
    @staticmethod
    def is_displayed(player):
        return playing(player) and ai_first(player)


class Decide(GamePage):
    @staticmethod
    def get_form_fields(player):
        return [move_field(player)]

    @staticmethod
    def vars_for_template(player):
        return dict(GamePage.vars_for_template(player), move=move_field(player))

    @staticmethod
    def is_displayed(player):
        return playing(player) and (bool(player.field_maybe_none("ai_move")) or not ai_first(player))

    @staticmethod
    def get_timeout_seconds(player):
        return settings(player.session)["timeout"] or None

    @staticmethod
    def before_next_page(player, timeout_happened):
        if timeout_happened:
            drop_out(player)
        else:
            player.human_move = player.field_maybe_none(move_field(player))
            with memory(player) as convo:
                question = f"{texts(player)['round_of']}. {ask_human(player)}"
                convo.human.submit(question, response=player.human_move)
        settle(player)
        if player.round_number < settings(player.session)["rounds"]:
            think_ahead(player.in_round(player.round_number + 1))


class AISecond(AIMove):
    @staticmethod
    def is_displayed(player):
        # who has dropped out has no choice that the model could answer, unless a default counts
        chosen = player.field_maybe_none("human_move")
        return bool(chosen) and not ai_first(player)


def move_field(player):
    return "choice" if hides_ais(player) else "human_move"


class Results(GamePage):
    @staticmethod
    def is_displayed(player):
        return playing(player) and paid(player)


class Debriefing(DebriefingPage):
    @staticmethod
    def partners(player):
        return [Partner(texts(player)["Partner"], model) for model in models_in_record(player) or [""]]


class End(GamePage, EndPage):
    @staticmethod
    def is_displayed(player):
        return player.round_number == settings(player.session)["rounds"]


page_sequence = [Introduction, Check, ScreenedOut, AIFirst, Decide, AISecond, Results, Debriefing, End]
