from otree.api import *

from otree_ego import (  # noqa: F401  (the exports: tables on the Data page)
    AIWaitPage,
    ai,
    assign,
    custom_export,
    custom_export_assignments,
    custom_export_decisions,
    form_groups,
    language_of,
    pace,
    session_setting,
)

from .texts import TEXTS

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
    NUM_ROUNDS = 10
    SEATS = ["trustor", "trustee"]


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
    check_errors = models.IntegerField(initial=0)


def sent_max(group):
    return settings(group.session)["endowment"]


def returned_max(group):
    return settings(group.session)["multiplier"] * group.sent


# --- settings and texts -----------------------------------------------------------------------------------------------


def settings(session):
    """The app's settings in the session config; a wrong one is refused in a sentence that names it."""
    return dict(
        partner=session_setting(session, "trust_partner", "ai", ["ai", "human"]),
        roles=session_setting(session, "trust_role", "trustor", C.SEATS, several=True),
        endowment=session_setting(session, "trust_endowment", 10, low=1, high=100_000),
        multiplier=session_setting(session, "trust_multiplier", 3, low=1, high=100),
        rounds=session_setting(session, "trust_rounds", 1, low=1, high=C.NUM_ROUNDS),
        method=session_setting(session, "trust_method", "direct", ["direct", "strategy"]),
        timeout=session_setting(session, "trust_timeout", 0, low=0, high=86_400),
        delay=session_setting(session, "trust_delay", "0", read=pace),
        reasoning=session_setting(session, "trust_reasoning", False),
    )


def texts(player, total=None, dropped=None):
    """All texts in the session's language, with the numbers of its settings and of this round put in."""
    language = language_of(player) if language_of(player) in TEXTS else "en"
    given, now, group = TEXTS[language], settings(player.session), player.group
    amounts = {name: group.field_maybe_none(name) for name in ("sent", "returned", "trustor_points", "trustee_points")}
    numbers = {name: None if amount is None else int(amount) for name, amount in amounts.items()}
    other, some = given["other_" + now["partner"]], max(1, now["endowment"] // 2)
    arrive = now["multiplier"] * some
    values = dict(
        now,
        **numbers,
        received=None if numbers["sent"] is None else now["multiplier"] * numbers["sent"],
        most=now["multiplier"] * now["endowment"],
        some=some,
        arrive=arrive,
        back=arrive // 2,
        round=player.round_number,
        other=other,
        Other=other[:1].upper() + other[1:],
        other_dative=given["other_dative_" + now["partner"]],
        late=given["late_" + player.seat],
        know=given["know_" + now["method"]],
        ai_seat=given["ai_seat_" + opposite(player.seat)],
        total=total,
        dropped=dropped,
    )
    for name in ("endowment", "sent", "received", "some", "total"):
        values[f"{name}_points"] = given["point" if values[name] == 1 else "points"].format(n=values[name])
    values["n"] = ""  # of `points` itself
    filled = {name: text.format(**values) for name, text in given.items()}
    filled.update(partner=filled["partner_" + now["partner"]], seat=filled["seat_" + player.seat])
    return dict(filled, know=values["know"], waiting=filled["waiting_" + now["partner"]])


# --- the game ---------------------------------------------------------------------------------------------------------


def creating_session(subsession):
    now = settings(subsession.session)
    if subsession.round_number > now["rounds"]:
        return
    form_groups(subsession, 2 if now["partner"] == "human" else 1)
    if now["partner"] == "human":
        for player in subsession.get_players():
            player.seat = C.SEATS[player.id_in_group - 1]
    else:
        assign(subsession, seat=now["roles"], name=C.NAME_IN_URL)


def opposite(seat):
    return C.SEATS[1 - C.SEATS.index(seat)]


def playing(player):
    """Whether this round is played: a game may have fewer rounds, and end where somebody drops out."""
    return player.round_number <= settings(player.session)["rounds"] and not player.group.over


def takes(player, seat):
    """Whether the participant has this seat in a round that is played."""
    return playing(player) and player.seat == seat


def ai_takes(player, seat):
    """Whether the model has this seat in a round that is played, and a participant in the other seat who is there."""
    return settings(player.session)["partner"] == "ai" and takes(player, opposite(seat)) and not player.dropout


def something_to_return(group):
    return settings(group.session)["method"] == "strategy" or bool(group.field_maybe_none("sent"))


def settle(group):
    """Pay the round if both have decided."""
    now, sent = settings(group.session), group.field_maybe_none("sent")
    returned = None if sent is None else what_returns(group, int(sent), now["multiplier"] * int(sent))
    if returned is None:
        return
    group.returned = returned
    group.trustor_points = now["endowment"] - sent + returned
    group.trustee_points = now["multiplier"] * sent - returned
    for player in group.get_players():
        player.payoff = group.trustor_points if player.seat == "trustor" else group.trustee_points


def what_returns(group, sent, arrived):
    """How much is returned; None as long as the trustee has not decided."""
    if any(player.dropout and player.seat == "trustee" for player in group.get_players()):
        return sent
    share, returned = group.field_maybe_none("share"), group.field_maybe_none("returned")
    if share is not None:
        return (share * arrived + 50) // 100  # rounded to whole points
    return 0 if not arrived else None if returned is None else int(returned)


def drop_out(player):
    """A participant did not decide in time: a neutral decision is taken, and the game of this pair ends here."""
    group, last = player.group, settings(player.session)["rounds"]
    for later in player.in_rounds(player.round_number, last):
        later.dropout = True
        if later.round_number > player.round_number:
            later.group.over = True
    if player.seat == "trustor":
        group.sent = 0
    else:
        group.share = group.returned = None  # `settle` returns what was sent


def paid(group):
    """Whether both have decided: the experimenter may have moved somebody on past a model that did not answer."""
    return group.field_maybe_none("trustor_points") is not None


def finished(player):
    """The rounds so far that have been paid, as rows of the history."""
    now, rows = settings(player.session), []
    for past in player.in_rounds(1, min(player.round_number, now["rounds"])):
        group = past.group
        if paid(group):
            points = dict(trustor=int(group.trustor_points), trustee=int(group.trustee_points))
            row = dict(round=past.round_number, sent=int(group.sent), returned=int(group.returned))
            row.update(received=now["multiplier"] * row["sent"])
            rows.append(dict(row, points=points[past.seat], other=points[opposite(past.seat)]))
    return rows


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
    def before_next_page(player, timeout_happened):
        ReadingPage.before_next_page(player, timeout_happened)
        think_ahead(player.group)


class Check(ReadingPage):
    form_model = "player"
    form_fields = ["check1", "check2", "check3"]

    @staticmethod
    def error_message(player, values):
        words, right = texts(player), check_answers(player.session)
        wrong = {name: words[f"wrong{name[-1]}"] for name in right if values[name] != right[name]}
        player.check_errors += len(wrong)
        return {**wrong, "__all__": words["check_again"]} if wrong else None


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


class End(GamePage):
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
    Introduction, Check, Send, AISend, WaitForSent, Return, AIReturn, WaitForReturned, Results, End
]  # fmt: skip
