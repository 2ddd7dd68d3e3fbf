"""How a round goes: the pages on which the computer programs decide, and what everyone earns."""

from otree_ego import AIWaitPage

from .game import MOST_AIS, decided, game_of, members, playing, round_results, words_of
from .programs import contributions, deduction_points


def speed(group):
    return game_of(group.session).delay


def waiting(player):
    words = words_of(player)
    return dict(title_text=words["waiting"], body_text=words["waiting_group"])


class Others(AIWaitPage):
    form_model = "group"
    form_fields = [f"ai_{seat}_contribution" for seat in range(1, MOST_AIS + 1)]
    deadline = 120
    delay = staticmethod(speed)
    ask_ai = staticmethod(contributions)
    vars_for_template = staticmethod(waiting)

    @staticmethod
    def is_displayed(player):
        return playing(player) and game_of(player.session).ais > 0


class OthersPunish(AIWaitPage):
    form_model = "group"
    form_fields = [f"ai_{seat}_points" for seat in range(1, MOST_AIS + 1)]
    deadline = 120
    delay = staticmethod(speed)
    ask_ai = staticmethod(deduction_points)
    vars_for_template = staticmethod(waiting)

    @staticmethod
    def is_displayed(player):
        game = game_of(player.session)
        return playing(player) and game.punishment and game.ais > 0 and decided(player.group)


# --- what everyone earns ----------------------------------------------------------------------------------------------


def contributed(group):
    """All contributions of the round are there; if one is missing nevertheless, the round does not count."""
    if not decided(group):
        think_ahead(group)
        return
    game, results = game_of(group.session), round_results(group)
    for player in group.get_players():
        player.earned = results[player.member].earned
    if not game.punishment:
        settle(group)
    elif game.ais:
        OthersPunish.ahead(group)


def settle(group):
    """The round is over: write down what everyone earns."""
    results = round_results(group)
    for one in members(group):
        mine = results[one.number]
        if one.ai:
            setattr(group, f"ai_{one.ai}_payoff", mine.income)
        else:
            one.player.given, one.player.received, one.player.payoff = mine.given, mine.received, mine.income
    think_ahead(group)


def think_ahead(group):
    """Let the computer programs think about the next round."""
    game = game_of(group.session)
    if game.ais and group.round_number < game.rounds:
        Others.ahead(group.in_round(group.round_number + 1))
