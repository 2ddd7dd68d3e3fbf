"""The models: the partner who plays, and the adviser who does not. Both remember all rounds of a participant's game."""

from otree_ego import AIWaitPage, ai, pace

from .conditions import settings
from .game import (
    ai_seat,
    decided,
    framed,
    news,
    points,
    proposed,
    question_text,
    responded,
    round_text,
    rules,
    wait_text,
    words,
)


def thread_of(player):
    """The model that plays with a participant or advises them; it remembers all rounds of this app."""
    return ai(player.participant, __package__)


def tell(group, play):
    """Tell the model, or the advisers, the result of a round."""
    if play.human and not play.adviser:
        return
    said = words(group)
    shares = dict(proposer=points(group, group.proposer_points), responder=points(group, group.responder_points))
    head, tail = said["news_round"].format(round=group.round_number), said["news_points"].format(**shares)
    for link in map(thread_of, group.get_players()):
        if link:
            with link as llm:
                llm.user(f"{head} {news(group)} {tail}")


def settle(group):
    """Once both have decided: who gets what. Those who remember are told, and the model may think ahead."""
    play = settings(group)
    offer, least = group.field_maybe_none("offer"), group.field_maybe_none("min_offer")
    if offer is not None and least is not None:
        group.accepted = offer >= least
    if not decided(group):
        return
    group.proposer_points = play.endowment - offer if group.accepted else 0
    group.responder_points = offer if group.accepted else 0
    for player in group.get_players():
        player.payoff = group.proposer_points if player.seat == "proposer" else group.responder_points
    if group.round_number < play.rounds:
        tell(group, play)
        think_ahead(group.in_round(group.round_number + 1))


def think_ahead(group):
    """Let the model decide while the participant reads, where it can; not if the decision is to take its time."""
    if settings(group).delay != pace(0):
        return
    seat = ai_seat(group.get_players()[0])
    if seat == "proposer":
        AIProposes.ahead(group)
    elif seat == "responder" and group.method == "strategy":
        AIResponds.ahead(group)


async def decision(group, seat, field):
    """The model's decision in this seat, and who made it."""
    play, model = settings(group), group.model
    rule = "\n".join([words(group)["model_intro"], *rules(group, seat)])
    question = f"{round_text(group)}\n{question_text(group, seat)}".strip()
    async with thread_of(group.get_players()[0]) as llm:
        if play.models:
            llm.model = model
        await llm.system(rule, once=True)
        answer = await llm.decide(group, field, question, reasoning=play.reasoning)
        return answer, "fallback" if llm.last_reply.finish_reason == "fallback" else "model"


def delay(group):
    return settings(group).delay


class AIPage(AIWaitPage):
    deadline = None  # the session config's ego_deadline


class AIProposes(AIPage):
    form_model = "group"
    form_fields = ["proposal", "offer", "proposal_by"]
    delay = staticmethod(delay)
    after_decision = staticmethod(settle)

    @staticmethod
    def is_displayed(player):
        return ai_seat(player) == "proposer"

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_ai")

    @staticmethod
    async def ask_ai(group):
        proposal, by = await decision(group, "proposer", "proposal")
        return proposed(group, proposal, by)

    @staticmethod
    def fallback(group, error):
        number = settings(group).fallback_number
        return None if number is None else proposed(group, framed(group, number), "fallback")


class AIResponds(AIPage):
    form_model = "group"
    form_fields = ["accepted", "limit", "min_offer", "response_by"]
    delay = staticmethod(delay)
    after_decision = staticmethod(settle)

    @staticmethod
    def is_displayed(player):
        return ai_seat(player) == "responder"

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_ai")

    @staticmethod
    async def ask_ai(group):
        answer, by = await decision(group, "responder", "accepted" if group.method == "direct" else "limit")
        return responded(group, answer, by)

    @staticmethod
    def fallback(group, error):
        play = settings(group)
        if group.method == "direct":
            answer = play.fallback_verdict
        else:
            answer = None if play.fallback_number is None else framed(group, play.fallback_number)
        return None if answer is None else responded(group, answer, "fallback")


class Adviser(AIPage):
    form_fields = ["advice"]
    fallback = dict(advice="")

    @staticmethod
    def vars_for_template(player):
        return wait_text(player, "wait_adviser")

    @staticmethod
    async def ask_ai(player):
        said, group, play = words(player), player.group, settings(player)
        rule = "\n".join([said["adviser_intro"], *rules(group, player.seat)])
        question = said["adviser_ask"].format(question=question_text(group, player.seat))
        question = f"{round_text(player)}\n{question}".strip()
        model = group.model
        async with thread_of(player) as llm:
            if play.models:
                llm.model = model
            await llm.system(rule, once=True)
            return dict(advice=await llm.ask_text(question, max_length=1000, reasoning=play.reasoning))
